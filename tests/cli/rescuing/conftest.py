"""The old model's server, and what lies ready before a rescue."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clinft.pipeline import audit_summary
from clinft.stages.audit import file_audit
from tests.fakes import rescue as fake
from tests.fakes.frozen_tables import freeze
from tests.fakes.openai.server import OpenAIServer
from tests.fakes.rescue_case import Case


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running
    assert running.violations == []
    assert running.faults_to_come == []


@pytest.fixture
def case(server: OpenAIServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    freeze(monkeypatch)
    root = fake.repository(tmp_path / "repository", server.url)
    fake.prepare_here(monkeypatch, root, server)
    found = fake.records(120, 3)
    fake.serve(server, {one.text: one.target for one in found})
    training = fake.write_records(tmp_path / "train.jsonl", found[:80])
    return Case(server, root, training, fake.write_records(tmp_path / "test.jsonl", found[80:]), found[80:])


@pytest.fixture
def audit(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What was audited; it passes."""
    seen: list[Path] = []

    def passed(paths: list[Path], *_: object) -> fake.Audited:
        seen.extend(paths)
        return fake.pass_the_audit(paths)

    monkeypatch.setattr(file_audit, "audit_files", passed)
    monkeypatch.setattr(audit_summary, "of_files", fake.tell_of_the_audit)
    return seen
