"""How many items a question needs, and how small a difference a set can show."""

import math
from statistics import NormalDist

from clinft.statistics.proportions import wilson_bounds

# Beyond this no test set of a project grows.
MOST_ITEMS = 10_000_000


def _z(alpha: float, power: float) -> float:
    normal = NormalDist()
    return normal.inv_cdf(1.0 - alpha) + normal.inv_cdf(power)


def items_for_margin(discordance: float, margin: float, alpha: float = 0.05, power: float = 0.8) -> int:
    """Pairs needed to show that equal systems differ by less than `margin`.

    One-sided `alpha`; `discordance` is the share of items on which the two disagree, or the variance of
    the difference of one item where that is not yes or no (Miller 2024, arXiv 2411.00640).
    """
    if margin <= 0.0:
        raise ValueError("no number of items rules out a loss of nothing")
    return math.ceil(_z(alpha, power) ** 2 * discordance / margin**2)


def smallest_detectable(n: int, discordance: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """The loss that `n` pairs would show with that power, one-sided; a proportion."""
    if n <= 0:
        raise ValueError("there are no items")
    return min(1.0, _z(alpha, power) * math.sqrt(discordance / n))


def items_for_proportion(expected: float, bound: float, confidence: float = 0.95) -> int | None:
    """Smallest n whose Wilson interval around `expected` leaves out `bound`; None where they are equal."""
    if math.isclose(expected, bound):
        return None
    low, high = 1, 1
    while not _leaves_out(expected, bound, high, confidence):
        low, high = high, high * 2
        if high > MOST_ITEMS:
            return None
    while low < high:
        middle = (low + high) // 2
        if _leaves_out(expected, bound, middle, confidence):
            high = middle
        else:
            low = middle + 1
    return high


def _leaves_out(expected: float, bound: float, n: int, confidence: float) -> bool:
    low, high = wilson_bounds(expected * n, n, confidence)
    return not low <= bound <= high
