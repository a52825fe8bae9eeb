"""The rows of a piece as text: JSON, or a plain line with the label that stands on the line before."""

from collections.abc import Iterator
from dataclasses import dataclass

from clinft.stages.audit.reading.arrays import under
from clinft.stages.audit.reading.as_json import json_object
from clinft.stages.audit.reading.cells import cells_of, rows_of
from clinft.stages.audit.reading.lines import label_of
from clinft.stages.audit.reading.piece import Piece
from clinft.stages.audit.reading.text import decoded


@dataclass(frozen=True)
class Row:
    """`recoded`: it was no UTF-8 and was read as Windows-1252."""

    number: int
    text: str
    before: str = ""
    recoded: bool = False


def rows(piece: Piece) -> Iterator[Row]:
    """Of a piece that is `json`, `cells` or `line`. Cells become a JSON object, with the header as keys."""
    if piece.form == "cells":
        for number, row in enumerate(rows_of(piece.data, piece.delimiter), start=piece.row):
            recoded = not row.isascii() and decoded(row)[1]
            yield Row(number, as_object(piece.header, cells_of(row, piece.delimiter)), "", recoded)
        return
    before = piece.before
    lines = piece.data.removesuffix(b"\n").split(b"\n")
    for number, line in enumerate(lines, start=piece.row):
        text, recoded = decoded(line)
        text = text.rstrip("\r")
        yield Row(
            number, under(piece.header, text) if piece.header else text, before, piece.recoded or recoded
        )
        before = label_of(text) if piece.form == "line" else ""


def as_object(header: tuple[str, ...], cells: list[str]) -> str:
    """A cell without a name is called by its place, as a key that may not be shown is."""
    more = range(len(header) + 1, len(cells) + 1)
    names = [*header[: len(cells)], *(f"#{place}" for place in more)]
    return json_object(names, cells)
