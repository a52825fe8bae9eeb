"""Whole rows of one file, about 1 MiB of them: what a worker gets to scan."""

from dataclasses import dataclass
from typing import Literal

PIECE_BYTES = 1 << 20
# A longer row is read as plain text, in parts, so that memory does not depend on it.
LONGEST_ROW = 16 << 20

# json: a JSON value a line. cells: rows of a table. line: text a line. part: some characters of one row
# that is too long. header: a table's first row. binary: no text; `data` is its beginning.
# name: the file's own name. metadata: what the file says of itself, as a JSON object.
Form = Literal["json", "cells", "line", "part", "header", "binary", "name", "metadata"]

# The forms whose rows `rows.rows` knows.
ROWS: tuple[Form, ...] = ("json", "cells", "line")


@dataclass(frozen=True)
class Piece:
    """`row`: number of the first row, from 1. `before`: the line before, where it is a label of the next.

    Of a `part`, `offset` is the place of its first character in the row, and only finds that begin
    from `zone[0]` on and before `zone[1]` are its own: the text around them is in other parts, too.
    `unparsed`: the row should have been more than text. `recoded`: the rows were Windows-1252.
    `header`: names of columns, of cells or of rows that are lists.
    """

    form: Form
    row: int
    data: bytes
    before: str = ""
    header: tuple[str, ...] = ()
    delimiter: str = ","
    offset: int = 0
    zone: tuple[int, int] = (0, 0)
    unparsed: bool = False
    recoded: bool = False
