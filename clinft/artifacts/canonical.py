"""RFC 8785 canonical JSON and the digests over it."""

import hashlib
from pathlib import Path
from typing import Any

import rfc8785

CHUNK_BYTES = 1 << 20


def canonical_json(value: Any) -> bytes:
    """RFC 8785 bytes. Numbers must be JSON numbers: decimals travel as strings."""
    return rfc8785.dumps(value)


def digest_json(value: Any) -> str:
    return hashlib.sha256(canonical_json(value)).hexdigest()


def digest_bytes(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def digest_file(path: Path) -> str:
    sha = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            sha.update(chunk)
    return sha.hexdigest()
