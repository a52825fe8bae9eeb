"""Intervals for a proportion. Below a few hundred items normal intervals mislead (Bowyer et al. 2025)."""

import math
from collections.abc import Callable
from statistics import NormalDist

from clinft.artifacts.planning import Interval

# Halvings of [0, 1]: beyond double precision.
BISECTIONS = 60


def z_value(confidence: float) -> float:
    """Two-sided standard normal quantile, 1.96 for 0.95."""
    return NormalDist().inv_cdf(0.5 + confidence / 2.0)


def wilson_bounds(successes: float, n: int, confidence: float) -> tuple[float, float]:
    """Wilson 1927. Contains successes/n and stays within [0, 1]."""
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is not a proportion")
    z, share = z_value(confidence), successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # Rounding must not push a bound past the value at 0 and at n.
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


def wilson(successes: int, n: int, confidence: float = 0.95) -> Interval:
    low, high = wilson_bounds(successes, n, confidence)
    return Interval(
        value=successes / n, low=low, high=high, n=n, confidence=confidence, method="Wilson score"
    )


def binomial_tail(k: int, n: int, p: float) -> float:
    """P(X >= k) for X ~ Binomial(n, p)."""
    if k <= 0:
        return 1.0
    if k > n or p <= 0.0:
        return 0.0
    if p >= 1.0:
        return 1.0
    log_p, log_q = math.log(p), math.log1p(-p)
    terms = (
        math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * log_p + (n - i) * log_q
        for i in range(k, n + 1)
    )
    return min(1.0, math.fsum(math.exp(term) for term in terms))


def clopper_pearson(successes: int, n: int, confidence: float = 0.95) -> Interval:
    """Clopper and Pearson 1934: never covers less than it says, so it is used where misses cost lives."""
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is not a proportion")
    alpha = (1.0 - confidence) / 2.0
    low = 0.0 if successes == 0 else _root(lambda p: binomial_tail(successes, n, p) - alpha)
    high = 1.0 if successes == n else _root(lambda p: alpha - (1.0 - binomial_tail(successes + 1, n, p)))
    share = successes / n
    return Interval(
        value=share,
        low=min(low, share),
        high=max(high, share),
        n=n,
        confidence=confidence,
        method="Clopper-Pearson",
    )


def _root(increasing: Callable[[float], float]) -> float:
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2.0
        low, high = (low, middle) if increasing(middle) > 0 else (middle, high)
    return (low + high) / 2.0
