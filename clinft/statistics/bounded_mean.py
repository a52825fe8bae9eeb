"""Interval for a mean of values in [0, 1] that holds unseen bad values for possible (Gaffke 2005).

A bootstrap knows no value that was not drawn: of 20 good answers it concludes that there are no bad ones.
Here the values get random weights (Dirichlet), and one unseen item counts with them: as 0 for the lower
bound, as 1 for the upper one. For values of 0 and 1 this is Clopper and Pearson's interval. The less they
spread, the narrower it is; Wilson's at the same mean always assumes the largest spread, p (1 - p). That it
covers as often as it says is a conjecture without a counterexample (Learned-Miller and Thomas 2019).
"""

import math
from collections import Counter
from collections.abc import Sequence

from clinft.artifacts.planning import Interval

RESAMPLES = 10_000
# A percentile is read off at least this many draws in its tail.
IN_TAIL = 250
# Weights held at once: 8 MB.
AT_ONCE = 1_000_000
# Digits beyond these differ between processors.
PLACES = 9


def bounded_mean(units: Sequence[tuple[float, float]], confidence: float = 0.95, seed: int = 0) -> Interval:
    """`units`: sum and size of each cluster, or of each item; clusters are weighted as a whole.

    The size is the number of items, or whatever else bounds the sum from above.
    """
    import numpy as np

    n = math.fsum(size for _, size in units)
    value = math.fsum(total for total, _ in units) / n
    tail = (1.0 - confidence) / 2.0
    draws = max(RESAMPLES, math.ceil(IN_TAIL / tail))
    # Sorted, so that the order in which items came changes nothing. Equal ones share a weight.
    counted = sorted(Counter(units).items())
    totals, sizes, shape = (
        np.array(column, dtype=float)
        for column in zip(*((total, size, count) for (total, size), count in counted), strict=True)
    )
    # The unseen cluster is as large as that of an item taken at random.
    unseen_size = float((shape * sizes**2).sum() / n)
    rng = np.random.default_rng(seed)
    lows, highs = [], []
    rows = max(1, AT_ONCE // len(counted))
    for start in range(0, draws, rows):
        weights = rng.standard_gamma(shape, size=(min(rows, draws - start), len(counted)))
        unseen = rng.standard_exponential(len(weights)) * unseen_size
        total, size = (weights * totals).sum(axis=1), (weights * sizes).sum(axis=1) + unseen
        lows.append(total / size)
        highs.append((total + unseen) / size)
    outside = int(tail * (draws - 1))
    low = float(np.partition(np.concatenate(lows), outside)[outside])
    high = float(np.partition(np.concatenate(highs), draws - 1 - outside)[draws - 1 - outside])
    scale = 10**PLACES
    return Interval(
        value=value,
        low=max(0.0, min(value, math.floor(low * scale) / scale)),
        high=min(1.0, max(value, math.ceil(high * scale) / scale)),
        n=round(n),
        confidence=confidence,
        method=f"Gaffke, {draws:,} draws",
    )


def fewest_units(value: float, bound: float, confidence: float) -> int | None:
    """As many as must be seen for the interval to leave out `bound` even if all were equal; None: none do."""
    kept = bound / value if bound < value else (1.0 - bound) / (1.0 - value) if bound > value else 1.0
    if kept >= 1.0:
        return None
    return 1 if kept <= 0.0 else math.ceil(math.log((1.0 - confidence) / 2.0) / math.log(kept))
