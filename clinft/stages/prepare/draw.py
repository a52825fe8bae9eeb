"""Random choices that are the same on every platform and every Python.

Only `getrandbits` of the Mersenne Twister is used: Python keeps its stream stable between versions, while
`choice`, `shuffle` and `sample` may change (docs.python.org/3/library/random.html, "Reproducibility").
"""

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")
BITS = 53


class Draw:
    """A stream named by its parts; two different names give independent streams."""

    def __init__(self, *name: str | int) -> None:
        label = "\x1f".join(str(part) for part in name).encode("utf-8")
        self._random = random.Random(int.from_bytes(hashlib.sha256(label).digest(), "big"))  # noqa: S311 - not for secrets

    def below(self, n: int) -> int:
        """0 to n - 1; the bias is below n / 2**53."""
        return (self._random.getrandbits(BITS) * n) >> BITS

    def between(self, low: int, high: int) -> int:
        """Both ends included."""
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent

    def one(self, items: Sequence[Item]) -> Item:
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed

    def some(self, items: Sequence[Item], count: int) -> list[Item]:
        """`count` of the items (all, if there are fewer), in their own order."""
        kept = sorted(self.shuffled(range(len(items)))[:count])
        return [items[index] for index in kept]
