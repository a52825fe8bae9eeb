"""Interval of a statistic of the whole set that holds unseen items for possible.

Items, or clusters of them, get random weights (the Bayesian bootstrap, Rubin 1981), and one unseen item
counts with them: a bad one for the lower bound, a good one for the upper. So 20 right answers of 20 do not
prove that there are no wrong ones, as resamples of them would. For a share this is Clopper and Pearson's
interval, for a mean Gaffke's (bounded_mean).
"""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

from clinft.artifacts.planning import Interval

T = TypeVar("T", bound=Hashable)
RESAMPLES = 2000


def with_unseen(
    clusters: Sequence[Sequence[T]],
    statistic: Callable[[Counter[T]], float],
    worst: Mapping[T, float],
    best: Mapping[T, float],
    confidence: float = 0.95,
    *,
    falling: bool = False,
    seed: int = 0,
) -> Interval:
    """`clusters`: the rows of each, or of each item. `worst`, `best`: rows of the unseen item, with shares
    that add up to 1; empty: none is thought of. `falling`: a bad item raises the statistic.
    """
    import numpy as np

    # Sorted, so that the order in which items came changes nothing.
    units = sorted((sorted(cluster, key=repr) for cluster in clusters), key=repr)
    rows = sorted({row for unit in units for row in unit}, key=repr)
    n = sum(map(len, units))
    rng = np.random.default_rng(seed)
    weights = _weights(units, rows, rng)
    # The unseen cluster is as large as that of an item taken at random.
    size = sum(len(unit) ** 2 for unit in units) / n
    bounds = []
    for extra in (worst, best):
        more = sorted(extra, key=repr)
        unseen = size * rng.standard_gamma([extra[row] for row in more], size=(RESAMPLES, len(more)))
        bounds.append(sorted(
            statistic(_counter(rows, weights[draw], more, unseen[draw])) for draw in range(RESAMPLES)
        ))  # fmt: skip
    below, above = reversed(bounds) if falling else bounds
    value = statistic(Counter(row for unit in units for row in unit))
    outside = int((1.0 - confidence) / 2.0 * (RESAMPLES - 1))
    return Interval(
        value=value,
        low=min(below[outside], value),
        high=max(above[-1 - outside], value),
        n=n,
        confidence=confidence,
        method=f"Bayesian bootstrap{' with an unseen item' if worst else ''}, {RESAMPLES:,} draws",
    )


def _weights(units: Sequence[Sequence[T]], rows: Sequence[T], rng: Any) -> Any:
    """(draws, rows): what each row weighs; items of one cluster weigh the same."""
    import numpy as np

    if all(len(unit) == 1 for unit in units):
        counts = Counter(row for unit in units for row in unit)
        return rng.standard_gamma([counts[row] for row in rows], size=(RESAMPLES, len(rows)))
    place = {row: number for number, row in enumerate(rows)}
    held = np.zeros((len(units), len(rows)))
    for number, unit in enumerate(units):
        for row in unit:
            held[number, place[row]] += 1
    return rng.standard_exponential((RESAMPLES, len(units))) @ held


def _counter(rows: Sequence[T], weights: Any, more: Sequence[T], unseen: Any) -> Counter[T]:
    found: Counter[T] = Counter()
    for row, weight in zip(rows, weights.tolist(), strict=True):
        found[row] = weight
    for row, weight in zip(more, unseen.tolist(), strict=True):
        found[row] += weight
    return found
