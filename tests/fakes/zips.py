"""Zip files written field by field, so that they can say what no library would write."""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

STORED, DEFLATED = 0, 8
REGULAR = 0o100644 << 16


@dataclass(frozen=True)
class Entry:
    """`raw`: the compressed bytes; None: made from `data`. `at`: another entry's number, whose place it claims."""

    name: bytes
    data: bytes = b"x"
    method: int = STORED
    flags: int = 0
    attributes: int = REGULAR
    raw: bytes | None = None
    size: int | None = None
    local_name: bytes | None = None
    at: int | None = None

    @property
    def content(self) -> bytes:
        if self.raw is not None:
            return self.raw
        return deflated(self.data) if self.method == DEFLATED else self.data


def deflated(data: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeeze.compress(data) + squeeze.flush()


def zeros(megabytes: int) -> bytes:
    """The deflate stream of that many million zeros, without making them."""
    squeeze = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    one = squeeze.compress(bytes(1_000_000)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    return one * megabytes + squeeze.flush()


def zipped(entries: Iterable[Entry]) -> bytes:
    """PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16."""
    listed = list(entries)
    body, places = b"", []
    for entry in listed:
        places.append(len(body) if entry.at is None else places[entry.at])
        if entry.at is None:
            name = entry.local_name or entry.name
            body += struct.pack("<4s5H3L2H", b"PK\x03\x04", *_common(entry), len(name), 0)
            body += name + entry.content
    directory = b"".join(
        struct.pack("<4sH5H3L5H2L", b"PK\x01\x02", 0x0314, *_common(entry), len(entry.name), 0, 0, 0, 0,
                    entry.attributes, place) + entry.name
        for entry, place in zip(listed, places, strict=True)
    )  # fmt: skip
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, len(listed), len(listed), len(directory), len(body), 0)
    return body + directory + end


def _common(entry: Entry) -> tuple[int, ...]:
    size = len(entry.data) if entry.size is None else entry.size
    return 20, entry.flags, entry.method, 0, 0x21, zlib.crc32(entry.data), len(entry.content), size
