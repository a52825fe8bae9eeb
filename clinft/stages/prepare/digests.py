"""Counting what is equal among very many texts, in memory that does not grow with them.

Of each text 8 bytes of its sha256 are kept, in buckets by their first bits; a full bucket is moved to a
temporary file. Two different texts in a million have the same 8 bytes with a chance of 1 in 37 million.
"""

import hashlib
import tempfile
import weakref
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import IO

KEPT = 8
BUCKETS = 64
FULL_BYTES = 16 * 1024


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8")).digest()[:KEPT]


class Digests:
    """A bag of digests."""

    def __init__(self) -> None:
        self.added = 0
        self._buckets = [bytearray() for _ in range(BUCKETS)]
        self._moved: list[list[tuple[int, int]]] = [[] for _ in range(BUCKETS)]
        self._file: IO[bytes] | None = None

    def add(self, *digests: bytes) -> None:
        for one in digests:
            bucket = self._buckets[one[0] % BUCKETS]
            bucket += one
            if len(bucket) >= FULL_BYTES:
                self._move(one[0] % BUCKETS)
        self.added += len(digests)

    def __len__(self) -> int:
        """Different ones."""
        return sum(len(self.different(number)) for number in range(BUCKETS))

    def different(self, number: int) -> set[int]:
        """Those of one bucket."""
        found = array("Q")
        for start, length in self._moved[number]:
            assert self._file is not None, "what was moved is in the file"
            self._file.seek(start)
            found.frombytes(self._file.read(length))
        found.frombytes(bytes(self._buckets[number]))
        return set(found)

    def _move(self, number: int) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="clinft-digests-")  # noqa: SIM115 - lives as long as this
            weakref.finalize(self, self._file.close)
        start = self._file.seek(0, 2)
        self._file.write(self._buckets[number])
        self._moved[number].append((start, len(self._buckets[number])))
        self._buckets[number].clear()


def in_several(bags: Sequence[Digests]) -> int:
    """Different digests that are in more than one of the bags."""
    return sum(
        len(set().union(*(one & other for one, other in combinations(sets, 2)))) for sets in _sets(bags)
    )


def repeated(bags: Sequence[Digests]) -> int:
    """Digests that an earlier one equals, over all bags."""
    different = sum(len(set().union(*sets)) for sets in _sets(bags))
    return sum(bag.added for bag in bags) - different


def _sets(bags: Iterable[Digests]) -> Iterator[list[set[int]]]:
    for number in range(BUCKETS):
        yield [bag.different(number) for bag in bags]
