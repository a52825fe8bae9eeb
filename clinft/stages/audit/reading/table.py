"""A table as pieces: what stands above it, its header, its rows."""

import re
from collections.abc import Iterator
from itertools import chain

from clinft.stages.audit.reading.cells import cells_of, row_ends, rows_of
from clinft.stages.audit.reading.dialect import beginning, dialect_of, with_line_ends
from clinft.stages.audit.reading.lines import parts_of_row
from clinft.stages.audit.reading.piece import LONGEST_ROW, Piece

__all__ = ["cells_of", "row_ends", "rows_of", "table_pieces"]

BLANK = re.compile(rb"(?m)^\r*\n")


def table_pieces(blocks: Iterator[bytes], usual: str) -> Iterator[Piece]:
    """First the lines above the header, then the header. Blank rows do not count. `usual`: the delimiter
    of the file's format. A quote that nothing closes makes its line plain text.
    """
    head = beginning(blocks)
    delimiter, above, mac = dialect_of(head, usual)
    blocks = chain((head,), blocks)
    blocks = map(with_line_ends, blocks) if mac else blocks
    header: tuple[str, ...] | None = None
    row, rest, last = 1, b"", False
    while not last:
        block = next(blocks, b"")
        last = not block
        rest += block if not last or not rest or rest.endswith(b"\n") else b"\n"
        if above:
            yield Piece("line", row, rest[:above])
            row, rest, above = row + rest[:above].count(b"\n"), rest[above:], 0
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


def _whole_rows(data: bytes, delimiter: str) -> tuple[int, int]:
    if b'"' not in data:
        cut = data.rfind(b"\n") + 1
        return cut, data.count(b"\n") - len(BLANK.findall(data, 0, cut))
    place = rows = 0
    for end in row_ends(data, delimiter):
        rows += bool(data[place:end].strip(b"\r\n"))
        place = end
    return place, rows
