"""How the share of wrong answers falls with the number of training records: a power law through a few runs.

error(n) = scale * n ** -exponent. Over the range that teams train in, the error of a model falls as an
inverse power of its records (Figueroa et al. 2012, on clinical text; Hestness et al. 2017). No asymptote is
fitted: three points cannot show one, so a forecast is bold, and how far it may go is bounded here.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from clinft.artifacts.planning import Interval

FEWEST = 3
RESAMPLES = 2_000
# A forecast goes no further than this beyond the largest run.
FARTHEST = 4.0
# Digits beyond these differ between processors.
PLACES = 6


class Point(NamedTuple):
    """`error`: the share that was wrong, 0 to 1, of `n` test items; `spread`: its standard error."""

    records: int
    error: float
    spread: float
    n: int


class Fit(NamedTuple):
    """`exponent` has an interval; `draws`: scale and exponent of each resample, for forecasts."""

    scale: float
    exponent: Interval
    draws: tuple[tuple[float, float], ...]


def why_not(points: Sequence[Point]) -> str | None:
    """Half a sentence where nothing can be fitted."""
    sizes = sorted({point.records for point in points})
    if len(sizes) < FEWEST:
        there = ", ".join(f"{size:,}" for size in sizes) or "none"
        return f"runs on {FEWEST} different numbers of records are needed, and there are: {there}"
    return None


def fit(points: Sequence[Point], confidence: float = 0.95, seed: int = 0) -> Fit:
    """Weighted least squares of log error on log records; a curve that would rise is held flat.

    The interval is from resampling each point's error within its spread, and refitting.
    """
    import numpy as np

    assert why_not(points) is None, "asked before"
    # Sorted, so that the order of runs changes nothing.
    ordered = sorted(points)
    x = np.log(np.array([point.records for point in ordered], dtype=float))
    error = np.array([point.error for point in ordered], dtype=float)
    n = np.array([point.n for point in ordered], dtype=float)
    # Nothing wrong among n is not 0 wrong for ever, and its logarithm would be no number.
    floor = 0.5 / (n + 1.0)
    spread = np.maximum(np.array([point.spread for point in ordered], dtype=float), floor)
    weights = (np.maximum(error, floor) / spread) ** 2

    def through(errors: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> tuple[object, object]:
        y = np.log(np.clip(errors, floor, 1.0))
        total = weights.sum()
        middle_x, middle_y = (weights * x).sum() / total, (weights * y).sum(axis=-1) / total
        around = x - middle_x
        slope = (weights * around * y).sum(axis=-1) / (weights * around**2).sum()
        exponent = np.maximum(-slope, 0.0)
        return np.exp(middle_y + exponent * middle_x), exponent

    rng = np.random.default_rng(seed)
    resampled = rng.normal(error, spread, size=(RESAMPLES, len(ordered)))
    scales, exponents = (np.asarray(one, dtype=float) for one in through(resampled))
    scale, exponent = (np.asarray(one, dtype=float) for one in through(error[None, :]))
    tail = (1.0 - confidence) / 2.0
    low, high = (float(value) for value in np.quantile(exponents, [tail, 1.0 - tail]))
    value = float(exponent[0])
    interval = Interval(
        value=round(value, PLACES),
        low=round(min(low, value), PLACES),
        high=round(max(high, value), PLACES),
        n=len(ordered),
        confidence=confidence,
        method=f"parametric bootstrap, {RESAMPLES:,} resamples",
    )
    draws = tuple(zip(scales.tolist(), exponents.tolist(), strict=True))
    return Fit(float(scale[0]), interval, draws)


def gain(found: Fit, before: int, after: int, confidence: float = 0.95) -> Interval:
    """Fall of the error from `before` to `after` records: what the curve foretells, never a promise."""
    import numpy as np

    def fall(scale: float, exponent: float) -> float:
        return _error(scale, exponent, before) - _error(scale, exponent, after)

    falls = np.array([fall(*draw) for draw in found.draws], dtype=float)
    tail = (1.0 - confidence) / 2.0
    low, high = (float(value) for value in np.quantile(falls, [tail, 1.0 - tail]))
    value = fall(found.scale, found.exponent.value)
    return Interval(
        value=round(value, PLACES),
        low=round(min(low, value), PLACES),
        high=round(max(high, value), PLACES),
        n=found.exponent.n,
        confidence=confidence,
        method="power law over runs, parametric bootstrap",
    )


def records_for(found: Fit, error: float) -> float | None:
    """Records at which the curve reaches an error; None: it never does."""
    exponent = found.exponent.value
    if exponent <= 0.0 or error <= 0.0:
        return None
    power = math.log(found.scale / error) / exponent
    return math.exp(power) if power < math.log(10**12) else None


def _error(scale: float, exponent: float, records: int) -> float:
    return min(1.0, scale * math.exp(-exponent * math.log(records)))
