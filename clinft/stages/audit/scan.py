"""Texts in, findings out, as a stream: fold, analyse, map back, and settle overlaps."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from clinft.artifacts.data import Finding, Severity
from clinft.spec.folding import fold
from clinft.stages.audit.engine import analyze
from clinft.stages.audit.rule import Certainty
from clinft.stages.audit.severity import RANK, weights
from clinft.stages.audit.units import TextUnit

# A find that any other explanation of the same characters replaces.
UNEXPLAINED = ("UNEXPLAINED_NUMBER", "EMBEDDED_DATA")


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


# Notes come twice, as records and formatted, and keys, styles and system prompts in every row.
@lru_cache(maxsize=8192)
def finds_in(text: str, context: str) -> tuple[Find, ...]:
    """Finds in `text` when `context` stands before it, without overlaps, by start."""
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
            find.entity_type in UNEXPLAINED,
            RANK[find.severity(settings=False)],
            find.start - find.end,
            find.start,
            -find.score,
            find.recognizer,
        ),
    )
    kept: list[Find] = []
    for find in order:
        if all(find.end <= other.start or find.start >= other.end for other in kept):
            kept.append(find)
    return tuple(sorted(kept, key=lambda find: find.start))


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
