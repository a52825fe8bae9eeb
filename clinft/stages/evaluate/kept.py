"""Rows and answers as they come, on the disk chunk by chunk: a kill loses one chunk, and memory none of them.

One file for each system and way of reading, in a git-ignored folder, for it holds what the models wrote.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from clinft.artifacts.lines import Lines
from clinft.artifacts.results import ItemResult, SystemResult
from clinft.errors import DigestMismatch
from clinft.spec.base import Strict

# So many rows are held in memory while they are measured; more are read again from the disk.
IN_MEMORY = 5_000


class Answered(Strict):
    """`output`: what the model wrote, unless it was withheld. `severity`: of the audit's worst finding."""

    row: ItemResult
    output: str | None = None
    severity: str | None = None


class Kept:
    """The answers of one evaluation, below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, system: str, scoring: str) -> Path:
        return self.folder / f"{system}.{scoring}.jsonl"

    def finished(self, system: str, scoring: str) -> int:
        """How many answers lie there, in the order of the records. Cuts off half a line."""
        path = self.path(system, scoring)
        if not path.exists():
            return 0
        with path.open("r+b") as stream:
            whole, count = 0, 0
            for line in stream:
                if line.endswith(b"\n"):
                    whole, count = whole + len(line), count + 1
            stream.truncate(whole)
        return count

    def add(self, system: str, scoring: str, answered: Iterable[Answered]) -> None:
        """On the disk when it returns."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.path(system, scoring).open("ab") as stream:
            stream.write(b"".join(one.model_dump_json().encode() + b"\n" for one in answered))
            stream.flush()
            os.fsync(stream.fileno())

    def answers(self, system: str, scoring: str) -> Lines[Answered]:
        path = self.path(system, scoring)

        def read(line: bytes) -> Answered:
            try:
                return Answered.model_validate_json(line)
            except ValidationError:
                raise DigestMismatch(
                    f"{path} has a line that clinft did not write.",
                    "The file was changed by hand, or the disk is damaged.",
                    "Delete the file; what it held is asked again.",
                ) from None

        return Lines(path, read)

    def rows(self, system: str, scoring: str) -> Sequence[ItemResult]:
        found = self.answers(system, scoring)
        rows = Lines(self.path(system, scoring), lambda line: Answered.model_validate_json(line).row)
        return rows if len(found) > IN_MEMORY else [one.row for one in found]

    def items(self, systems: Iterable[SystemResult]) -> Iterator[ItemResult]:
        """Every row, in the order of the report."""
        for result in systems:
            for one in self.answers(result.system, result.scoring):
                yield one.row
