"""Rows of each format, before and after: JSON Lines, tables, lines of text."""

from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from clinft.stages.audit.chunks import units_of
from clinft.stages.audit.fix.json_row import JsonRow
from clinft.stages.audit.fix.placeholders import Placeholders
from clinft.stages.audit.fix.rounds import Cleaner, Reading
from clinft.stages.audit.fix.rows import lines, table_rows, without_end
from clinft.stages.audit.reading.lines import label_of
from clinft.stages.audit.reading.rows import Row, as_object
from clinft.stages.audit.reading.table import cells_of
from clinft.stages.audit.units import TextUnit

# A row before and after, with its line end.
Fixed = Iterator[tuple[bytes, bytes]]
# A name in units that nobody sees.
FILE = "copy"


def fixed_rows(stream: BinaryIO, name: str, cleaner: Cleaner) -> Fixed:
    """JSON Lines. A row that is no JSON is a line of text."""
    for raw in lines(stream, name):
        row, end = without_end(raw)
        text = _decoded(row)
        yield raw, _written(raw, end, text, _json(text, cleaner))


def fixed_lines(stream: BinaryIO, name: str, cleaner: Cleaner) -> Fixed:
    """A text file is one record: who is named in it twice gets one placeholder.

    It is read twice, for a surname may stand above the full name.
    """
    placeholders, start = Placeholders(), stream.tell()
    for _ in _lines(stream, name, Cleaner(cleaner.engine, cleaner.everything), placeholders):
        pass
    stream.seek(start)
    yield from _lines(stream, name, cleaner, placeholders)


def _lines(stream: BinaryIO, name: str, cleaner: Cleaner, placeholders: Placeholders) -> Fixed:
    before = ""
    for raw in lines(stream, name):
        row, end = without_end(raw)
        text = _decoded(row)
        fixed = _line(text, cleaner, placeholders, before)
        yield raw, _written(raw, end, text, fixed)
        # As in the copy, where the next audit will read it.
        before = label_of(fixed)


def fixed_table(delimiter: str) -> Callable[[BinaryIO, str, Cleaner], Fixed]:
    def fixed(stream: BinaryIO, name: str, cleaner: Cleaner) -> Fixed:
        header: list[str] | None = None
        for raw, whole in table_rows(stream, name, delimiter):
            row, end = without_end(raw)
            if not whole:
                text = _decoded(row)
                header = header or []
                yield raw, _written(raw, end, text, _line(text, cleaner, Placeholders()))
            else:
                cells = cells_of(row, delimiter)
                new = _header(cells, cleaner) if header is None else _cells(header, cells, cleaner)
                header = new if header is None else header
                yield raw, raw if new == cells else _joined(new, delimiter).encode() + end

    return fixed


def _decoded(row: bytes) -> str:
    return row.decode("utf-8", errors="replace")


def _written(raw: bytes, end: bytes, text: str, fixed: str) -> bytes:
    return raw if fixed == text else fixed.encode() + end


def _json(line: str, cleaner: Cleaner) -> str:
    try:
        row = JsonRow(line, cleaner.is_clean)
    except (ValueError, RecursionError):
        return _line(line, cleaner, Placeholders())

    def read(texts: list[str]) -> Reading:
        changed = row.with_texts(texts)
        now = row if changed == line else JsonRow(changed, cleaner.is_clean)
        units = units_of(cleaner.engine, FILE, Row(1, now.line), "json")
        return Reading([leaf.field for leaf in now.leaves], units)

    return row.with_texts(cleaner.clean([leaf.text for leaf in row.leaves], read, Placeholders()))


def _line(line: str, cleaner: Cleaner, placeholders: Placeholders, before: str = "") -> str:
    def read(texts: list[str]) -> Reading:
        return Reading(("line",), units_of(cleaner.engine, FILE, Row(1, texts[0], before), "line"))

    return cleaner.clean([line], read, placeholders)[0]


def _header(names: list[str], cleaner: Cleaner) -> list[str]:
    def read(texts: list[str]) -> Reading:
        fields = [f"#{position}" for position in range(1, len(texts) + 1)]
        return Reading(fields, [TextUnit(FILE, 1, *unit) for unit in zip(fields, texts, strict=True)])

    return cleaner.clean(names, read, Placeholders())


def _cells(header: Sequence[str], cells: list[str], cleaner: Cleaner) -> list[str]:
    def read(texts: list[str]) -> Reading:
        row = JsonRow(as_object(tuple(header), texts), cleaner.is_clean)
        units = units_of(cleaner.engine, FILE, Row(1, row.line), "cells")
        # Every other leaf is a column's name.
        return Reading([leaf.field for leaf in row.leaves][1::2], units)

    return cleaner.clean(cells, read, Placeholders())


def _joined(cells: Sequence[str], delimiter: str) -> str:
    special = {delimiter, '"', "\n", "\r"}
    return delimiter.join(
        '"' + cell.replace('"', '""') + '"' if special & set(cell) else cell for cell in cells
    )
