"""One JSON document: a list at its top gives a row per item, anything else is one row."""

from collections.abc import Iterator

from clinft.stages.audit.reading.arrays import header_of, items_of
from clinft.stages.audit.reading.lines import line_pieces
from clinft.stages.audit.reading.piece import PIECE_BYTES, Piece
from clinft.stages.audit.reading.text import decoded

LARGEST_DOCUMENT = 64 << 20
# Only between values: inside a JSON string a raw line end is an error, so none is lost.
LINE_ENDS = str.maketrans("\r\n", "  ")


def document_pieces(data: bytes) -> Iterator[Piece]:
    """Lines of text where the document is no JSON."""
    try:
        text, recoded = decoded(data)
        items = list(items_of(text))
    except (ValueError, RecursionError):
        yield from line_pieces(iter((data,)), "line")
        return
    row, waiting, size = 1, [], 0
    header = header_of(text[slice(*items[0])].encode(errors="replace")) if len(items) > 1 else ()
    for start, end in items:
        line = text[start:end].translate(LINE_ENDS).encode(errors="replace") + b"\n"
        waiting.append(line)
        size += len(line)
        if size >= PIECE_BYTES:
            yield Piece("json", row, b"".join(waiting), header=header, recoded=recoded)
            row, waiting, size = row + len(waiting), [], 0
    if waiting:
        yield Piece("json", row, b"".join(waiting), header=header, recoded=recoded)
