"""A sink's memory as bytes: one JSON object of texts. And in a file, on a laptop without a remote."""

import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from clinft.errors import ServiceError, SpecError
from clinft.run_folder import write_atomically
from clinft.spec.base import Slug

VALUES = TypeAdapter(dict[str, str])
SLUG = TypeAdapter(Slug)
LARGEST_BYTES = 5_000_000


def encoded(values: Mapping[str, str]) -> bytes:
    return (json.dumps(dict(values), indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def decoded(data: bytes) -> dict[str, str] | None:
    """None for anything else than an object of texts."""
    try:
        return VALUES.validate_json(data, strict=True)
    except ValidationError:
        return None


def refuse_large(sink: str, data: bytes, most: int) -> None:
    if len(data) > most:
        raise ServiceError(
            f"What {sink} was sent is too much to be noted.",
            "Its notes have grown for years, or something else wrote to them.",
            "Give the sink another name in .github/clinft.yml: it then begins with empty notes.",
        )


class FileSinkMemory:
    """`folder`: on this machine only. Two processes here wait for each other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, sink: str) -> Mapping[str, str]:
        path = self._path(sink)
        if not path.exists():
            return {}
        values = decoded(path.read_bytes())
        if values is None:
            raise ServiceError(
                f"{path} does not hold what clinft notes about a sink.",
                "Something other than clinft wrote to it, or the disk is damaged.",
                "Delete it: tables and documents are found again, recent messages are sent once more.",
            )
        return values

    def remember(self, sink: str, additions: Mapping[str, str]) -> Mapping[str, str]:
        path = self._path(sink)
        with self._alone(path):
            merged = {**self.read(sink), **additions}
            data = encoded(merged)
            refuse_large(sink, data, LARGEST_BYTES)
            write_atomically(path, data)
        return merged

    def _path(self, sink: str) -> Path:
        try:
            return self._folder / f"{SLUG.validate_python(sink)}.json"
        except ValidationError:
            raise SpecError(
                "The memory of a sink was asked for, by something that is no sink's name.",
                "Names are lower-case letters, digits and hyphens.",
                "Name an entry of sinks in .github/clinft.yml.",
            ) from None

    @contextmanager
    def _alone(self, path: Path) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with path.with_suffix(".lock").open("w") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield
