"""Interval of a ratio of sums that has no upper bound, such as nats per token: the studentised bootstrap.

Each resample's ratio is measured in its own standard error (Hall 1988; Hinkley 1977 for ratios), because a
few large losses move the ratio and its error together; percentiles of the ratio itself cover too seldom.
"""

import math
from collections.abc import Sequence
from typing import Any

from clinft.artifacts.planning import Interval

RESAMPLES = 4000
# Digits beyond these differ between processors.
SCALE = 10**9
# Of the error of the whole. A resample that lacks the few large losses has next to none, and would say that
# any value is possible.
SMALLEST_ERROR = 0.2
# Resamples held at once, times units.
AT_ONCE = 2_000_000


def ratio_of_sums(
    units: Sequence[tuple[float, float]], n: int, confidence: float = 0.95, seed: int = 0
) -> Interval:
    """`units`: (above, below) of each cluster, or of each item, none below 0; `n`: items.

    With one unit, or units that are all alike, nothing is known of the spread: the interval is the value.
    """
    import numpy as np

    pairs = np.array(sorted(units), dtype=float)
    value = math.fsum(pairs[:, 0]) / math.fsum(pairs[:, 1])
    error = float(_error(pairs[None, :, :])[0])
    m = len(pairs)
    found = []
    rng = np.random.default_rng(seed)
    at_once = max(1, AT_ONCE // m)
    for start in range(0, RESAMPLES if error > 0.0 else 0, at_once):
        drawn = pairs[rng.integers(0, m, size=(min(at_once, RESAMPLES - start), m))]
        errors = _error(drawn)
        ratios = drawn[:, :, 0].sum(axis=1) / drawn[:, :, 1].sum(axis=1)
        found.append((ratios - value) / np.maximum(errors, SMALLEST_ERROR * error))
    t = np.sort(np.concatenate(found)) if found else np.zeros(1)
    outside = int((1.0 - confidence) / 2.0 * (len(t) - 1))
    return Interval(
        value=value,
        low=max(0.0, min(value, math.floor((value - error * float(t[-1 - outside])) * SCALE) / SCALE)),
        high=max(value, math.ceil((value - error * float(t[outside])) * SCALE) / SCALE),
        n=n,
        confidence=confidence,
        method=f"studentised bootstrap, {RESAMPLES:,} resamples",
    )


def _error(drawn: Any) -> Any:
    """Standard error of each ratio by linearisation; `drawn`: (resamples, units, 2)."""
    import numpy as np

    above, below = drawn[:, :, 0], drawn[:, :, 1]
    total = below.sum(axis=1)
    left = above - (above.sum(axis=1) / total)[:, None] * below
    m = drawn.shape[1]
    return np.sqrt((left**2).sum(axis=1) * m / max(1, m - 1)) / total
