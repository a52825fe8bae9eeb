"""Random choices that are the same on every platform and every Python.

Only `Random.random` is used: its stream is promised to stay (docs.python.org/3/library/random.html).
"""

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


class Draw:
    """A stream named by its parts; two different names give independent streams."""

    def __init__(self, *name: str | int) -> None:
        label = "\x1f".join(map(str, name)).encode("utf-8", errors="surrogatepass")
        seed = int.from_bytes(hashlib.sha256(label).digest(), "big")
        self._next = random.Random(seed).random  # noqa: S311 - not for secrets

    def below(self, n: int) -> int:
        """0 to n - 1."""
        return int(self._next() * n)

    def between(self, low: int, high: int) -> int:
        """Both ends included."""
        return low + int(self._next() * (high - low + 1))

    def one(self, items: Sequence[Item]) -> Item:
        return items[int(self._next() * len(items))]

    def digits(self, count: int) -> str:
        """At most 15; the first may be 0."""
        return str(int(self._next() * 10**count)).zfill(count)

    def bytes(self, count: int) -> bytes:
        return bytes(int(self._next() * 256) for _ in range(count))

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed
