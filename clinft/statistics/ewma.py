"""A slow drift over a series of measurements: exponentially weighted moving average (Roberts 1959)."""

from collections.abc import Sequence

# Lucas and Saccucci 1990, Technometrics 32: a shift of one standard error is found after ten values on
# average, and a series without a shift is flagged once in five hundred.
WEIGHT, LIMIT = 0.2, 2.86


def worsens(values: Sequence[float], errors: Sequence[float], *, higher_is_better: bool) -> list[bool]:
    """For each value: has the average by then fallen beyond its limit below the first value?

    `errors`: the standard error of each value. Values of one test split err alike, which makes the flag
    careful: it comes late rather than for nothing.
    """
    flags = []
    average, variance = 0.0, 0.0
    sign = 1.0 if higher_is_better else -1.0
    for value, error in zip(values, errors, strict=True):
        average = WEIGHT * sign * (value - values[0]) + (1.0 - WEIGHT) * average
        variance = (WEIGHT * error) ** 2 + (1.0 - WEIGHT) ** 2 * variance
        flags.append(average < -LIMIT * variance**0.5)
    return flags
