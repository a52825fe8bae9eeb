"""Amounts of US dollars: never a float, always rounded up to a cent."""

from decimal import ROUND_UP, Decimal

from clinft.artifacts.planning import Price

MILLION = Decimal(1_000_000)
HOURS_PER_MONTH = 730  # 365 days × 24 hours / 12


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_UP)


def of_tokens(tokens: int, price: Price) -> Decimal:
    return cents(Decimal(tokens) * price.value / MILLION)


def of_minutes(minutes: float, price: Price) -> Decimal:
    return cents(Decimal(str(minutes)) / 60 * price.value)


def of_a_month(price: Price) -> Decimal:
    return cents(price.value * HOURS_PER_MONTH)


def per_usable_day(once: Decimal, month: Decimal, days: int) -> Decimal:
    """What is paid once, spread over the days on which the model works, and hosting on each of them."""
    return cents(once / days + month * 12 / 365)
