"""A file of one JSON object a line that only grows, each line on the disk before the next thing happens."""

import os
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from pydantic import ValidationError

from clinft.errors import DigestMismatch
from clinft.spec.base import Strict

Entry = TypeVar("Entry", bound=Strict)


class LineJournal(Generic[Entry]):
    """`lost`: what happens to people who delete a damaged line. Threads may call `add`."""

    def __init__(self, path: Path, kind: type[Entry], lost: str) -> None:
        self.path = path
        self._kind, self._lost = kind, lost
        self._lock = Lock()

    def read(self) -> list[Entry]:
        """What a kill left of a half line is no entry; a whole line that is none is an error."""
        if not self.path.exists():
            return []
        data = self.path.read_bytes()
        lines = data[: data.rfind(b"\n") + 1].splitlines()
        return [self._entry(number, line) for number, line in enumerate(lines, start=1)]

    def add(self, entry: Entry) -> None:
        """On the disk when it returns, so that a kill a moment later loses nothing."""
        line = entry.model_dump_json().encode() + b"\n"
        with self._lock:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Appending, so that whoever else writes to the file loses no line.
            with self.path.open("a+b") as stream:
                if self._ends_in_half_a_line(stream.seek(0, os.SEEK_END)):
                    stream.truncate(self.path.read_bytes().rfind(b"\n") + 1)
                stream.write(line)
                stream.flush()
                os.fsync(stream.fileno())

    def _ends_in_half_a_line(self, size: int) -> bool:
        if size == 0:
            return False
        with self.path.open("rb") as stream:
            stream.seek(size - 1)
            return stream.read(1) != b"\n"

    def _entry(self, number: int, line: bytes) -> Entry:
        try:
            return self._kind.model_validate_json(line)
        except ValidationError:
            raise DigestMismatch(
                f"{self.path}, line {number}: no {self._kind.__name__.lower()} as clinft writes it.",
                "The file was changed by hand, or the disk is damaged.",
                f"Restore it; or delete that line, and {self._lost}.",
            ) from None
