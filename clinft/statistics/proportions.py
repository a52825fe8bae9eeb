"""Intervals for a proportion. Below a few hundred items normal intervals mislead (Bowyer et al. 2025)."""

import math
from collections.abc import Callable
from statistics import NormalDist

from clinft.artifacts.planning import Interval

# Halvings of [0, 1]: beyond double precision.
BISECTIONS = 60
# With more degrees of freedom Student's quantile is the normal one to four digits.
MOST_FREEDOM = 10_000


def z_value(confidence: float) -> float:
    """Two-sided standard normal quantile, 1.96 for 0.95."""
    return NormalDist().inv_cdf(0.5 + confidence / 2.0)


def t_value(confidence: float, freedom: int) -> float:
    """Two-sided quantile of Student's t; infinite without a degree of freedom.

    By bisection on its distribution, the integral of its density over an angle (Abramowitz and Stegun
    26.7.3 and 26.7.4), so that no run needs scipy.
    """
    if freedom < 1:
        return math.inf
    if freedom > MOST_FREEDOM:
        return z_value(confidence)
    low, high = 0.0, math.pi / 2.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if _within(middle, freedom) < confidence else (low, middle)
    return math.sqrt(freedom) * math.tan(low)


def _within(angle: float, freedom: int) -> float:
    """P(|t| < tan(angle) sqrt(freedom))."""
    sine, cosine = math.sin(angle), math.cos(angle)
    start = 1 if freedom % 2 == 0 else 2
    term = 1.0 if start == 1 else cosine
    total = term if freedom > 1 else 0.0
    for step in range(start, freedom - 2, 2):
        term *= cosine * cosine * step / (step + 1)
        total += term
    if start == 1:
        return sine * total
    return 2.0 / math.pi * (angle + sine * total)


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


def gap(first: Interval, second: Interval) -> Interval:
    """First minus second, of two independent groups, from the interval of each.

    Donner and Zou 2012, Statistical Methods in Medical Research 21; of two Wilson intervals it is method 10
    of Newcombe 1998, Statistics in Medicine 17, 873-890.
    """
    difference = first.value - second.value
    return Interval(
        value=difference,
        low=difference - math.hypot(first.value - first.low, second.high - second.value),
        high=difference + math.hypot(first.high - first.value, second.value - second.low),
        n=first.n + second.n,
        confidence=first.confidence,
        method=f"square-and-add of {first.method}",
    )


def items_to_certify(bound: float, misses: int, confidence: float = 0.95) -> int:
    """Fewest cases of which so many may be missed and the one-sided lower bound still reaches `bound`.

    Clopper and Pearson 1934; ValueError for a bound of 1, which no number of cases certifies.
    """
    if not 0.0 <= bound < 1.0:
        raise ValueError(f"{bound} is certified by no number of cases")
    low, high = misses, misses + 1
    while binomial_tail(high - misses, high, bound) > 1.0 - confidence:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        enough = binomial_tail(middle - misses, middle, bound) <= 1.0 - confidence
        low, high = (low, middle) if enough else (middle, high)
    return high
