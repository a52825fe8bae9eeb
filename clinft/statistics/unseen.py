"""Interval of a statistic of the whole set that holds unseen items for possible.

Items, or clusters of them, get random weights (the Bayesian bootstrap, Rubin 1981), and one unseen item
counts with them: a bad one for the lower bound, a good one for the upper. So 20 right answers of 20 do not
prove that there are no wrong ones, as resamples of them would. For a share this is Clopper and Pearson's
interval, for a mean Gaffke's (bounded_mean).
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

from clinft.artifacts.planning import Interval

T = TypeVar("T", bound=Hashable)
# Of distinct rows: a function of their weights, (draws, rows), to the statistic of each draw.
Batch = Callable[[Sequence[T]], Callable[[Any], Any]]
RESAMPLES = 2000
# Digits beyond these differ between processors; so does whether 1 is a hair more than 1.
SCALE = 10**9
# Weights held at once: 16 MB.
AT_ONCE = 2_000_000


def with_unseen(
    clusters: Sequence[Sequence[T]],
    statistic: Callable[[Counter[T]], float],
    worst: Mapping[T, float],
    best: Mapping[T, float],
    confidence: float = 0.95,
    *,
    falling: bool = False,
    batch: Batch[T] | None = None,
    seed: int = 0,
) -> Interval:
    """`clusters`: the rows of each, or of each item. `worst`, `best`: rows of unseen items, each with
    its weight in items; empty: none is thought of. `falling`: a bad item raises the statistic. `batch`: the
    statistic of many draws at once, where rows are too many to count them one draw after the other.
    """
    import numpy as np

    # Sorted, so that the order in which items came changes nothing.
    units = sorted((sorted(cluster, key=repr) for cluster in clusters), key=repr)
    rows = sorted({row for unit in units for row in unit}, key=repr)
    n = sum(map(len, units))
    # The unseen cluster is as large as that of an item taken at random.
    size = sum(len(unit) ** 2 for unit in units) / n
    draw = _drawing(units, rows)
    bounds: list[list[Any]] = [[], []]
    extras = [(extra, _of(statistic, batch, [*rows, *extra])) for extra in (worst, best)]
    rng = np.random.default_rng(seed)
    at_once = max(1, AT_ONCE // len(units))
    for start in range(0, RESAMPLES, at_once):
        weights = draw(rng, min(at_once, RESAMPLES - start))
        for (extra, values_of), bound in zip(extras, bounds, strict=True):
            unseen = size * rng.standard_gamma(list(extra.values()), size=(len(weights), len(extra)))
            bound.append(values_of(np.hstack([weights, unseen])))
    below, above = (np.sort(np.concatenate(bound)) for bound in (reversed(bounds) if falling else bounds))
    value = statistic(Counter(row for unit in units for row in unit))
    outside = int((1.0 - confidence) / 2.0 * (RESAMPLES - 1))
    return Interval(
        value=value,
        low=min(math.floor(round(float(below[outside]) * SCALE, 3)) / SCALE, value),
        high=max(math.ceil(round(float(above[-1 - outside]) * SCALE, 3)) / SCALE, value),
        n=n,
        confidence=confidence,
        method=f"Bayesian bootstrap{' with an unseen item' if worst else ''}, {RESAMPLES:,} draws",
    )


def _drawing(units: Sequence[Sequence[T]], rows: Sequence[T]) -> Callable[[Any, int], Any]:
    """Draws what each row weighs, (draws, rows); items of one cluster weigh the same."""
    if all(len(unit) == 1 for unit in units):
        counts = Counter(row for unit in units for row in unit)
        shape = [counts[row] for row in rows]
        return lambda rng, draws: rng.standard_gamma(shape, size=(draws, len(rows)))
    place = {row: number for number, row in enumerate(rows)}
    pairs = [(number, place[row]) for number, unit in enumerate(units) for row in unit]
    return lambda rng, draws: _summed(rng.standard_exponential((draws, len(units))), pairs, len(rows))


def _summed(of_units: Any, pairs: Sequence[tuple[int, int]], rows: int) -> Any:
    import numpy as np

    weights = np.zeros((rows, len(of_units)))
    units, places = np.array(pairs).T
    np.add.at(weights, places, of_units.T[units])
    return weights.T


def _of(
    statistic: Callable[[Counter[T]], float], batch: Batch[T] | None, rows: Sequence[T]
) -> Callable[[Any], Any]:
    """A row may stand there twice: as seen and as unseen."""
    if batch is not None:
        return batch(rows)

    def one_by_one(weights: Any) -> list[float]:
        values = []
        for draw in weights.tolist():
            counts: Counter[T] = Counter()
            for row, weight in zip(rows, draw, strict=True):
                counts[row] += weight
            values.append(statistic(counts))
        return values

    return one_by_one
