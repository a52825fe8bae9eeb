"""Where evidence lies, how it is written so that a kill leaves nothing half-done, how it is read back."""

import glob
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from clinft.artifacts.envelope import SCHEMA_VERSION, Artifact, digest_content
from clinft.artifacts.replaced import replacing
from clinft.artifacts.results import RunRecord
from clinft.errors import DigestMismatch, SpecError
from clinft.spec.base import Strict

Payload = TypeVar("Payload", bound=Strict)
RECORD = "record.json"
# In a folder of scratch, locked while somebody works there.
HELD = ".held"


@dataclass(frozen=True)
class ProjectPaths:
    """The folders of one project. `work` holds stages' results until an attempt is taken."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def work(self) -> Path:
        return self.data / "work"

    @property
    def records(self) -> Path:
        return self.data / "records"

    @property
    def formatted(self) -> Path:
        return self.data / "formatted"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def lock(self) -> Path:
        return self.root / ".lock"

    def run(self, run_id: str) -> Path:
        return self.runs / run_id

    def resolve(self, name: str, run: Path | None) -> Path:
        """The file behind a name in `Artifact.files`."""
        if name.startswith("run/"):
            if run is None:
                raise ValueError(f"{name} belongs to a run")
            return run / name.removeprefix("run/")
        return self.root / name


def write_atomically(path: Path, data: bytes) -> None:
    """Whole or not at all, also under SIGKILL: temporary file, fsync, rename."""
    with replacing(path) as partial, partial.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def to_bytes(model: Strict) -> bytes:
    """The one way evidence is written, so that any changed byte can be told."""
    dumped = model.model_dump(mode="json")
    return (json.dumps(dumped, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def save(folder: Path, artifact: Artifact[Payload]) -> Path:
    path = folder / f"{artifact.stage}.json"
    write_atomically(path, to_bytes(artifact))
    return path


def load(folder: Path, stage: str, payload: type[Payload]) -> Artifact[Payload] | None:
    """None where the stage has not finished. Raises DigestMismatch for a file that was changed."""
    path = folder / f"{stage}.json"
    if not path.exists():
        return None
    return parse(path, payload)


def parse(path: Path, payload: type[Payload]) -> Artifact[Payload]:
    try:
        found = _parsed(path.read_bytes(), payload).model_copy(deep=True)
    except ValidationError as error:
        _refuse_newer(path, _json_object(path).get("schema_version"))
        raise _changed(path, error) from None
    _refuse_newer(path, found.schema_version)
    return found


# A verb reads one artifact up to a dozen times; most of that is its digest. Its bytes are compared instead.
# Each reader gets a copy: models are frozen, the dicts in them are not.
@lru_cache(maxsize=32)
def _parsed(raw: bytes, payload: type[Payload]) -> Artifact[Payload]:
    return Artifact[payload].model_validate_json(raw)  # type: ignore[valid-type]  # chosen at run time


def _refuse_newer(path: Path, version: object) -> None:
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise SpecError(
            f"{path}: schema_version is newer than this clinft reads.",
            "The file was written by a later version.",
            "Update clinft, or run the stage again.",
        )


def read_digest(path: Path) -> str:
    """The digest of an artifact whose payload type does not matter here."""
    data = _json_object(path)
    digest = str(data.get("digest"))
    try:
        is_its_own = digest_content(data) == digest
    except (ValueError, RecursionError):  # too deep, or numbers that clinft never writes
        is_its_own = False
    if not is_its_own:
        raise DigestMismatch(
            f"{path}: its digest does not belong to its content.",
            "The file was changed after clinft wrote it.",
            "Restore it from git, or delete it and run the stage again.",
        )
    return digest


def save_record(folder: Path, record: RunRecord) -> None:
    write_atomically(folder / RECORD, to_bytes(record))


def load_record(folder: Path) -> RunRecord | None:
    path = folder / RECORD
    if not path.exists():
        return None
    try:
        return RunRecord.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise _changed(path, error) from None


def _json_object(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise DigestMismatch(
            f"{path}: not a JSON object.",
            "The file was changed or cut short after clinft wrote it.",
            "Restore it from git, or delete it and run the stage again.",
        )
    return data


def _changed(path: Path, error: ValidationError) -> DigestMismatch:
    first = error.errors(include_input=False, include_context=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "the whole file"
    kind = "its digest does not belong to its content" if "digest" in first["msg"] else first["type"]
    return DigestMismatch(
        f"{path}: {kind} (at {place}).",
        "The file was changed after clinft wrote it.",
        "Restore it from git, or delete it and run the stage again.",
    )


@contextmanager
def scratch(parent: Path, prefix: str) -> Iterator[Path]:
    """A folder of this call's own, which goes with it. Those that killed calls left go before.

    Whoever works in one holds a lock in it, which the kernel drops with the process. The number of a process
    would say nothing: other containers, and machines, may share `parent`.
    """
    _sweep(parent, prefix)
    folder = Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=parent))
    try:
        with (folder / f"{HELD}.new").open("wb") as mark:
            # Where there are no locks nobody sweeps. Named only now: it is never seen without its lock.
            with suppress(ImportError, OSError):
                import fcntl

                fcntl.flock(mark, fcntl.LOCK_EX)
                Path(mark.name).rename(folder / HELD)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(parent: Path, prefix: str) -> None:
    for left in parent.glob(f"{glob.escape(prefix)}*"):
        with suppress(ImportError, OSError):  # somebody works in it, or it is none of ours
            import fcntl

            with os.fdopen(os.open(left / HELD, os.O_RDWR | os.O_NOFOLLOW), "rb") as mark:
                fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
