"""Texts in, findings out, as a stream: fold, analyse, map back, and settle overlaps."""

import hashlib
from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from clinft.artifacts.audit import Finding, Severity
from clinft.spec.folding import fold
from clinft.stages.audit.engine import analyze
from clinft.stages.audit.rule import Certainty
from clinft.stages.audit.severity import RANK, weights
from clinft.stages.audit.units import TextUnit

# A find that any other explanation of the same characters replaces, even a harmless one.
UNEXPLAINED = "UNEXPLAINED_NUMBER"
# A longer text is not kept for the next time: the cache's memory must not depend on the data.
CACHED_CHARACTERS = 20_000


@dataclass(frozen=True)
class Find:
    """What one rule found in one text."""

    start: int
    end: int
    entity_type: str
    score: float
    recognizer: str
    certainty: Certainty

    def severity(self, settings: bool) -> Severity:
        return weights()[self.entity_type].of(self.certainty, settings)


def scan_texts(texts: Iterable[TextUnit]) -> Iterator[Finding]:
    """Findings in the order of the texts; within one text by start, without overlaps."""
    for unit in texts:
        for find in finds_in(unit.text, unit.context):
            yield _finding(unit, find)


def is_clean(text: str) -> bool:
    """No rule finds anything in the text: it may appear in a report."""
    return not finds_in(text, "")


def finds_in(text: str, context: str) -> tuple[Find, ...]:
    """Finds in `text` when `context` stands before it, without overlaps, by start."""
    return _remembered(text, context) if len(text) <= CACHED_CHARACTERS else _search(text, context)


# Notes come twice, as records and formatted, and keys, styles and system prompts in every row.
@lru_cache(maxsize=8192)
def _remembered(text: str, context: str) -> tuple[Find, ...]:
    return _search(text, context)


def _search(text: str, context: str) -> tuple[Find, ...]:
    folded, places = fold(text)
    if not folded:
        return ()
    shift = len(context)
    found = []
    for result in analyze(context + folded):
        start, end = max(0, result.start - shift), result.end - shift
        if end > start:
            metadata = result.recognition_metadata
            found.append(
                Find(
                    start=places[start],
                    end=places[end - 1] + 1,
                    entity_type=result.entity_type,
                    score=result.score,
                    recognizer=f"{metadata['recognizer_name']}/{metadata['rule']}",
                    certainty=metadata["certainty"],
                )
            )
    return _without_overlaps(found)


def _without_overlaps(found: list[Find]) -> tuple[Find, ...]:
    """Explained before unexplained, then the most severe, then the longest."""
    order = sorted(
        found,
        key=lambda find: (
            find.entity_type == UNEXPLAINED,
            RANK[find.severity(settings=False)],
            find.start - find.end,
            find.start,
            -find.score,
            find.recognizer,
        ),
    )
    kept: list[Find] = []  # by start
    for find in order:
        place = bisect(kept, find.start, key=lambda other: other.start)
        clear_before = place == 0 or kept[place - 1].end <= find.start
        if clear_before and (place == len(kept) or find.end <= kept[place].start):
            kept.insert(place, find)
    return tuple(kept)


def _finding(unit: TextUnit, find: Find) -> Finding:
    place = "\x1f".join(
        (unit.file, str(unit.row), unit.field, str(find.start), str(find.end), find.entity_type)
    )
    reserved = "/reserved" if find.certainty == "reserved" else ""
    return Finding(
        id=hashlib.sha256(place.encode()).hexdigest()[:16],
        file=unit.file,
        row=unit.row,
        field=unit.field,
        start=find.start,
        end=find.end,
        entity_type=find.entity_type,
        safe_harbor=weights()[find.entity_type].letter,
        severity=find.severity(unit.settings),
        score=find.score,
        recognizer=find.recognizer + reserved,
    )
