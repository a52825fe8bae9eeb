"""Apache Parquet: each row as one JSON object, so that it is scanned like a line of JSON Lines."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from clinft.errors import MissingExtra, SpecError
from clinft.stages.audit.reading.as_json import json_object
from clinft.stages.audit.reading.piece import PIECE_BYTES, Piece
from clinft.stages.audit.reading.raw import LARGEST_RATIO, LARGEST_UNPACKED, RATIO_FLOOR

if TYPE_CHECKING:
    from pyarrow import RecordBatch

ROWS_AT_ONCE = 512


def parquet_pieces(name: str, stream: BinaryIO, packed: int) -> Iterator[Piece]:
    """`packed`: bytes of the file, against which unpacking is bounded."""
    try:
        import pyarrow
        from pyarrow.parquet import ParquetFile
    except ImportError:
        missing = MissingExtra("parquet", f"Reading {name}")
        missing.next_step = "Run: pip install 'clinft[parquet]'"
        raise missing from None
    try:
        with ParquetFile(stream, pre_buffer=False) as file:
            _refuse_bomb(
                name,
                packed,
                sum(file.metadata.row_group(group).total_byte_size for group in range(file.num_row_groups)),
            )
            batches = file.iter_batches(batch_size=ROWS_AT_ONCE, use_threads=False)
            yield from _pieces(name, batches, packed)
    except (pyarrow.ArrowException, ValueError, TypeError, OSError):
        # Its words may quote data.
        raise SpecError(
            f"{name} cannot be read as Parquet.",
            "The file was cut short or damaged, or it is of another format.",
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
    for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
        yield f"{json_object(names, values)}\n".encode(errors="replace")


def _refuse_bomb(name: str, packed: int, unpacked: int) -> None:
    if unpacked > LARGEST_UNPACKED or (unpacked > RATIO_FLOOR and unpacked > LARGEST_RATIO * packed):
        raise SpecError(
            f"{name} unpacks to more than {LARGEST_RATIO} times its size.",
            "Few real tables do, so this file was made to fill a disk or memory.",
            "Look at it with care; if it is meant so, give the audit its rows as JSON Lines.",
        )
