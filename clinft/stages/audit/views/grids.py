"""Tables as JSON: a list of rows, or `columns` and `data`; each row as `Mrn: 1234567` behind its heads."""

from collections.abc import Iterator, Sequence

from clinft.stages.audit.views.columns import heads_of
from clinft.stages.audit.views.siblings import Joined, Segment

HEADS = frozenset(("columns", "header", "headers", "fields", "column_names", "columnNames"))
ROWS = frozenset(("data", "rows", "values", "records", "cells"))


def of_members(members: Sequence[tuple[str, object]], field: str) -> Iterator[Joined]:
    """`columns` beside `data`, as pandas writes them."""
    columns = next((value for key, value in members if key in HEADS and isinstance(value, list)), None)
    rows = next(((key, value) for key, value in members if key in ROWS and isinstance(value, list)), None)
    if columns and rows:
        yield from of_table(columns, f"{field}.{rows[0]}" if field else rows[0], rows[1])


def of_rows(field: str, rows: Sequence[object]) -> Iterator[Joined]:
    """Rows under the first of them."""
    if len(rows) > 1 and isinstance(rows[0], list):
        yield from of_table(rows[0], field, rows[1:], first=1)


def of_table(
    columns: Sequence[object], field: str, rows: Sequence[object], first: int = 0
) -> Iterator[Joined]:
    """`first`: the index of the first of `rows` below `field`."""
    if not all(isinstance(column, str) for column in columns):
        return
    heads = heads_of([str(column) for column in columns])
    if not any(heads):
        return
    for number, row in enumerate(rows, start=first):
        if isinstance(row, list) and len(row) == len(heads):
            joined = _row(heads, f"{field}[{number}]", row)
            if joined.segments:
                yield joined


def _row(heads: Sequence[str], field: str, row: Sequence[object]) -> Joined:
    text, segments = "", []
    for index, (head, cell) in enumerate(zip(heads, row, strict=True)):
        if head and isinstance(cell, str) and cell:
            text += f"{head.capitalize()}: "
            segments.append(Segment(f"{field}[{index}]", len(text), len(text) + len(cell)))
            text += f"{cell}\n"
    return Joined(text, "", tuple(segments))
