"""Two systems on the same items: the test and the interval that use the pairing."""

import math

from clinft.artifacts.planning import Interval
from clinft.statistics.proportions import binomial_tail, wilson_bounds


def mcnemar_exact(only_first: int, only_second: int) -> float:
    """Two-sided exact p-value: discordant pairs fall to either side like fair coins (McNemar 1947)."""
    return min(1.0, 2.0 * mcnemar_one_sided(max(only_first, only_second), min(only_first, only_second)))


def mcnemar_one_sided(worse: int, better: int) -> float:
    """Exact p-value against 'no worse': P(at least `worse` of the discordant pairs)."""
    return binomial_tail(worse, worse + better, 0.5)


def newcombe_paired(
    both: int, only_first: int, only_second: int, neither: int, confidence: float = 0.95
) -> Interval:
    """First minus second proportion of paired successes: Newcombe 1998, Statistics in Medicine 17, method 10.

    Wilson intervals of the two proportions, combined with the correlation of the pairs.
    """
    n = both + only_first + only_second + neither
    first, second = both + only_first, both + only_second
    low_1, high_1 = wilson_bounds(first, n, confidence)
    low_2, high_2 = wilson_bounds(second, n, confidence)
    p1, p2 = first / n, second / n
    phi = _correlation(both, only_first, only_second, neither)
    below = (p1 - low_1) ** 2 - 2 * phi * (p1 - low_1) * (high_2 - p2) + (high_2 - p2) ** 2
    above = (high_1 - p1) ** 2 - 2 * phi * (high_1 - p1) * (p2 - low_2) + (p2 - low_2) ** 2
    difference = (only_first - only_second) / n
    return Interval(
        value=difference,
        low=max(-1.0, difference - math.sqrt(max(0.0, below))),
        high=min(1.0, difference + math.sqrt(max(0.0, above))),
        n=n,
        confidence=confidence,
        method="Newcombe paired score",
    )


def _correlation(both: int, only_first: int, only_second: int, neither: int) -> float:
    """Phi with Newcombe's continuity correction where the pairs agree more than chance."""
    margins = (both + only_first) * (only_second + neither) * (both + only_second) * (only_first + neither)
    if margins == 0:
        return 0.0
    product = both * neither - only_first * only_second
    if product > 0:
        n = both + only_first + only_second + neither
        return max(product - n / 2, 0.0) / math.sqrt(margins)
    return product / math.sqrt(margins)
