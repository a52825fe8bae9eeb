"""A file as it goes over the wire: with a byte-order mark where the service wants one, hashed as it goes."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from clinft.adapters.training.openai_api.dialect import Dialect
from clinft.artifacts.canonical import digest_file
from clinft.errors import DigestMismatch, SpecError
from clinft.ports.training import TrainingRequest

Purpose = Literal["training", "validation"]
PURPOSES: tuple[Purpose, ...] = ("training", "validation")
NAMES: dict[Purpose, str] = {"training": "train", "validation": "validation"}
MOST_BYTES = 512_000_000  # "512 MB" of OpenAI and "< 512 MB" of Azure, read the strict way
CHUNK = 1 << 20


@dataclass(frozen=True)
class Sent:
    """`sha256` and `size_bytes` are of what is sent, `audited` of the file that was audited."""

    purpose: Purpose
    path: Path
    lead: bytes
    audited: str
    sha256: str
    size_bytes: int

    def name(self, run_id: str) -> str:
        return f"{prefix_of(run_id, self.purpose)}{self.sha256[:12]}.jsonl"

    def open(self) -> "Stream":
        return Stream(self.path, self.lead)


def prefix_of(run_id: str, purpose: Purpose) -> str:
    """What the names of a run's files begin with, and of no other run's: the purpose ends the run_id."""
    return f"clinft-{run_id}-{NAMES[purpose]}-"


def place_of(request: TrainingRequest, purpose: Purpose) -> tuple[Path, str]:
    """The file and the digest it was audited with."""
    if purpose == "training":
        return request.training_file, request.training_sha256
    return request.validation_file, request.validation_sha256


def to_send(request: TrainingRequest, purpose: Purpose, dialect: Dialect) -> Sent:
    """Refuses a file that is not the audited one, or that no service takes."""
    path, audited = place_of(request, purpose)
    check_size(path, dialect)
    if digest_file(path) != audited:
        raise DigestMismatch(
            f"{path.name} is not the file that was audited.",
            "It changed after the audit.",
            "Run `clinft audit` again; nothing was sent.",
        )
    return Sent(
        purpose,
        path,
        dialect.lead,
        audited,
        sent_digest(path, dialect),
        path.stat().st_size + len(dialect.lead),
    )


def sent_digest(path: Path, dialect: Dialect) -> str:
    if not dialect.lead:
        return digest_file(path)
    digest = hashlib.sha256(dialect.lead)
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def check_size(path: Path, dialect: Dialect) -> None:
    size = path.stat().st_size + len(dialect.lead)
    if size > MOST_BYTES:
        raise SpecError(
            f"{path.name} has {size:,} bytes, and the provider takes {MOST_BYTES:,} at most.",
            "Hosted fine-tuning is limited to 512 MB for each file.",
            "Train on fewer records, or with the provider peft.",
        )


class Stream(io.RawIOBase):
    """Reads `lead`, then the file. `sha256` is of what was read since the last rewind."""

    def __init__(self, path: Path, lead: bytes) -> None:
        self._file, self._lead = path.open("rb"), lead
        self._at, self._size = 0, path.stat().st_size + len(lead)
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = start + offset
        self._file.seek(max(self._at - len(self._lead), 0))
        if self._at == 0:
            self._digest = hashlib.sha256()
        return self._at

    def read(self, size: int = -1) -> bytes:
        left = self._size - self._at if size < 0 else size
        data = self._lead[self._at : self._at + left]
        data += self._file.read(left - len(data))
        self._at += len(data)
        self._digest.update(data)
        return data

    def close(self) -> None:
        self._file.close()
        super().close()
