"""Texts that repeat: letter by letter over all records, and nearly over a sample (MinHash, Broder 1997)."""

import heapq
import re
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from clinft.artifacts.data import Record
from clinft.artifacts.data_plan import ExactRepeats, NearRepeats
from clinft.artifacts.planning import Interval
from clinft.statistics.proportions import wilson

if TYPE_CHECKING:
    from datasketch import MinHash, MinHashLSH

# Different texts that are kept with their counts; of more, a random part is.
MOST_TEXTS = 100_000
# Runs of this many words, and the share of them that two near repeats have in common.
RUN_WORDS = 3
ALIKE = 0.8
# Two texts that share 0.8 of their runs meet in the index with probability above 0.99.
PERMUTATIONS = 128
WORD = re.compile(r"\w+")


class Texts:
    """The smallest digests of texts, with how often each stands in which split.

    Which texts are kept depends on their digests alone, so a kept text has been counted from its first
    record on, and the kept ones are a random part of all different texts.
    """

    def __init__(self, most: int = MOST_TEXTS) -> None:
        self._most = most
        self._counts: dict[int, dict[str, int]] = {}
        self._largest: list[int] = []
        self._records = 0

    def add(self, split: str, text: str) -> None:
        self._records += 1
        digest = int.from_bytes(sha256(" ".join(text.split()).casefold().encode()).digest()[:8])
        counts = self._counts.get(digest)
        if counts is None:
            if len(self._counts) >= self._most and digest > -self._largest[0]:
                return
            counts = self._counts[digest] = {}
            heapq.heappush(self._largest, -digest)
            if len(self._counts) > self._most:
                del self._counts[-heapq.heappop(self._largest)]
        counts[split] = counts.get(split, 0) + 1

    def repeats(self) -> ExactRepeats:
        considered = sum(sum(one.values()) for one in self._counts.values())
        repeated = considered - len(self._counts)
        return ExactRepeats(
            n=self._records,
            considered=considered,
            repeated=repeated,
            across_splits=sum(len(one) > 1 for one in self._counts.values()),
            rate=_rate(repeated, considered),
        )


def near_repeats(samples: Mapping[str, Sequence[Record]]) -> tuple[NearRepeats, ...]:
    """Each split with itself, and each other one with train and with those before it."""
    indexes = {split: _Index(records) for split, records in samples.items()}
    found = []
    names = list(samples)
    for place, split in enumerate(names):
        found.append(indexes[split].within(split))
        found += [indexes[split].against(split, other, indexes[other]) for other in names[:place]]
    return tuple(found)


@cache
def _bands() -> tuple[int, int]:
    """How many bands of how many permutations: found by 645 pairs of integrals, the same for every index."""
    from datasketch import MinHashLSH

    index = MinHashLSH(threshold=ALIKE - 0.1, num_perm=PERMUTATIONS)
    return index.b, index.r


def _empty_index() -> "MinHashLSH":
    from datasketch import MinHashLSH

    return MinHashLSH(num_perm=PERMUTATIONS, params=_bands())


class _Index:
    def __init__(self, records: Sequence[Record]) -> None:
        self._runs = [_runs(record.text) for record in records]
        self._sketches = [_sketch(runs) for runs in self._runs]
        self._lsh = _empty_index()
        for place, sketch in enumerate(self._sketches):
            self._lsh.insert(place, sketch)

    def within(self, split: str) -> NearRepeats:
        repeated = sum(self._meets(place, self, earlier_only=True) for place in range(len(self._runs)))
        return self._found(split, split, repeated, len(self._runs))

    def against(self, split: str, other: str, index: "_Index") -> NearRepeats:
        repeated = sum(self._meets(place, index) for place in range(len(self._runs)))
        return self._found(split, other, repeated, len(index._runs))

    def _meets(self, place: int, index: "_Index", earlier_only: bool = False) -> bool:
        """The index only proposes: the runs themselves are compared."""
        mine = self._runs[place]
        return any(
            _alike(mine, index._runs[other])
            for other in index._lsh.query(self._sketches[place])
            if not earlier_only or other < place
        )

    def _found(self, split: str, other: str, repeated: int, compared_with: int) -> NearRepeats:
        n = len(self._runs)
        return NearRepeats(
            split=split,
            against=other,
            n=n,
            compared_with=compared_with,
            repeated=repeated,
            rate=_rate(repeated, n),
        )


class Near:
    """Texts as they come: which earlier ones each nearly repeats."""

    def __init__(self) -> None:
        self._runs: list[frozenset[int]] = []
        self._lsh = _empty_index()

    def add(self, text: str) -> list[int]:
        """Their places, from 0, in the order in which they came."""
        runs = _runs(text)
        made = _sketch(runs)
        found = sorted(other for other in self._lsh.query(made) if _alike(runs, self._runs[other]))
        self._lsh.insert(len(self._runs), made)
        self._runs.append(runs)
        return found


def words(text: str) -> list[str]:
    return WORD.findall(text.casefold())


def alike(one: str, other: str) -> bool:
    """Whether two texts share so many runs of words that they count as near repeats."""
    return _alike(_runs(one), _runs(other))


def _runs(text: str) -> frozenset[int]:
    """32 bits of each run of words; a text of fewer words is one run."""
    found = words(text)
    runs = [" ".join(found[at : at + RUN_WORDS]) for at in range(max(1, len(found) - RUN_WORDS + 1))]
    return frozenset(zlib.crc32(run.encode()) for run in runs)


@cache
def _empty_sketch() -> "MinHash":
    """Its permutations are those that every sketch would draw again from the seed."""
    from datasketch import MinHash

    return MinHash(num_perm=PERMUTATIONS, seed=1, hashfunc=int)


def _sketch(runs: frozenset[int]) -> "MinHash":
    made = _empty_sketch().copy()
    made.update_batch(sorted(runs))
    return made


def _alike(one: frozenset[int], other: frozenset[int]) -> bool:
    return len(one & other) >= ALIKE * len(one | other)


def _rate(part: int, n: int) -> Interval | None:
    return wilson(part, n) if n else None
