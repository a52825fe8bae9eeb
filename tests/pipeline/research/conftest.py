"""A project, the keyless services on this machine, and a clock that a test moves."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from clinft import run_folder, wiring
from clinft.artifacts.research import ResearchBrief
from tests.fakes.cli import clinft
from tests.fakes.literature import DOWN, NOTICE, OTHER, PLAIN, RETRACTED, Answer, LiteratureServer, Paper
from tests.fakes.research_sources import wire
from tests.fakes.specs import write_repository

ACI = Paper(
    "Aci-bench: a Novel Ambient Clinical Intelligence Dataset for Benchmarking Automatic Visit Note Generation",
    "40000010",
    "10.1038/s41597-023-02487-3",
    topic=False,
)
HOSTILE = Paper(
    "@octocat <script>x</script> **bold** | \u202eevil \x1b[31m #1 http://evil.example", "40000012"
)
SERVICES = ("epmc", "eutils", "fr", "rxnav")
DAY = datetime(2026, 11, 26, 12, tzinfo=UTC)


class Clock:
    time = DAY

    def now(self) -> datetime:
        return Clock.time


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LiteratureServer]:
    with LiteratureServer(PLAIN, OTHER, RETRACTED, NOTICE, ACI, HOSTILE) as running:
        wire(running, monkeypatch)
        monkeypatch.setattr(wiring, "SystemClock", Clock)
        monkeypatch.setattr(Clock, "time", DAY)
        yield running


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = write_repository(tmp_path)
    monkeypatch.chdir(tmp_path)
    return made


def research(*args: str) -> Any:
    return clinft("research", "projects/demo", *args)


def written(project: Path) -> dict[str, bytes]:
    folder = project / "research"
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def payload(project: Path) -> ResearchBrief:
    return run_folder.parse(project / "research" / "brief.json", ResearchBrief).payload


def fail(server: LiteratureServer, *services: str, answer: Answer = DOWN) -> None:
    server.instead = {service: [answer] * 1000 for service in services}


@pytest.fixture
def opened(project: Path) -> Callable[[], Any]:
    from clinft.cli import show
    from clinft.cli.opening import open_context

    return lambda: open_context(Path("projects/demo"), False, show.Screen(json=False))
