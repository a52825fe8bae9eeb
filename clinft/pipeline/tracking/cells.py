"""From values to the text of a cell, and from rows to the bytes of a table and back."""

import csv
import io
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import TypeAlias

from clinft.stages.report.markdown import sanitise

Cell: TypeAlias = str | int | float | Decimal | bool | None
Row: TypeAlias = tuple[Cell, ...]
Texts: TypeAlias = tuple[str, ...]
# Columns and rows of one table.
Sheet: TypeAlias = tuple[Texts, tuple[Texts, ...]]
# A formula, to a spreadsheet: at the start of a cell, or after what another program takes for a separator.
# Source: OWASP, CSV Injection, with the full-width signs that some programs fold.
FORMULA = re.compile(r"(^|[;,|\t])(\s*)(?=[=+\-@＝＋－＠])")
# What people write is kept in the evidence; a table only needs so much of it. Cells of Sheets end at 50,000.
LONGEST = 1_000


def cell(value: Cell) -> str:
    """On one line, without hidden characters, and no formula wherever it is pasted."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int | float):
        return repr(value)
    text = sanitise(value)
    return FORMULA.sub(r"\1\2'", text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…")


def to_csv(table: Iterable[Iterable[str]]) -> bytes:
    """RFC 4180, but with line feeds, as git and people expect."""
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(table)
    return stream.getvalue().encode()


def from_csv(data: bytes) -> Sheet | None:
    """None for what is no table at all."""
    try:
        columns, *rows = csv.reader(io.StringIO(data.decode(), newline=""), strict=True)
    except (ValueError, csv.Error):
        return None
    return tuple(columns), tuple(map(tuple, rows))
