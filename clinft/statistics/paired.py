"""Two systems on the same items: the test and the interval that use the pairing."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from clinft.artifacts.planning import Interval
from clinft.statistics.proportions import BISECTIONS, binomial_tail, t_value, wilson_bounds, z_value

ROUNDING = 1e-12


def mcnemar_exact(only_first: int, only_second: int) -> float:
    """Two-sided exact p-value: discordant pairs fall to either side like fair coins (McNemar 1947)."""
    return min(1.0, 2.0 * mcnemar_one_sided(max(only_first, only_second), min(only_first, only_second)))


def mcnemar_one_sided(worse: int, better: int) -> float:
    """Exact p-value against 'no worse': P(at least `worse` of the discordant pairs)."""
    return binomial_tail(worse, worse + better, 0.5)


def mcnemar_mid_p(worse: int, better: int) -> float:
    """One-sided mid-p value: of the outcome itself only half counts (Fagerland, Lydersen and Laake 2013).

    The exact value is larger than it need be, so that a test of few discordant pairs is hardly ever
    significant; this one errs in at most 5 % of comparisons when it says so (docs/regress.md).
    """
    n = worse + better
    return (binomial_tail(worse, n, 0.5) + binomial_tail(worse + 1, n, 0.5)) / 2.0


class Unit(NamedTuple):
    """One cluster, or one item: how many of its items were won and lost, and how many it holds."""

    won: int
    lost: int
    size: int


def tango(units: Sequence[Unit], confidence: float = 0.95) -> Interval:
    """Share won minus share lost: the score interval of Tango 1998, Statistics in Medicine 17.

    Holds the difference, stays within -1 and 1, and needs no discordant pair. Items of one cluster are no
    independent ones: n is divided by the design effect, the variance of the difference over clusters to
    that over items (at least 1; Rao and Scott 1992), and the normal quantile gives way to Student's with
    one degree of freedom less than there are clusters.
    """
    n, k = sum(unit.size for unit in units), len(units)
    won, lost = sum(unit.won for unit in units), sum(unit.lost for unit in units)
    difference = (won - lost) / n
    kept = effective_items(units) / n
    z = z_value(confidence) if k == n else t_value(confidence, k - 1)
    counts = (won * kept, lost * kept, n * kept)
    return Interval(
        value=difference,
        low=min(difference, _tango_bound(*counts, z, upper=False)),
        high=max(difference, _tango_bound(*counts, z, upper=True)),
        n=n,
        confidence=confidence,
        method="Tango paired score" if k == n else f"Tango paired score, {k:,} clusters",
    )


def effective_items(units: Sequence[Unit]) -> float:
    """As many independent items would tell as much; at most the items, at least the clusters' worth."""
    n, k = sum(unit.size for unit in units), len(units)
    if k == n or k < 2:
        return float(min(n, k))
    difference = sum(unit.won - unit.lost for unit in units) / n
    over_items = sum(unit.won + unit.lost for unit in units) - n * difference**2
    over_clusters = (
        math.fsum((unit.won - unit.lost - unit.size * difference) ** 2 for unit in units) * k / (k - 1)
    )
    # Where the two systems never differ, or always do, nothing tells how alike the items of a cluster are.
    if over_items <= ROUNDING:
        return float(k)
    return n / max(1.0, over_clusters / over_items)


def _tango_bound(won: float, lost: float, n: float, z: float, *, upper: bool) -> float:
    """Where the score statistic equals z: by bisection between the difference and the end of its range."""
    difference = (won - lost) / n
    inside, outside = difference, 1.0 if upper else -1.0
    for _ in range(BISECTIONS):
        middle = (inside + outside) / 2.0
        if abs(_tango_score(won, lost, n, middle)) <= z:
            inside = middle
        else:
            outside = middle
    return inside


def _tango_score(won: float, lost: float, n: float, difference: float) -> float:
    """Its variance takes the likeliest share lost where the true difference is `difference` (Tango, 3.3)."""
    a = 2.0 * n
    b = -won - lost + (2.0 * n - won + lost) * difference
    c = -lost * difference * (1.0 - difference)
    share_lost = (math.sqrt(max(0.0, b * b - 4.0 * a * c)) - b) / (2.0 * a)
    variance = n * (2.0 * share_lost + difference * (1.0 - difference))
    above = won - lost - n * difference
    if variance <= ROUNDING:
        return 0.0 if abs(above) <= ROUNDING else math.copysign(math.inf, above)
    return above / math.sqrt(variance)


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
