"""Chunks by their place: a worker on another machine reads the bytes itself and compares their digest."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from clinft.errors import DigestMismatch, ServiceError
from clinft.stages.audit.chunks import Chunk
from clinft.stages.audit.reading.piece import ROWS
from clinft.stages.audit.reading.raw import BYTE_ORDER_MARK
from clinft.stages.audit.reading.source import Source

SHARED = "The machines of --engine ray read the files themselves, each under the path that it has here."


@dataclass(frozen=True)
class Placed:
    """`chunk` without its bytes: they are `length` of `path`, from `start` on.

    It holds no row. Names of a table's columns go with it.
    """

    chunk: Chunk
    path: Path
    start: int
    length: int
    sha256: str

    def fetched(self) -> Chunk:
        """With its bytes. ServiceError where there are none, DigestMismatch where they are others."""
        name = self.chunk.source.name
        try:
            with self.path.open("rb") as file:
                file.seek(self.start)
                data = file.read(self.length)
        except OSError:
            raise ServiceError(
                f"A worker cannot read {name}.",
                SHARED,
                "Put it on a file system that all of them share, e.g. NFS; or share the work by --shard.",
            ) from None
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise DigestMismatch(
                f"What a worker reads as {name} is not what is audited.",
                f"Something wrote to it meanwhile, or another file lies there. {SHARED}",
                "Let nothing write to it and put it on a shared file system; then audit it again.",
            )
        return replace(self.chunk, piece=replace(self.chunk.piece, data=data))


class Places:
    """Finds the bytes of chunks in their files, as they come: in the order of a file."""

    def __init__(self) -> None:
        self._source: Source | None = None
        self._file: BinaryIO | None = None
        self._position = 0

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def of(self, chunk: Chunk) -> Placed | None:
        """None where the chunk is not what lies in the file: it was unpacked, parsed or put together.

        None also for one that begins below a label, which is text of a row.
        """
        source, piece = chunk.source, chunk.piece
        if source is not self._source:
            self._open(source)
        if self._file is None or piece.form not in (*ROWS, "header"):
            return None
        start = self._position
        if not self._is_next(piece.data):
            # From here on nobody knows where the file is read.
            self.close()
            return None
        self._position = start + len(piece.data)
        if piece.form == "header" or piece.before:
            return None
        bare = replace(chunk, piece=replace(piece, data=b""))
        sha256 = hashlib.sha256(piece.data).hexdigest()
        return Placed(bare, source.path.absolute(), start, len(piece.data), sha256)

    def _open(self, source: Source) -> None:
        self.close()
        self._source, self._position = source, 0
        if not source.compressed:
            self._file = source.path.open("rb")
            if self._is_next(BYTE_ORDER_MARK):
                self._position = len(BYTE_ORDER_MARK)

    def _is_next(self, data: bytes) -> bool:
        assert self._file is not None
        self._file.seek(self._position)
        return self._file.read(len(data)) == data


@contextmanager
def places() -> Iterator[Places]:
    found = Places()
    try:
        yield found
    finally:
        found.close()
