"""Files with a row on every line: cut at line ends, however long a line is."""

import codecs
import re
from collections.abc import Generator, Iterator

from clinft.stages.audit.reading.arrays import header_of
from clinft.stages.audit.reading.piece import LONGEST_ROW, PIECE_BYTES, Form, Piece

# A label with nothing behind it: it says what the next line holds.
LABEL = re.compile(r"[ \t#*>|-]{0,10}(\w[\w '/().-]{0,58}):[ \t*]{0,5}\r?")
LONGEST_LABEL = 80
# What a find may need to see before its first and behind its last character.
MARGIN = 4096


def line_pieces(blocks: Iterator[bytes], form: Form) -> Iterator[Piece]:
    header: tuple[str, ...] = ()
    row, rest, before = 1, b"", ""
    for block in blocks:
        data = rest + block
        cut = data.rfind(b"\n") + 1
        rest = data[cut:]
        if cut:
            if form == "json" and row == 1:
                header = header_of(data[: data.index(b"\n")])
            yield Piece(form, row, data[:cut], before, header)
            row += data.count(b"\n")
            before = label_at_end(data[:cut])
        if len(rest) > LONGEST_ROW:
            rest = yield from parts_of_row(rest, blocks, row, unparsed=form == "json")
            row, before = row + 1, ""
    if rest:
        yield Piece(form, row, rest, before, header)


def label_at_end(rows: bytes) -> str:
    """The last line of whole rows, where it is a label of the next line; otherwise empty."""
    start = rows.rfind(b"\n", 0, len(rows) - 1) + 1
    last = rows[start : len(rows) - 1]
    return label_of(last.decode("utf-8", errors="replace")) if len(last) <= LONGEST_LABEL else ""


def label_of(line: str) -> str:
    """`Patient name:` → `patient name: `."""
    if not line.rstrip(" \t*\r").endswith(":") or len(line) > LONGEST_LABEL:
        return ""
    found = LABEL.fullmatch(line)
    return f"{found[1].strip().lower()}: " if found else ""


def parts_of_row(
    start: bytes, blocks: Iterator[bytes], row: int, unparsed: bool = False
) -> Generator[Piece, None, bytes]:
    """One row in parts of about PIECE_BYTES characters; returns what follows its end.

    Neighbouring parts share text, so that nothing is cut in two; see `Piece.zone`.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text, offset, zone_start = "", 0, 0
    for data, last in _until_line_end(start, blocks):
        text += decoder.decode(data, last is not None)
        while last is None and len(text) > PIECE_BYTES + 2 * MARGIN:
            part = text[: PIECE_BYTES + MARGIN]
            yield _part(row, part, offset, (zone_start, offset + PIECE_BYTES), unparsed)
            zone_start = offset + PIECE_BYTES
            text, offset = text[PIECE_BYTES - MARGIN :], zone_start - MARGIN
        if last is not None:
            yield _part(row, text.rstrip("\r"), offset, (zone_start, offset + len(text)), unparsed)
            return last
    raise AssertionError("a row always ends")


def _until_line_end(start: bytes, blocks: Iterator[bytes]) -> Iterator[tuple[bytes, bytes | None]]:
    """Bytes of the row; with the last of them what follows the line's end."""
    data: bytes | None = start
    while data is not None:
        cut = data.find(b"\n")
        if cut >= 0:
            yield data[:cut], data[cut + 1 :]
            return
        yield data, None
        data = next(blocks, None)
    yield b"", b""


def _part(row: int, text: str, offset: int, zone: tuple[int, int], unparsed: bool) -> Piece:
    return Piece("part", row, text.encode(), offset=offset, zone=zone, unparsed=unparsed and zone[0] == 0)
