"""One file → its pieces, by format; its sha256 is of the very bytes that were read."""

from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import chain
from typing import BinaryIO

from clinft.stages.audit.reading import binary
from clinft.stages.audit.reading.dialect import DELIMITERS
from clinft.stages.audit.reading.document import LARGEST_DOCUMENT, document_pieces
from clinft.stages.audit.reading.lines import line_pieces
from clinft.stages.audit.reading.parquet import parquet_pieces
from clinft.stages.audit.reading.piece import Piece
from clinft.stages.audit.reading.raw import Hashed, blocks, whole
from clinft.stages.audit.reading.source import Source, unreadable
from clinft.stages.audit.reading.table import table_pieces


def pieces(source: Source, advance: Callable[[int], None], done: Callable[[str], None]) -> Iterator[Piece]:
    """Pieces in the order of the file. `done` gets the file's sha256 behind the last of them."""
    try:
        file = source.path.open("rb")
    except OSError as error:
        raise unreadable(source.name, error) from None
    with file:
        stream = Hashed(file, advance)
        if source.label:
            yield Piece("name", 1, source.label.encode(errors="replace"))
        yield from _content(source, file, stream)
        done(stream.finish())


def _content(source: Source, file: BinaryIO, stream: Hashed) -> Iterator[Piece]:
    match source.format:
        case "json":
            yield from document_pieces(whole(source, stream, LARGEST_DOCUMENT))
        case "parquet":
            yield from parquet_pieces(source.name, _seekable(source, file, stream), stream.file_bytes)
        case "csv" | "tsv" | "psv":
            yield from table_pieces(blocks(source, stream), DELIMITERS[source.format])
        case "jsonl":
            yield from line_pieces(blocks(source, stream), "json")
        case "lines":
            yield from line_pieces(blocks(source, stream), "line")
        case "unknown":
            yield from _unknown(source, stream)


def _seekable(source: Source, file: BinaryIO, stream: Hashed) -> BinaryIO:
    """Parquet begins to be read at its end, so all of the file is hashed before."""
    if source.compressed:
        return BytesIO(whole(source, stream, LARGEST_DOCUMENT))
    stream.finish()
    file.seek(0)
    return file


def _unknown(source: Source, stream: Hashed) -> Iterator[Piece]:
    found = blocks(source, stream)
    first = next(found, b"")
    if binary.kind_of(first) is None:
        yield from line_pieces(chain((first,), found), "line")
    else:
        yield Piece("binary", 1, first[: binary.HEAD_BYTES])
