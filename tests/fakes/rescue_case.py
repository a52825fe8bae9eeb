"""One rescue of the tests: where its files lie, what was asked, what a commit would hold."""

from dataclasses import dataclass
from pathlib import Path

from typer.testing import Result

from clinft.artifacts.data import Record
from tests.fakes import rescue as fake
from tests.fakes.openai.server import OpenAIServer

FILES = {
    "project.yaml",
    "prompt/prompt.md",
    *(f"synthetic/{split}.jsonl" for split in ("train", "validation", "dev", "test")),
    "baseline/evaluate.json",
    "baseline/items.jsonl",
}


@dataclass
class Case:
    server: OpenAIServer
    root: Path
    training: Path
    test: Path
    held_out: list[Record]

    @property
    def project(self) -> Path:
        return self.root / "projects" / "notes"

    def arguments(self, *more: str | Path, test: bool = True) -> list[str | Path]:
        given = [fake.OLD, "--training", self.training, "--project", "notes", *more]
        return [*given, "--test", self.test] if test else given

    def rescue(self, *more: str | Path, test: bool = True) -> Result:
        return fake.rescue(*self.arguments(*more, test=test))

    @property
    def asked(self) -> list[str]:
        return fake.questions(self.server)

    def written(self) -> set[str]:
        """What a commit would hold."""
        found = (path.relative_to(self.project) for path in self.project.rglob("*") if path.is_file())
        return {one.as_posix() for one in found if one.parts[0] not in ("data", ".lock")}
