"""The rows of a piece as text: JSON, or a plain line with the label that stands on the line before."""

from collections.abc import Iterator
from dataclasses import dataclass

from clinft.stages.audit.reading.as_json import json_object
from clinft.stages.audit.reading.lines import label_of
from clinft.stages.audit.reading.piece import Piece
from clinft.stages.audit.reading.table import cells_of, rows_of


@dataclass(frozen=True)
class Row:
    number: int
    text: str
    before: str = ""


def rows(piece: Piece) -> Iterator[Row]:
    """Of a piece that is `json`, `cells` or `line`. Cells become a JSON object, with the header as keys."""
    if piece.form == "cells":
        for number, row in enumerate(rows_of(piece.data, piece.delimiter), start=piece.row):
            yield Row(number, as_object(piece.header, cells_of(row, piece.delimiter)))
        return
    before = piece.before
    lines = piece.data.removesuffix(b"\n").split(b"\n")
    for number, line in enumerate(lines, start=piece.row):
        text = line.decode("utf-8", errors="replace").rstrip("\r")
        yield Row(number, text, before)
        before = label_of(text) if piece.form == "line" else ""


def as_object(header: tuple[str, ...], cells: list[str]) -> str:
    """A cell without a name is called by its place, as a key that may not be shown is."""
    more = range(len(header) + 1, len(cells) + 1)
    names = [*header[: len(cells)], *(f"#{place}" for place in more)]
    return json_object(names, cells)
