"""Money as it was measured: a decimal, or nothing."""

from decimal import Decimal, InvalidOperation

HIGHEST = Decimal(10**12)


def amount(value: object) -> Decimal | None:
    """Less than nothing, or what is no number, was not measured."""
    if value is None or isinstance(value, bool):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and 0 <= found < HIGHEST else None
