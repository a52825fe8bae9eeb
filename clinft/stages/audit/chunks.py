"""Files → numbered chunks, in one process; a chunk → what is found in it, in many."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from clinft.artifacts.audit import Finding
from clinft.stages.audit.engine import Engine
from clinft.stages.audit.naming import finds_in_name
from clinft.stages.audit.partial import DONOR_DIGITS, LONGEST_DONOR, Donor, Partial
from clinft.stages.audit.reading import binary
from clinft.stages.audit.reading.piece import Form, Piece
from clinft.stages.audit.reading.pieces import pieces
from clinft.stages.audit.reading.rows import Row, as_object, rows
from clinft.stages.audit.reading.source import PARTED, Source
from clinft.stages.audit.reading.table import cells_of
from clinft.stages.audit.row_scan import moved, scan_row
from clinft.stages.audit.scan import finding_of, place_id, scan_texts
from clinft.stages.audit.units import TextUnit, json_units

KEY = " (key)"
UNREAD = "reading/unread"


@dataclass(frozen=True)
class Chunk:
    number: int
    source: Source
    piece: Piece


def chunks(
    sources: Iterable[Source], digests: dict[str, str], advance: Callable[[int], None]
) -> Iterator[Chunk]:
    """All files in their order. `digests` gets a file's sha256 when its last chunk was taken."""
    number = 0
    for source in sources:

        def done(sha256: str, name: str = source.name) -> None:
            digests[name] = sha256

        for piece in pieces(source, advance, done):
            yield Chunk(number, source, piece)
            number += 1


def scan_chunk(engine: Engine, chunk: Chunk, keep: int) -> Partial:
    """`keep`: how many findings are listed; all are counted."""
    result = Partial(keep)
    match chunk.piece.form:
        case "part":
            _part(engine, chunk, result)
        case "header" | "name" | "metadata":
            for finding in _names(engine, chunk):
                result.found(finding)
        case "binary":
            result.found(_unread(engine, chunk, binary.kind_of(chunk.piece.data) or "EMBEDDED_DATA", "file"))
            if chunk.source.records:
                result.evidence.add(chunk.source.name, 1, None, chunk.piece.data.decode("latin-1"))
        case _:
            for row in rows(chunk.piece):
                _row(engine, chunk, row, result)
    return result


def units_of(engine: Engine, file: str, row: Row, form: Form, settings: bool = False) -> Iterator[TextUnit]:
    """The texts of one row. The names of a table's columns are no text of every row."""
    if form == "line":
        context = "" if settings else row.before
        yield TextUnit(file, row.number, "line", row.text, context, settings)
    else:
        for unit in json_units(file, row.number, row.text, _is_clean(engine)):
            if form != "cells" or not unit.field.endswith(KEY):
                yield unit


def _is_clean(engine: Engine) -> Callable[[str], bool]:
    return lambda key: not engine.finds(key, detect=False)


def _row(engine: Engine, chunk: Chunk, row: Row, result: Partial) -> None:
    source, form = chunk.source, chunk.piece.form
    units = list(units_of(engine, source.name, row, form, source.settings))
    result.rows += source.counted
    if row.recoded:
        result.recoded.add(source.name)
    # Joined values were counted one by one before.
    result.characters += sum(len(unit.text) for unit in units if not unit.segments)
    for finding in scan_row(engine, units):
        result.found(finding)
    if source.records:
        value = None if form == "line" else _mapping(row.text)
        result.evidence.add(source.name, row.number, value, row.text)
        raw = row.text.encode(errors="replace")
        if len(raw) <= LONGEST_DONOR:
            mark = hashlib.sha256(raw).hexdigest()[:DONOR_DIGITS]
            result.offer(Donor(mark, source.name, row.number))


def _mapping(text: str) -> Mapping[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _part(engine: Engine, chunk: Chunk, result: Partial) -> None:
    """Some characters of one row that is too long to be taken apart."""
    source, piece = chunk.source, chunk.piece
    text = piece.data.decode("utf-8")
    first, behind = piece.zone
    unit = TextUnit(source.name, piece.row, "line", text, settings=source.settings)
    result.rows += source.counted and first == 0
    result.characters += behind - first
    if piece.unparsed:
        result.found(_unread(engine, chunk, "EMBEDDED_DATA", "line"))
    for finding in scan_texts((unit,), engine):
        start, end = finding.start + piece.offset, finding.end + piece.offset
        if first <= start < behind:
            result.found(moved(finding, finding.field, start, end))
    if source.records:
        result.evidence.add(source.name, piece.row, None, text)


def _names(engine: Engine, chunk: Chunk) -> Iterator[Finding]:
    """The header of a table, or the name of a file: a date there is hardly a patient's."""
    source, piece = chunk.source, chunk.piece
    if piece.form == "header":
        header = tuple(cells_of(piece.data, piece.delimiter))
        row = as_object(header, [""] * len(header))
        units = json_units(source.name, piece.row, row, _is_clean(engine))
        yield from scan_texts((unit for unit in units if unit.field.endswith(KEY)), engine)
    elif piece.form == "metadata":
        text = piece.data.decode("utf-8").removesuffix("\n")
        for unit in json_units(source.name, piece.row, text, _is_clean(engine)):
            if not unit.segments:
                about = unit._replace(field=f"metadata.{unit.field}", settings=True)
                yield from scan_texts((about,), engine)
    else:
        yield from _file_names(engine, source.name, piece.data.decode("utf-8"))


def _file_names(engine: Engine, file: str, label: str) -> Iterator[Finding]:
    offset = 0
    for name in label.split(PARTED):
        for find, settings in finds_in_name(engine, name):
            finding = finding_of(TextUnit(file, 1, "file name", name, settings=settings), find)
            yield moved(finding, finding.field, find.start + offset, find.end + offset)
        offset += len(name) + len(PARTED)


def _unread(engine: Engine, chunk: Chunk, entity_type: str, field: str) -> Finding:
    """Something that no rule can read: it does not pass for empty."""
    weight = engine.weights[entity_type]
    place = (chunk.source.name, chunk.piece.row, field, 0, 0)
    return Finding(
        id=place_id(*place, entity_type, UNREAD),
        file=chunk.source.name,
        row=chunk.piece.row,
        field=field,
        start=0,
        end=0,
        entity_type=entity_type,
        safe_harbor=weight.letter,
        severity=weight.severity,
        score=1.0,
        recognizer=UNREAD,
    )
