"""A project with generated records, and the server whose model writes them anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import freezing as fake
from tests.fakes.freezing_files import jsonl, rows, statement
from tests.fakes.frozen_tables import freeze
from tests.fakes.openai.server import OpenAIServer


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running
    assert running.violations == []
    assert running.faults_to_come == []


@pytest.fixture
def case(server: OpenAIServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> fake.Case:
    freeze(monkeypatch)
    project = fake.project(tmp_path / "repository", server.url)
    fake.prepare_here(monkeypatch, project.parents[1], server)
    made = fake.Case(server, project)
    made.says(fake.scribe)
    return made


@pytest.fixture
def brought(tmp_path: Path) -> Path:
    return jsonl(tmp_path / "brought.jsonl", rows())


@pytest.fixture
def signed(brought: Path, tmp_path: Path) -> Path:
    return statement(tmp_path / "word.yaml", brought)
