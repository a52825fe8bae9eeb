"""Is a group of items missed more often than the rest? Items of one cluster are no independent ones.

The difference of two means is linear in the items; its variance is the sum over clusters of the squared sums
of what each item adds (Liang and Zeger 1986), with G / (G - 1) for few clusters and Student's t of G - 1
degrees. Where the misses are yes or no and every item is a cluster of its own, Fisher's exact test and
Newcombe's interval do not need that approximation.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from clinft.artifacts.planning import Interval
from clinft.statistics.proportions import t_value, wilson_bounds

# Below this many clusters the variance itself is a guess.
FEWEST_CLUSTERS = 10


class Unit(NamedTuple):
    """One item. `miss`: 0 to 1. `cluster`: its own id where it stands alone."""

    miss: float
    inside: bool
    cluster: str


class Difference(NamedTuple):
    """`p_value`: one-sided, against 'the group is not missed more often'."""

    interval: Interval
    p_value: float


def group_difference(units: Sequence[Unit], confidence: float = 0.95) -> Difference | None:
    """Group minus rest; None where one of the two is empty, or too few clusters are there to tell."""
    inside = [unit.miss for unit in units if unit.inside]
    outside = [unit.miss for unit in units if not unit.inside]
    if not inside or not outside:
        return None
    alone = len({unit.cluster for unit in units}) == len(units)
    if alone and all(unit.miss in (0.0, 1.0) for unit in units):
        return _exact(inside, outside, confidence)
    return _clustered(units, inside, outside, confidence)


def fisher_one_sided(first: int, n: int, second: int, m: int) -> float:
    """P(at least `first` of n | first + second of n + m), where both draw from one urn (Fisher 1935)."""
    total = first + second
    log_all = _log_choose(n + m, total)
    terms = (
        math.exp(_log_choose(n, k) + _log_choose(m, total - k) - log_all)
        for k in range(max(first, total - m), min(n, total) + 1)
    )
    return min(1.0, math.fsum(terms))


def t_tail(value: float, freedom: int) -> float:
    """P(t > value) of Student's t: its density integrated over an angle (Abramowitz and Stegun 26.7.3-4)."""
    angle = math.atan(value / math.sqrt(freedom))
    sine, cosine = math.sin(angle), math.cos(angle)
    start = 2 if freedom % 2 else 1
    terms, term = [], cosine if freedom % 2 else 1.0
    for step in range(start, freedom, 2):
        terms.append(term)
        term *= cosine * cosine * step / (step + 1)
    within = sine * math.fsum(terms)
    if freedom % 2:
        within = 2.0 / math.pi * (angle + within)
    return min(1.0, max(0.0, 0.5 - within / 2.0))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _exact(inside: Sequence[float], outside: Sequence[float], confidence: float) -> Difference:
    a, n, b, m = round(math.fsum(inside)), len(inside), round(math.fsum(outside)), len(outside)
    low_in, high_in = wilson_bounds(a, n, confidence)
    low_out, high_out = wilson_bounds(b, m, confidence)
    value = a / n - b / m
    # Newcombe 1998, method 10.
    interval = Interval(
        value=value,
        low=value - math.hypot(a / n - low_in, high_out - b / m),
        high=value + math.hypot(high_in - a / n, b / m - low_out),
        n=n + m,
        confidence=confidence,
        method="Newcombe",
    )
    return Difference(interval, fisher_one_sided(a, n, b, m))


def _clustered(
    units: Sequence[Unit], inside: Sequence[float], outside: Sequence[float], confidence: float
) -> Difference | None:
    mean_in, mean_out = math.fsum(inside) / len(inside), math.fsum(outside) / len(outside)
    added: dict[str, list[float]] = {}
    for unit in units:
        one = (unit.miss - mean_in) / len(inside) if unit.inside else (mean_out - unit.miss) / len(outside)
        added.setdefault(unit.cluster, []).append(one)
    clusters = len(added)
    if clusters < FEWEST_CLUSTERS:
        return None
    squares = math.fsum(math.fsum(one) ** 2 for one in added.values())
    error = math.sqrt(squares * clusters / (clusters - 1))
    value = mean_in - mean_out
    half = t_value(confidence, clusters - 1) * error
    # Where nothing varies on either side, an error of 0 would be no measure: whole clusters are counted.
    p_value = t_tail(value / error, clusters - 1) if error else _whole_clusters(units)
    interval = Interval(
        value=value,
        low=max(-1.0, value - half),
        high=min(1.0, value + half),
        n=len(units),
        confidence=confidence,
        method="cluster-robust",
    )
    return Difference(interval, p_value)


def _whole_clusters(units: Sequence[Unit]) -> float:
    """Fisher's exact p-value where each side is missed wholly or not at all; a cluster counts once."""
    sides = sorted({(unit.cluster, unit.inside, unit.miss >= 0.5) for unit in units})
    inside = [float(missed) for _, within, missed in sides if within]
    outside = [float(missed) for _, within, missed in sides if not within]
    return _exact(inside, outside, 0.95).p_value
