"""Paired randomization test (Fisher 1935; Noreen 1989): for differences that no exact formula covers.

Were the two systems equal, either outcome of an item could as well be the other's. Unlike the share of
bootstrap resamples beyond 0, this keeps its level at small n: it errs as rarely as it says.
"""

import random
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

T = TypeVar("T", bound=Hashable)
REPEATS = 2000
# Sums of the same terms in another order differ by less.
ROUNDING = 1e-12


def randomization_p(
    items: Sequence[T],
    loss: Callable[[Counter[T]], float],
    swapped: Callable[[T], T],
    repeats: int = REPEATS,
    seed: int = 0,
) -> float:
    """One-sided p-value of `loss`: the share of random swaps with as large a loss or a larger one.

    An item holds both outcomes, `swapped` exchanges them. The data count as one of the repeats, so p is
    never 0 (Phipson and Smyth 2010).
    """
    if not items:
        raise ValueError("there are no items to swap")
    counts = Counter(items)
    fixed = Counter({item: count for item, count in counts.items() if swapped(item) == item})
    # Sorted, so that the order in which items came changes nothing.
    free = sorted((item for item in counts if item not in fixed), key=repr)
    # A resample is a draw, not a secret.
    rng = random.Random(seed)  # noqa: S311
    seen = loss(counts) - ROUNDING
    as_large = 0
    for _ in range(repeats):
        drawn = fixed.copy()
        for item in free:
            # As many coins as there are such items; those that show 1 swap theirs.
            swaps = rng.getrandbits(counts[item]).bit_count()
            drawn[item] += counts[item] - swaps
            drawn[swapped(item)] += swaps
        as_large += loss(drawn) >= seen
    return (as_large + 1) / (repeats + 1)
