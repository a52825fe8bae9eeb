"""Texts in, findings out, as a stream."""

import hashlib
from collections.abc import Iterable, Iterator

from clinft.artifacts.audit import Finding
from clinft.stages.audit.detector.detector import POSSIBLE
from clinft.stages.audit.engine import Engine, default
from clinft.stages.audit.finds import Find
from clinft.stages.audit.units import TextUnit

__all__ = [
    "Find",
    "finding_of",
    "finds_in",
    "is_clean",
    "is_clean_key",
    "is_presentable",
    "place_id",
    "scan_texts",
]


def scan_texts(texts: Iterable[TextUnit], engine: Engine | None = None) -> Iterator[Finding]:
    """Findings in the order of the texts; within one text by start, without overlaps."""
    engine = engine or default()
    for unit in texts:
        for find in engine.finds(unit.text, unit.context, detect=not unit.segments):
            # Of a spec or a name, only what is certain: neither is a note.
            if not unit.settings or find.entity_type not in POSSIBLE:
                yield finding_of(unit, find)


def is_clean(text: str) -> bool:
    """Nothing is found in the text, not even as possible: it may appear in a report."""
    return not finds_in(text, "")


def is_presentable(text: str) -> bool:
    """Nothing is found that is more than possible: a spec's words may be quoted to its reviewers."""
    return all(find.entity_type in POSSIBLE for find in finds_in(text, ""))


def is_clean_key(name: str) -> bool:
    """No rule finds anything in the name of a key: it may appear in a report."""
    return not default().finds(name, detect=False)


def finds_in(text: str, context: str) -> tuple[Find, ...]:
    """What clinft's rules and detector find in `text` behind `context`, by start, without overlaps."""
    return default().finds(text, context)


def finding_of(unit: TextUnit, find: Find) -> Finding:
    recognizer = f"{find.recognizer}/reserved" if find.certainty == "reserved" else find.recognizer
    return Finding(
        id=place_id(unit.file, unit.row, unit.field, find.start, find.end, find.entity_type, recognizer),
        file=unit.file,
        row=unit.row,
        field=unit.field,
        start=find.start,
        end=find.end,
        entity_type=find.entity_type,
        safe_harbor=find.weight.letter,
        severity=find.severity(unit.settings),
        score=find.score,
        recognizer=recognizer,
    )


def place_id(*place: str | int) -> str:
    """File, row, field, start, end, entity type, recogniser → the id by which a waiver names a finding."""
    return hashlib.sha256("\x1f".join(map(str, place)).encode(errors="surrogatepass")).hexdigest()[:16]
