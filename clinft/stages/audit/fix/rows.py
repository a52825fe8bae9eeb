"""The rows of a file as their bytes, whole and one by one."""

from collections.abc import Iterator
from typing import BinaryIO

from clinft.errors import SpecError
from clinft.stages.audit.reading.piece import LONGEST_ROW, PIECE_BYTES
from clinft.stages.audit.reading.table import row_ends


def lines(stream: BinaryIO, name: str) -> Iterator[bytes]:
    row = 0
    while line := stream.readline(LONGEST_ROW + 1):
        row += 1
        if len(line) > LONGEST_ROW:
            raise _too_long(name, row)
        yield line


def table_rows(stream: BinaryIO, name: str, delimiter: str) -> Iterator[tuple[bytes, bool]]:
    """Each row, and whether it is whole: a quote that nothing closes makes its line plain text."""
    rest, row, last = b"", 0, False
    while not last:
        block = stream.read(PIECE_BYTES)
        last = not block
        rest += block
        ends_open = last and rest != b"" and not rest.endswith(b"\n")
        while rest:
            place = 0
            for end in row_ends(rest + b"\n" if ends_open else rest, delimiter):
                yield rest[place:end], True
                place, row = end, row + 1
            rest = rest[place:]
            if not last:
                break
            if rest:
                cut = rest.find(b"\n") + 1 or len(rest)
                yield rest[:cut], False
                rest, row = rest[cut:], row + 1
        if len(rest) > LONGEST_ROW:
            raise _too_long(name, row + 1)


def without_end(row: bytes) -> tuple[bytes, bytes]:
    """A row and its line end."""
    text = row.removesuffix(b"\n").rstrip(b"\r")
    return text, row[len(text) :]


def _too_long(name: str, row: int) -> SpecError:
    return SpecError(
        f"{name}, row {row}: longer than {LONGEST_ROW >> 20} MiB, so no copy is written.",
        "A quote that nothing closes or a file without line ends makes one row of many.",
        "Correct the file, or take this row out of it by hand.",
    )
