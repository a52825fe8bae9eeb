"""Paired randomization test (Fisher 1935; Noreen 1989): for differences that no exact formula covers.

Were the two systems equal, either outcome of an item could as well be the other's. Unlike the share of
bootstrap resamples beyond 0, this keeps its level at small n: it errs as rarely as it says.
"""

import math
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


def sign_flip_mid_p(losses: Sequence[int]) -> float:
    """One-sided mid-p value against 'no worse', of the items lost less those won of each cluster.

    Were the systems equal, each cluster's sum could as well have the other sign; all sign patterns are
    counted. Where every item is a cluster of its own this is McNemar's test with mid-p.
    """
    import numpy as np

    sizes = sorted(abs(loss) for loss in losses if loss)
    reach = sum(sizes)
    # chance[i]: of the sum i - reach.
    chance = np.zeros(2 * reach + 1)
    chance[reach] = 1.0
    done = 0
    for size in sizes:
        around = slice(reach - done - size, reach + done + size + 1)
        part = chance[around]
        flipped = np.zeros_like(part)
        flipped[size:] += part[:-size] / 2.0
        flipped[:-size] += part[size:] / 2.0
        chance[around] = flipped
        done += size
    seen = sum(losses) + reach
    return min(1.0, math.fsum(chance[seen + 1 :].tolist()) + float(chance[seen]) / 2.0)
