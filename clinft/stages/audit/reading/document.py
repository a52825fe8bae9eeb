"""One JSON document: a list at its top gives a row per item, anything else is one row."""

import json
import re
from collections.abc import Iterator

from clinft.stages.audit.reading.lines import line_pieces
from clinft.stages.audit.reading.piece import PIECE_BYTES, Piece

LARGEST_DOCUMENT = 64 << 20
SPACE = re.compile(r"[ \t\r\n]*")
# Only between values: inside a JSON string a raw line end is an error, so none is lost.
LINE_ENDS = str.maketrans("\r\n", "  ")


def document_pieces(data: bytes) -> Iterator[Piece]:
    """Lines of text where the document is no JSON."""
    try:
        text = data.decode("utf-8")
        items = list(_items(text))
    except (ValueError, RecursionError):
        yield from line_pieces(iter((data,)), "line")
        return
    row, waiting, size = 1, [], 0
    for start, end in items:
        line = text[start:end].translate(LINE_ENDS).encode() + b"\n"
        waiting.append(line)
        size += len(line)
        if size >= PIECE_BYTES:
            yield Piece("json", row, b"".join(waiting))
            row, waiting, size = row + len(waiting), [], 0
    if waiting:
        yield Piece("json", row, b"".join(waiting))


def _items(text: str) -> Iterator[tuple[int, int]]:
    """Where each item begins and ends. Raises ValueError where the text is no JSON."""
    decoder = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
    place = _skip(text, 0)
    if text.startswith("[", place):
        place = _skip(text, place + 1)
        closed = text.startswith("]", place)
        while not closed:
            start, (_, end) = place, decoder.raw_decode(text, place)
            yield start, end
            place = _skip(text, end)
            closed = text.startswith("]", place)
            if not closed and not text.startswith(",", place):
                raise ValueError("two items without a comma")
            place = place if closed else _skip(text, place + 1)
        place += 1
    else:
        start, (_, place) = place, decoder.raw_decode(text, place)
        yield start, place
    if _skip(text, place) != len(text):
        raise ValueError("something follows the document")


def _skip(text: str, place: int) -> int:
    found = SPACE.match(text, place)
    return found.end() if found else place
