"""Percentile bootstrap over items, seeded (Efron 1979): for statistics of a whole set, such as macro-F1."""

import random
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from clinft.artifacts.planning import Interval

T = TypeVar("T", bound=Hashable)
RESAMPLES = 2000


def resampled(
    items: Sequence[T],
    statistic: Callable[[Counter[T]], float],
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> list[float]:
    """The statistic of each resample, sorted. Two systems are compared by items that hold both outcomes."""
    if not items:
        raise ValueError("there are no items to resample")
    # Sorted, so that the order in which items came changes nothing.
    pool = sorted(items, key=repr)
    # A resample is a draw, not a secret.
    rng = random.Random(seed)  # noqa: S311
    return sorted(statistic(Counter(rng.choices(pool, k=len(pool)))) for _ in range(resamples))


def bootstrap(
    items: Sequence[T],
    statistic: Callable[[Counter[T]], float],
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval:
    """`value` is the statistic of the items themselves; `statistic` gets distinct items with counts.

    The interval is widened to hold `value`, which percentiles of a skewed statistic may leave out.
    """
    values = resampled(items, statistic, resamples, seed)
    value = statistic(Counter(items))
    outside = int((1.0 - confidence) / 2.0 * (resamples - 1))
    return Interval(
        value=value,
        low=min(values[outside], value),
        high=max(values[-1 - outside], value),
        n=len(items),
        confidence=confidence,
        method=f"percentile bootstrap, {resamples:,} resamples",
    )
