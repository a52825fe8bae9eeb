"""How a table is written, told by its beginning: its delimiter, its line ends, lines above its header."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from clinft.stages.audit.reading.cells import cells_of, row_ends
from clinft.stages.audit.views.columns import heads_of

HEAD_BYTES = 64 << 10
FEW_ROWS, MOST_TITLES = 50, 10
# Of a format, as a rule.
DELIMITERS = {"csv": ",", "tsv": "\t", "psv": "|"}
OTHERS = (",", "\t", ";", "|")
# Rows of as many cells as most have, so that it is a table.
MOST = 0.8
# Stands in no text: every row is one cell.
NO_DELIMITER = "\x1f"
LONGEST_NAME = 40


class Dialect(NamedTuple):
    """`titles`: bytes before the header. `mac`: rows end with a carriage return alone."""

    delimiter: str
    titles: int = 0
    mac: bool = False


class _Fit(NamedTuple):
    rows: int
    titles: int


def beginning(blocks: Iterator[bytes]) -> bytes:
    head = b""
    while len(head) < HEAD_BYTES and (block := next(blocks, b"")):
        head += block
    return head


def dialect_of(head: bytes, usual: str) -> Dialect:
    """`usual`: what the file's suffix says; another delimiter must fit more of the rows."""
    mac = b"\n" not in head and b"\r" in head.strip()
    text = with_line_ends(head) if mac else head
    if len(head) < HEAD_BYTES and not text.endswith(b"\n"):
        text += b"\n"
    best, fit = usual, _fit(text, usual)
    for other in OTHERS:
        found = _fit(text, other)
        if found.rows > max(fit.rows, 1) and not _splits_quotes(text, other):
            best, fit = other, found
    if not fit.rows and _is_cut_up(text, usual):
        best = NO_DELIMITER
    return Dialect(best, fit.titles, mac)


def with_line_ends(block: bytes) -> bytes:
    return block.replace(b"\r", b"\n")


def _fit(text: bytes, delimiter: str) -> _Fit:
    """How many rows have the width that most have, from the header on; none where it is no table."""
    rows = list(_rows(text, delimiter))
    widths = Counter(len(cells) for _, cells in rows if len(cells) > 1)
    if not widths:
        return _Fit(0, 0)
    width = max(widths, key=lambda width: (widths[width], width))
    # Spreadsheets fill up a title's row with empty cells.
    full = [
        index for index, (_, cells) in enumerate(rows) if len(cells) == width and sum(map(bool, cells)) > 1
    ]
    first = full[0] if full and full[0] <= MOST_TITLES and heads_of(rows[full[0]][1]) else 0
    of_table = [len(cells) == width for _, cells in rows[first:]]
    if not of_table[0] or sum(of_table) < MOST * len(of_table):
        return _Fit(0, 0)
    return _Fit(sum(of_table), rows[first][0] if first else 0)


def _splits_quotes(text: bytes, delimiter: str) -> bool:
    """A quote inside of a cell: it is another delimiter that stands beside the quotes."""
    return b'"' in text and any('"' in cell for _, cells in _rows(text, delimiter) for cell in cells)


def _is_cut_up(text: bytes, delimiter: str) -> bool:
    """Sentences whose commas part nothing: no quotes, no header of several short names, rows of any width."""
    if b'"' in text:
        return False
    rows = [cells for _, cells in _rows(text, delimiter)]
    several = any(len(cells) > 1 for cells in rows)
    return several and (len(rows[0]) == 1 or any(len(cell) > LONGEST_NAME for cell in rows[0]))


def _rows(text: bytes, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Where each of the first rows that are not blank begins, and its cells."""
    place = count = 0
    for end in row_ends(text, delimiter):
        start, place = place, end
        if text[start:end].strip(b"\r\n"):
            yield start, [cell.strip() for cell in cells_of(text[start:end], delimiter)]
            count += 1
            if count == FEW_ROWS:
                return
