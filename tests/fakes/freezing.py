"""A project whose texts a model writes, and models that write well, badly or with intent."""

import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner, Result

from clinft import wiring
from clinft.artifacts.data import Record
from clinft.artifacts.frozen_provenance import FrozenProvenance, load
from clinft.artifacts.jsonl import iter_models
from clinft.cli import freezing, show
from clinft.spec.data import SPLITS
from clinft.spec.load import load_project
from clinft.stages.audit import file_audit
from clinft.stages.prepare.written.source import streams_of
from tests.fakes.openai.server import OpenAIServer
from tests.fakes.specs import write_repository

MODEL = "gpt-4.1-mini-2025-04-14"
TODAY = datetime(2026, 12, 1, 9, tzinfo=UTC)
ASK = "createChatCompletion"
RECORDS = 40
Says = Callable[[list[dict[str, str]]], str]


def scribe(messages: list[dict[str, str]]) -> str:
    """Writes a note from what is listed, and from nothing else: the request must be enough for that."""
    told = messages[1]["content"]
    sections: dict[str, list[str]] = {}
    heading = ""
    for line in told.splitlines()[1:]:
        if line.startswith("- "):
            sections[heading].append(line[2:])
        elif line:
            heading = line
            sections[heading] = []
    said = []
    for fact in sections["FACTS"]:
        name, _, words = plain(fact).partition(": ")
        if name != "sex":
            said.append(f"{name.capitalize()}: {words}.")
    said += [f"No {plain(words)}." for words in sections.get("ABSENT", ())]
    said += [f"Considered and ruled out: {plain(words)}." for words in sections.get("RULED OUT", ())]
    for words in sections.get("FAMILY", ()):
        relative, _, name = plain(words).partition(": ")
        said.append(f"The {relative} had {name}.")
    return "\n".join(said)


def plain(line: str) -> str:
    """Without the other wordings, and with a thing's parts behind it."""
    return re.sub(r" \(or: [^)]*\)", "", line).replace(", in the same sentence: ", " ")


@dataclass
class Case:
    server: OpenAIServer
    project: Path

    @property
    def root(self) -> Path:
        return self.project.parents[1]

    @property
    def synthetic(self) -> Path:
        return self.project / "synthetic"

    def says(self, said: Says) -> None:
        self.server.answer = lambda _, messages: said(messages)

    def write(self, *more: str) -> Result:
        return freeze(self.project, "--endpoint", "openai", "--model", MODEL, *more)

    def bring(self, *files: Path, statement: Path | None = None, more: tuple[str, ...] = ()) -> Result:
        given = [part for path in files for part in ("--import", str(path))]
        return freeze(self.project, *given, *(("--statement", str(statement)) if statement else ()), *more)

    @property
    def asked(self) -> list[list[dict[str, str]]]:
        """The conversations that were answered, in order."""
        return [
            json.loads(request.data)["messages"]
            for request in self.server.asked(ASK)
            if request.status == 200
        ]

    def records(self) -> dict[str, list[Record]]:
        return {
            split: [
                one
                for path in sorted(self.synthetic.glob(f"{split}*.jsonl"))
                for one in iter_models(path, Record)
            ]
            for split in SPLITS
        }

    def generated(self) -> dict[str, dict[str, Record]]:
        """What the spec as it stands draws, by split and id."""
        streams = streams_of(load_project(self.project).spec)
        return {split: {one.id: one for one in rows} for split, rows in streams.items()}

    def provenance(self) -> FrozenProvenance:
        found = load(self.synthetic)
        assert found is not None
        return found

    def snapshot(self) -> dict[str, bytes]:
        """The files of synthetic/; none where there is no folder."""
        folder = self.synthetic
        return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}

    def freeze_spec(self) -> None:
        """As people are told to change project.yaml afterwards."""
        self.spec(origin="frozen", records=sum(map(len, self.records().values())))

    def spec(self, **data: Any) -> None:
        """Changes the section `data` of project.yaml."""
        path = self.project / "project.yaml"
        value = yaml.safe_load(path.read_text())
        value["data"] |= data
        path.write_text(yaml.safe_dump(value, sort_keys=False))


def project(root: Path, url: str, records: int = RECORDS, review_by: str = "2027-12-31") -> Path:
    facts = {"owner": "Privacy office", "review_by": review_by}
    policy = {
        "roles": {"ml": {"people": []}, "privacy": {"people": ["priv-officer"]}},
        "providers": {"openai": {"eligibility": facts}},
        "endpoints": {"openai": {"provider": "openai", "url": url, "eligibility": facts}},
    }
    return write_repository(root, policy, data={"records": records})


def freeze(*args: str | Path) -> Result:
    show.forget_surroundings()
    return CliRunner().invoke(app(), ["freeze", *map(str, args)])


def app() -> typer.Typer:
    made = typer.Typer()
    made.callback()(lambda: None)
    freezing.register(made)
    return made


def prepare_here(monkeypatch: pytest.MonkeyPatch, root: Path, server: OpenAIServer) -> None:
    monkeypatch.chdir(root)
    monkeypatch.setenv("CLINFT_KEYS", f"{server.base.removeprefix('http://')} {server.key}")
    monkeypatch.setattr(wiring.SystemClock, "now", lambda self: TODAY)
    # The scan is real; planting identifiers to measure it takes minutes and has tests of its own.
    monkeypatch.setattr(file_audit, "measured", lambda *_: ())


def main() -> None:
    """The same in a process of its own, to be killed: python -m tests.fakes.freezing ARGUMENTS."""
    setattr(file_audit, "measured", lambda *_: ())  # noqa: B010  # this process is a test's
    wiring.SystemClock.now = lambda self: TODAY  # type: ignore[method-assign]  # this process is a test's
    app()(["freeze", *sys.argv[1:]])


if __name__ == "__main__":
    main()
