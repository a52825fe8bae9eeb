"""Comma- and tab-separated tables (RFC 4180): cells may hold delimiters and line ends inside quotes.

Python's csv module is not used: it stops at long cells and at lone carriage returns.
"""

import re
from collections.abc import Iterator
from functools import cache

from clinft.stages.audit.reading.lines import parts_of_row
from clinft.stages.audit.reading.piece import LONGEST_ROW, Piece

BLANK = re.compile(rb"(?m)^\r*\n")


def table_pieces(blocks: Iterator[bytes], delimiter: str) -> Iterator[Piece]:
    """First the header. Blank rows do not count. A quote that nothing closes makes its line plain text."""
    header: tuple[str, ...] | None = None
    row, rest, last = 1, b"", False
    while not last:
        block = next(blocks, b"")
        last = not block
        rest += block if not last or not rest or rest.endswith(b"\n") else b"\n"
        if header is None and (first := next(row_ends(rest, delimiter), 0)):
            yield Piece("header", 1, rest[:first], delimiter=delimiter)
            header, rest = tuple(cells_of(rest[:first], delimiter)), rest[first:]
        while rest:
            cut, rows = _whole_rows(rest, delimiter)
            if cut:
                yield Piece("cells", row, rest[:cut], header=header or (), delimiter=delimiter)
            row, rest = row + rows, rest[cut:]
            if not rest or not (last or len(rest) > LONGEST_ROW):
                break
            rest = yield from parts_of_row(rest, blocks, row)
            row += 1


def row_ends(data: bytes, delimiter: str) -> Iterator[int]:
    """Where each whole row ends, behind its line end."""
    pattern, place = _row(delimiter), 0
    while found := pattern.match(data, place):
        place = found.end()
        yield place


def rows_of(data: bytes, delimiter: str) -> Iterator[bytes]:
    """The rows of a piece, without blank ones."""
    place = 0
    for end in row_ends(data, delimiter):
        row, place = data[place:end], end
        if row.strip(b"\r\n"):
            yield row


def cells_of(row: bytes, delimiter: str) -> list[str]:
    """The cells of one row. Text behind a closing quote belongs to the cell, as in Python's csv."""
    text = row.decode("utf-8", errors="replace").removesuffix("\n").removesuffix("\r")
    return [
        found["quoted"].replace('""', '"') + found["behind"]
        if found["quoted"] is not None
        else found["plain"]
        for found in _cell(delimiter).finditer(text)
    ]


def _whole_rows(data: bytes, delimiter: str) -> tuple[int, int]:
    if b'"' not in data:
        cut = data.rfind(b"\n") + 1
        return cut, data.count(b"\n") - len(BLANK.findall(data, 0, cut))
    place = rows = 0
    for end in row_ends(data, delimiter):
        rows += bool(data[place:end].strip(b"\r\n"))
        place = end
    return place, rows


# A lone carriage return is part of its cell; possessive repeats keep the time linear.
@cache
def _row(delimiter: str) -> re.Pattern[bytes]:
    mark = re.escape(delimiter).encode()
    cell = rb'(?:"(?:[^"]++|"")*+"[^%b\n]*+|(?!")[^%b\n]*+)' % (mark, mark)
    return re.compile(rb"%b(?:%b%b)*+\n" % (cell, mark, cell))


@cache
def _cell(delimiter: str) -> re.Pattern[str]:
    mark = re.escape(delimiter)
    return re.compile(
        rf'(?:^|(?<={mark}))(?:"(?P<quoted>(?:[^"]++|"")*+)"(?P<behind>[^{mark}]*+)|(?P<plain>(?!")[^{mark}]*+))'
    )
