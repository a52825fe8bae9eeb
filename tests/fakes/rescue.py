"""A repository, a chat file and an old model at the OpenAI of the tests, as a rescue finds them."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner, Result

from clinft import wiring
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.data import Record
from clinft.cli import rescuing, show
from clinft.pipeline import audit_summary
from clinft.spec.data import DataSpec
from clinft.stages.audit import file_audit
from clinft.stages.prepare.generate import generate
from tests.fakes.openai.server import OpenAIServer
from tests.fakes.openai.state import Model
from tests.fakes.specs import LABELS, POLICY

BASE = "gpt-4.1-mini-2025-04-14"
OLD = f"ft:{BASE}:hospital:notes:AbCd1234"
SYSTEM = "Name the chapter of the main diagnosis: circulatory, respiratory, digestive or mental.\nOne word."
TODAY = datetime(2026, 12, 1, 9, tzinfo=UTC)
ASK = "createChatCompletion"


def records(count: int, seed: int) -> list[Record]:
    """Invented notes, the same for the same seed; one for each text."""
    spec = DataSpec(source="synthetic", records=count, seed=seed)
    made = generate(spec, LABELS, "general-medicine")
    by_text = {one.text: one for split in made.values() for one in split}
    return [*by_text.values()]


def line(text: str, label: str, system: str = SYSTEM, **more: Any) -> dict[str, Any]:
    turns = (("system", system), ("user", text), ("assistant", label))
    return {"messages": [{"role": role, "content": content} for role, content in turns], **more}


def write(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def write_records(path: Path, found: Sequence[Record]) -> Path:
    return write(path, [line(one.text, one.target) for one in found])


def policy(url: str, review_by: str = "2027-12-31") -> dict[str, Any]:
    facts = {"owner": "Privacy office", "review_by": review_by}
    return {
        **POLICY,
        "roles": {"ml": {"people": []}, "privacy": {"people": ["priv-officer"]}},
        "providers": {**POLICY["providers"], "openai": {"eligibility": facts}},
        "endpoints": {"openai": {"provider": "openai", "url": url, "eligibility": facts}},
    }


def repository(root: Path, url: str, **more: Any) -> Path:
    (root / ".github").mkdir(parents=True, exist_ok=True)
    (root / ".github" / "clinft.yml").write_text(yaml.safe_dump({**policy(url), **more}))
    (root / "projects").mkdir(exist_ok=True)
    return root


def serve(server: OpenAIServer, right: dict[str, str], wrong_every: int = 10) -> None:
    """The old model: right but for every tenth text; it answers a little more than the bare label."""
    server.models[OLD] = Model(OLD, (), "2027-01-14", "hospital")
    order = {text: number for number, text in enumerate(sorted(right))}

    def answer(model: str, messages: list[dict[str, Any]]) -> str:
        text = messages[-1]["content"]
        label = right[text]
        if order[text] % wrong_every == 0:
            label = LABELS[(LABELS.index(label) + 1) % len(LABELS)]
        return f"{label.capitalize()}."

    server.answer = answer


def questions(server: OpenAIServer) -> list[str]:
    """The texts that were answered, in order."""
    return [
        json.loads(request.data)["messages"][-1]["content"]
        for request in server.asked(ASK)
        if request.status == 200
    ]


def sign(project: Path) -> None:
    """The statements of two people about every file that the rescue brought."""
    rows = [
        {
            "file_sha256": digest_file(path),
            "how_made": "Written by the generator of the tests; no patient's record was read.",
            "author": "ml-lead",
            "reviewer": "priv-officer",
            "date": "2026-12-01",
        }
        for path in sorted((project / "synthetic").glob("*.jsonl"))
    ]
    (project / "synthetic" / "statements.yaml").write_text(yaml.safe_dump({"statements": rows}))


def train_with_the_fake_provider(project: Path) -> None:
    path = project / "project.yaml"
    text = path.read_text().replace("provider: peft", "provider: fake")
    path.write_text(text.replace("base_model: builtin:smollm2-135m", "base_model: builtin:fake"))


def app() -> typer.Typer:
    made = typer.Typer()
    made.callback()(lambda: None)
    rescuing.register(made)
    return made


def rescue(*args: str | Path) -> Result:
    show.forget_surroundings()
    return CliRunner().invoke(app(), ["rescue", *map(str, args)])


def prepare_here(monkeypatch: pytest.MonkeyPatch, root: Path, server: OpenAIServer) -> None:
    """In this process: the folder, the key, and a day on which the old model still answers."""
    monkeypatch.chdir(root)
    monkeypatch.setenv("CLINFT_KEYS", f"{server.base.removeprefix('http://')} {server.key}")
    monkeypatch.setattr(wiring.SystemClock, "now", lambda self: TODAY)


@dataclass
class Audited:
    verdict: str
    files: dict[str, str]


def pass_the_audit(paths: Sequence[Path], *_: object) -> Audited:
    """In place of the audit, which takes seconds and has tests of its own: all is well."""
    return Audited("PASS", {path.name: digest_file(path) for path in paths})


def tell_of_the_audit(report: Audited) -> str:
    return f"The audit said {report.verdict}."


def main() -> None:
    """The same in a process of its own, to be killed: python -m tests.fakes.rescue ARGUMENTS."""
    file_audit.audit_files = pass_the_audit  # type: ignore[assignment]  # this process is a test's
    audit_summary.of_files = tell_of_the_audit  # type: ignore[assignment]  # this process is a test's
    wiring.SystemClock.now = lambda self: TODAY  # type: ignore[method-assign]  # this process is a test's
    app()(["rescue", *sys.argv[1:]])


if __name__ == "__main__":
    main()
