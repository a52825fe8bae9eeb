"""Numbers that a provider tells: within the bounds of `spec.base`, or not known."""

import math
from typing import Any

from clinft.spec.base import MOST


def whole(value: Any) -> int | None:
    """A count; services write them as 10, 10.0 and "10"."""
    number = finite(value)
    return int(number) if number is not None and 0 <= number < MOST and number.is_integer() else None


def amount(value: Any) -> float | None:
    """A loss; some services write -1 for "not measured at this step"."""
    number = finite(value)
    return number if number is not None and 0 <= number < MOST else None


def finite(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
