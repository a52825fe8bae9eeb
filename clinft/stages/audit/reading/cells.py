"""Rows and cells of a table (RFC 4180): cells may hold delimiters and line ends inside quotes.

Python's csv module is not used: it stops at long cells and at lone carriage returns.
"""

import re
from collections.abc import Iterator
from functools import cache

from clinft.stages.audit.reading.text import decoded


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
    text = decoded(row)[0].removesuffix("\n").removesuffix("\r")
    return [
        found["quoted"].replace('""', '"') + found["behind"]
        if found["quoted"] is not None
        else found["plain"]
        for found in _cell(delimiter).finditer(text)
    ]


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
