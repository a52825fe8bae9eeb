"""Apache Parquet: each row as one JSON object, so that it is scanned like a line of JSON Lines."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from clinft.errors import MissingExtra, SpecError
from clinft.stages.audit.reading.as_json import json_object
from clinft.stages.audit.reading.piece import PIECE_BYTES, Piece
from clinft.stages.audit.reading.raw import LARGEST_RATIO, LARGEST_UNPACKED, RATIO_FLOOR

if TYPE_CHECKING:
    from pyarrow import Array, RecordBatch, Schema

ROWS_AT_ONCE = 512
# The columns once more, as base64.
SCHEMA = b"ARROW:schema"


def parquet_pieces(name: str, stream: BinaryIO, packed: int) -> Iterator[Piece]:
    """`packed`: bytes of the file, against which unpacking is bounded."""
    try:
        import pyarrow
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise MissingExtra("parquet", f"Reading {name}") from None
    try:
        with ParquetFile(stream, pre_buffer=False) as file:
            _refuse_bomb(
                name,
                packed,
                sum(file.metadata.row_group(group).total_byte_size for group in range(file.num_row_groups)),
            )
            if about := _about(file.schema_arrow):
                yield Piece("metadata", 1, about)
            batches = file.iter_batches(batch_size=ROWS_AT_ONCE, use_threads=False)
            yield from _pieces(name, batches, packed)
    except (pyarrow.ArrowException, ValueError, TypeError, OverflowError, OSError):
        # Its words may quote data.
        raise SpecError(
            f"{name} cannot be read as Parquet.",
            "It is cut short, damaged, of another format, or holds nested values that Python cannot hold.",
            "Write it again, or give the audit the same rows as JSON Lines.",
        ) from None


def _pieces(name: str, batches: "Iterator[RecordBatch]", packed: int) -> Iterator[Piece]:
    row, waiting, size, unpacked = 1, [], 0, 0
    for batch in batches:
        for line in _lines(batch):
            waiting.append(line)
            size += len(line)
            if size >= PIECE_BYTES:
                unpacked += size
                _refuse_bomb(name, packed, unpacked)
                yield Piece("json", row, b"".join(waiting))
                row, waiting, size = row + len(waiting), [], 0
    if waiting:
        yield Piece("json", row, b"".join(waiting))


def _lines(batch: "RecordBatch") -> Iterator[bytes]:
    names = [str(name) for name in batch.schema.names]
    # Not the batch's own `to_pylist`: its dicts would drop the first of two columns with one name.
    for values in zip(*map(_values, batch.columns), strict=True):
        yield f"{json_object(names, values)}\n".encode(errors="replace")


def _values(column: "Array") -> list[Any]:
    """Of nanoseconds and far days Python knows none: those as text, or as the number that is kept."""
    import pyarrow

    try:
        # Where pandas is installed its types stand in for them, and what is below a microsecond is lost.
        if getattr(column.type, "unit", None) == "ns":
            raise ValueError("nanoseconds")
        values: list[Any] = column.to_pylist()
        return values
    except (ValueError, OverflowError):
        try:
            return _in_range(column.cast(pyarrow.string()).to_pylist())
        except (ValueError, OverflowError, pyarrow.ArrowException):
            width = pyarrow.int32() if column.type.bit_width == 32 else pyarrow.int64()
            numbers: list[Any] = column.view(width).to_pylist()
            return numbers


def _in_range(texts: list[str | None]) -> list[str | None]:
    if any(text and text.startswith("<value out of range") for text in texts):
        raise ValueError("a value that is no day")
    return texts


def _about(schema: "Schema") -> bytes:
    """What the file says of itself and of its columns."""
    found = [schema.metadata or {}, *(field.metadata or {} for field in schema)]
    pairs = [
        (name.decode(errors="replace"), value.decode(errors="replace"))
        for about in found
        for name, value in about.items()
        if name != SCHEMA and not name.startswith(b"PARQUET:")
    ]
    return json_object(*zip(*pairs, strict=True)).encode(errors="replace") + b"\n" if pairs else b""


def _refuse_bomb(name: str, packed: int, unpacked: int) -> None:
    if unpacked > LARGEST_UNPACKED or (unpacked > RATIO_FLOOR and unpacked > LARGEST_RATIO * packed):
        raise SpecError(
            f"{name} unpacks to more than {LARGEST_RATIO} times its size.",
            "Few real tables do, so this file was made to fill a disk or memory.",
            "Look at it with care; if it is meant so, give the audit its rows as JSON Lines.",
        )
