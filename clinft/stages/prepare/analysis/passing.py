"""One pass over a split: counts over all records, and a seeded sample of fixed size for the rest."""

import hashlib
import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from clinft.artifacts.data import Record
from clinft.stages.prepare.analysis.codes import Codes
from clinft.stages.prepare.analysis.repeats import Texts

# Of a split. So many records of each are compared and counted in a few seconds.
SAMPLE = 2_000
# A task that is no classification has as many answers as records; beyond these they are only counted.
MOST_VALUES = 1_000


@dataclass
class Pass:
    """`sample`: the records with the smallest digests, in the order of those; any order of rows gives it."""

    split: str
    records: int = 0
    targets: Counter[str] = field(default_factory=Counter)
    styles: Counter[str] = field(default_factory=Counter)
    sample: tuple[Record, ...] = ()


def read(split: str, records: Iterable[Record], seed: int, texts: Texts, codes: Codes, size: int) -> Pass:
    """`texts` and `codes` are shared by all splits."""
    seen = Pass(split)
    # Of the smallest digests the largest on top: negated, since heapq keeps the smallest there.
    kept: list[tuple[int, int, Record]] = []
    for number, record in enumerate(records):
        seen.records += 1
        _count(seen.targets, record.target)
        _count(seen.styles, record.style)
        texts.add(split, record.text)
        codes.add(record)
        place = (-order(seed, split, record.id), number, record)
        if len(kept) < size:
            heapq.heappush(kept, place)
        elif place[0] > kept[0][0]:
            heapq.heapreplace(kept, place)
    seen.sample = tuple(record for _, _, record in sorted(kept, key=lambda one: (-one[0], one[1])))
    return seen


def order(seed: int, split: str, record_id: str) -> int:
    """A number by which records are drawn: without pattern, and the same everywhere."""
    return int.from_bytes(hashlib.sha256(f"{seed}\0{split}\0{record_id}".encode()).digest()[:8])


def _count(counts: Counter[str], value: str) -> None:
    if value in counts or len(counts) < MOST_VALUES:
        counts[value] += 1
