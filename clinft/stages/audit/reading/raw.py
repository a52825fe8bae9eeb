"""The bytes of a file: hashed as they lie there, unpacked within bounds, a block at a time."""

import gzip
import hashlib
import os
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from clinft.errors import SpecError
from clinft.stages.audit.reading.piece import PIECE_BYTES
from clinft.stages.audit.reading.source import Source, unreadable

# Text packs to a tenth; deflate's limit is a thousandth. Below the floor even a thousandth harms nobody.
LARGEST_RATIO, RATIO_FLOOR = 200, 16 << 20
LARGEST_UNPACKED = 64 << 30
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Hashed:
    """A stream that hashes what is read of it; `advance` hears how many bytes that were."""

    def __init__(self, stream: BinaryIO, advance: Callable[[int], None]) -> None:
        self._stream, self._advance = stream, advance
        self._hash, self._sha256 = hashlib.sha256(), ""
        self.file_bytes = os.fstat(stream.fileno()).st_size

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._hash.update(data)
        self._advance(len(data))
        return data

    def finish(self) -> str:
        """The sha256 of the whole file: what nobody has read yet is read now, once."""
        while not self._sha256 and self.read(PIECE_BYTES):
            pass
        self._sha256 = self._hash.hexdigest()
        return self._sha256


def blocks(source: Source, stream: Hashed) -> Iterator[bytes]:
    """Blocks of PIECE_BYTES, unpacked, without a byte order mark. Raises SpecError for a gzip bomb."""
    found = _unpacked(source, stream) if source.compressed else _plain(source, stream)
    first = next(found, b"").removeprefix(BYTE_ORDER_MARK)
    if first:
        yield first
    yield from found


def whole(source: Source, stream: Hashed, largest: int) -> bytes:
    """All bytes at once, for formats that cannot be read piece by piece."""
    collected = bytearray()
    for block in blocks(source, stream):
        collected += block
        if len(collected) > largest:
            raise SpecError(
                f"{source.name} is larger than {largest >> 20} MiB, too large to read in one go.",
                "This format holds all records in one document.",
                "Write it as JSON Lines, one record a line: those are read piece by piece.",
            )
    return bytes(collected)


def _plain(source: Source, stream: Hashed) -> Iterator[bytes]:
    try:
        while block := stream.read(PIECE_BYTES):
            yield block
    except OSError as error:
        raise unreadable(source.name, error) from None


def _unpacked(source: Source, stream: Hashed) -> Iterator[bytes]:
    size = 0
    try:
        with gzip.GzipFile(fileobj=stream, mode="rb") as unpacked:  # type: ignore[call-overload]  # read() is all it calls
            while block := unpacked.read(PIECE_BYTES):
                size += len(block)
                _refuse_bomb(source, stream.file_bytes, size)
                yield block
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise SpecError(
            f"{source.name} cannot be unpacked to its end.",
            "The file was cut short or damaged, or it is no gzip file.",
            "Pack it again, or give the audit the file unpacked.",
        ) from None
    except OSError as error:
        raise unreadable(source.name, error) from None


def _refuse_bomb(source: Source, packed: int, unpacked: int) -> None:
    if unpacked > LARGEST_UNPACKED or (unpacked > RATIO_FLOOR and unpacked > LARGEST_RATIO * packed):
        raise SpecError(
            f"{source.name} unpacks to more than {LARGEST_RATIO} times its size, or to more than "
            f"{LARGEST_UNPACKED >> 30} GiB.",
            "Text packs to about a tenth, so this file was made to fill a disk or memory.",
            "Look at it with care; if it is meant so, give the audit the file unpacked.",
        )
