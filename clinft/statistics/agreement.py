"""Agreement of raters beyond chance, on categories without an order.

Intervals are percentile bootstraps over clusters: claims of one record are no independent ones.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence

from clinft.artifacts.planning import Interval
from clinft.statistics.bootstrap import bootstrap
from clinft.statistics.proportions import wilson_bounds

# Two raters of one thing, or all ratings of one thing.
Pair = tuple[str, str]
Unit = tuple[str, ...]


def cohen_kappa(pairs: Counter[Pair]) -> float | None:
    """Cohen 1960. None where both raters use one and the same category: chance alone would agree."""
    if not pairs.total():
        return None
    seen, chance = _seen_and_chance(pairs)
    return None if chance >= 1.0 else (seen - chance) / (1.0 - chance)


def _seen_and_chance(pairs: Counter[Pair]) -> tuple[float, float]:
    n = pairs.total()
    first, second = Counter[str](), Counter[str]()
    for (one, other), count in pairs.items():
        first[one] += count
        second[other] += count
    seen = math.fsum(count for (one, other), count in pairs.items() if one == other) / n
    chance = math.fsum(first[name] * second[name] for name in sorted(first)) / n**2
    return seen, chance


def krippendorff_alpha(units: Counter[Unit]) -> float | None:
    """Nominal alpha by the coincidence matrix (Krippendorff 2011, Computing Krippendorff's Alpha).

    Units may have any number of ratings; one rating says nothing. None where all ratings are the same.
    """
    totals: Counter[str] = Counter()
    apart = 0.0
    for unit, count in sorted(units.items()):
        m = len(unit)
        if m < 2:
            continue
        ratings = Counter(unit)
        for name, times in ratings.items():
            totals[name] += times * count
        apart += count * (m * m - sum(times * times for times in ratings.values())) / (m - 1)
    n = totals.total()
    expected = n * n - sum(times * times for times in totals.values())
    return None if expected == 0 else 1.0 - (n - 1) * apart / expected


def kappa_interval(clusters: Sequence[tuple[Pair, ...]], confidence: float) -> Interval | None:
    """A bootstrap knows no disagreement that it has not seen: of ten agreements it concludes that there is
    none. So the lower bound is never above kappa at Wilson's lower bound of the share of clusters' agreement.
    """
    made = _interval(clusters, cohen_kappa, confidence)
    if made is None:
        return None
    seen, chance = _seen_and_chance(Counter(pair for cluster in clusters for pair in cluster))
    least = wilson_bounds(seen * len(clusters), len(clusters), confidence)[0]
    low = min(made.low, (least - chance) / (1.0 - chance))
    return made.model_copy(update={"low": low, "method": f"{made.method}, Wilson"})


def alpha_interval(clusters: Sequence[tuple[Unit, ...]], confidence: float) -> Interval | None:
    return _interval(clusters, krippendorff_alpha, confidence)


def _interval(
    clusters: Sequence[tuple[tuple[str, ...], ...]],
    statistic: Callable[[Counter[Pair]], float | None] | Callable[[Counter[Unit]], float | None],
    confidence: float,
) -> Interval | None:
    """`n` counts what was rated. A resample without a value counts as no agreement: the careful side."""

    def of(counts: Counter[tuple[tuple[str, ...], ...]]) -> float | None:
        rated: Counter[tuple[str, ...]] = Counter()
        for cluster, count in counts.items():
            for one in cluster:
                rated[one] += count
        return statistic(rated)  # type: ignore[arg-type]  # a pair is a unit of two

    if not clusters or of(Counter(clusters)) is None:
        return None
    made = bootstrap(clusters, lambda counts: of(counts) or 0.0, confidence)
    return made.model_copy(
        update={"n": sum(map(len, clusters)), "method": f"{made.method}, {len(clusters):,} clusters"}
    )
