"""Class and style balance, and how varied the wording is."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from clinft.artifacts.data import Record
from clinft.artifacts.data_plan import Diversity, Spread
from clinft.stages.prepare.analysis.repeats import words

DECIMALS = 6


def spread(
    split: str, field: Literal["target", "style"], counts: Counter[str], expected: Sequence[str] = ()
) -> Spread:
    """`expected`: values that should occur; one that does not counts as the smallest."""
    absent = tuple(value for value in expected if not counts[value])
    return Spread(
        split=split,
        field=field,
        n=counts.total(),
        values=len(+counts),
        absent=absent,
        smallest=0 if absent or not counts else min(counts.values()),
        largest=max(counts.values(), default=0),
        evenness=evenness(list((+counts).values()) + [0] * len(absent)),
    )


def evenness(counts: Sequence[int]) -> float | None:
    """Pielou 1966: entropy over the entropy of equal counts."""
    total = sum(counts)
    if len(counts) < 2 or not total:
        return None
    entropy = -math.fsum(count / total * math.log(count / total) for count in counts if count)
    return round(entropy / math.log(len(counts)), DECIMALS)


def diversity(split: str, sample: Sequence[Record]) -> Diversity:
    """distinct-1, -2 and -3 (Li et al. 2016, arXiv:1510.03055); no n-gram spans two records."""
    seen: tuple[set[int], ...] = (set(), set(), set())
    totals = [0, 0, 0]
    for record in sample:
        found = words(record.text)
        for size, grams in enumerate(seen, start=1):
            runs = zip(*(found[start:] for start in range(size)), strict=False)
            # Compared within this process alone, so that its own hash will do.
            grams.update(map(hash, runs))
            totals[size - 1] += max(0, len(found) - size + 1)
    shares = [
        round(len(grams) / total, DECIMALS) if total else None
        for grams, total in zip(seen, totals, strict=True)
    ]
    return Diversity(
        split=split,
        n=len(sample),
        words=totals[0],
        distinct_1=shares[0],
        distinct_2=shares[1],
        distinct_3=shares[2],
    )
