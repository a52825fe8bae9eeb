"""Random choices that are the same on every platform and every Python.

Only `Random.random` is used: its stream is promised to stay (docs.python.org/3/library/random.html).
"""

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Draw:
    """A stream named by its parts; two different names give independent streams.

    `cast` holds the given name and surname of every person of the text at hand.
    """

    def __init__(self, *name: str | int) -> None:
        label = "\x1f".join(map(str, name)).encode()
        seed = int.from_bytes(hashlib.sha256(label).digest(), "big")
        self.share = random.Random(seed).random  # noqa: S311 - not for secrets
        self.cast: list[tuple[str, str]] = []

    def chance(self, share: float) -> bool:
        return self.share() < share

    def below(self, n: int) -> int:
        """0 to n - 1."""
        return int(self.share() * n)

    def between(self, low: int, high: int) -> int:
        """Both ends included."""
        return low + int(self.share() * (high - low + 1))

    def one(self, items: Sequence[Item]) -> Item:
        return items[int(self.share() * len(items))]

    def pick(self, weighted: Sequence[tuple[float, Item]]) -> Item:
        """One of the items, each as often as its weight says."""
        rest = self.share() * sum(weight for weight, _ in weighted)
        for weight, item in weighted:
            rest -= weight
            if rest < 0:
                return item
        return weighted[-1][1]

    def digits(self, count: int) -> str:
        """At most 15; the first may be 0."""
        return str(int(self.share() * 10**count)).zfill(count)

    def letters(self, count: int) -> str:
        return "".join(self.one(LETTERS) for _ in range(count))
