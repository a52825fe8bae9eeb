"""research.yml on the server: one job asks without a token, the next brings what fits, and the gate lets it in."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from clinft.artifacts.envelope import digest_content
from tests.conftest import REPOSITORY
from tests.e2e.permissions import permissions_check
from tests.e2e.repository import Event
from tests.fakes import specs
from tests.fakes.after_merge import AfterMerge, Job, Opened
from tests.fakes.github.bare import run_git
from tests.fakes.hospital import project, spec
from tests.fakes.literature import DOWN, OTHER, PLAIN, RETRACTED, LiteratureServer
from tests.fakes.research_sources import wire

FILES = ["projects/demo/research/brief.json", "projects/demo/research/brief.md"]
BRANCH = "refs/heads/clinft/research/demo"
Left = Callable[[Path], None]


@dataclass
class Research:
    """One workflow run after the other, as research.yml calls its verbs."""

    hospital: AfterMerge

    def asks(self, event: Event, name: str = "demo") -> Job:
        return self._job("research", event, ("research", "--named"), name, CLINFT_TOKEN="")

    def brings(self, event: Event, asked: Job, name: str = "demo") -> Job:
        results = str(asked.folder / "checks")
        return self._job("publish", event, ("research", "--named", "--publish"), name, CLINFT_RESULTS=results)

    def _job(self, job: str, event: Event, args: tuple[str, ...], name: str, **more: str) -> Job:
        return self.hospital.verb(job, event, 4713, 1, args=args, CLINFT_PROJECT=name, **more)

    @property
    def pulls(self) -> list[int]:
        return self.hospital.opened("clinft/research/")

    def tip(self) -> str | None:
        return self.hospital.server.repo.ref(BRANCH)


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[LiteratureServer]:
    with LiteratureServer(PLAIN, OTHER, RETRACTED) as running:
        wire(running, monkeypatch)
        yield running


def test_a_brief_comes_as_a_pull_request_that_needs_no_role(
    opened: Opened, services: LiteratureServer
) -> None:
    hospital = opened()
    research, server = Research(hospital), hospital.server
    hospital.lands(7, project(), "mila", "petra")
    before = len(server.log)
    event = hospital.dispatch_event({})
    asked = research.asks(event)
    assert (asked.exit_code, asked.outputs) == (0, {"researched": "true"}), asked.output
    brought = research.brings(event, asked)
    assert brought.exit_code == 0, brought.output
    calls = server.log[before:]
    permissions_check(calls, REPOSITORY / ".github/workflows/research.yml")
    assert {call.job for call in calls} == {"publish"}

    (number,) = research.pulls
    issue = server.issues[number]
    assert issue.title == "clinft: demo: brief of the literature"
    assert issue.body is not None
    assert "| Techniques |" in issue.body
    assert PLAIN.title not in issue.body
    head = server.head_sha(server.pulls[number])
    changed = run_git(hospital.server.bare, "diff", "--name-only", hospital.tip(), head).decode().split()
    assert changed == FILES
    payload = json.loads(hospital.file(BRANCH, FILES[0]))["payload"]
    assert payload["project"] == "demo"

    gated = hospital.gated(number)
    assert gated.exit_code == 0, gated.output
    report = json.loads((gated.folder / "checks" / "report.json").read_bytes())
    assert [reason for reason in report["reasons"] if reason["blocks"]] == []
    assert [(one["name"], one["what"]) for one in report["projects"]] == [("demo", "evidence")]

    again = research.brings(event, asked)
    assert f"pull request {number} has this brief already" in again.said
    assert (research.pulls, research.tip()) == ([number], head)
    hospital.merges(number)
    merged = research.brings(hospital.dispatch_event({}), asked)
    assert "main has this brief already" in merged.said
    started = hospital.pushed()
    assert (started.codes, started.ordered) == ({"start": 0}, [])


def _edit(folder: Path, seal: bool = True, **changes: Any) -> None:
    path = folder / "research.json"
    data = specs.merged(json.loads(path.read_bytes()), changes)
    if seal:
        data["digest"] = digest_content(data)
    path.write_text(json.dumps(data))


def unsealed(folder: Path) -> None:
    _edit(folder, seal=False, payload={"made_on": "2020-01-01"})


def of_another_project(folder: Path) -> None:
    _edit(folder, project="other")


def of_another_spec(folder: Path) -> None:
    _edit(folder, inputs={"spec": "0" * 64})


def of_another_stage(folder: Path) -> None:
    _edit(folder, stage="assess")


def with_other_markdown(folder: Path) -> None:
    _edit(folder, files={"research/brief.md": "0" * 64})


def with_more_files(folder: Path) -> None:
    _edit(folder, files={"../../.github/clinft.yml": "0" * 64})


def of_tomorrow(folder: Path) -> None:
    _edit(folder, payload={"made_on": "2999-01-01"})


def with_a_statement_on_nothing(folder: Path) -> None:
    statement = {
        "section": "techniques", "text": "x", "references": ["pmid:1"], "status": "verified", "why": None, "as_of": None,
    }  # fmt: skip
    _edit(folder, payload={"statements": [statement]})


def lost(folder: Path) -> None:
    (folder / "research.json").unlink()


def too_large(folder: Path) -> None:
    (folder / "research.json").write_text(" " * 10_000_001)


LEFT: dict[Left, tuple[int, str]] = {
    unsealed: (1, "digest does not belong"),
    with_a_statement_on_nothing: (1, "research.json"),
    of_another_project: (1, "is no brief of demo as it stands"),
    of_another_spec: (1, "is no brief of demo as it stands"),
    of_another_stage: (1, "is no brief of demo as it stands"),
    with_other_markdown: (1, "is no brief of demo as it stands"),
    with_more_files: (1, "is no brief of demo as it stands"),
    of_tomorrow: (1, "is no brief of demo as it stands"),
    lost: (3, "left no brief that could be brought"),
    too_large: (3, "left no brief that could be brought"),
}


def test_what_does_not_fit_the_protected_branch_is_not_brought(
    opened: Opened, services: LiteratureServer
) -> None:
    hospital = opened()
    research = Research(hospital)
    hospital.lands(7, project(), "mila", "petra")
    event = hospital.dispatch_event({})
    asked = research.asks(event)
    place = asked.folder / "checks/research.json"
    whole = place.read_bytes()
    for left, (code, says) in LEFT.items():
        place.write_bytes(whole)
        left(place.parent)
        refused = research.brings(event, asked)
        assert (refused.exit_code, says in refused.said) == (code, True), (left.__name__, refused.output)
    place.write_bytes(whole)
    elsewhere = research.brings(event, asked, "absent")
    assert (elsewhere.exit_code, "Name one of: demo" in elsewhere.said) == (2, True)
    hospital.branch("topic", {"projects/demo/project.yaml": spec(summary="another one")})
    proposed = research.brings(hospital.dispatch_event({}, branch="topic"), asked)
    assert (proposed.exit_code, "another branch than main" in proposed.said) == (1, True)
    assert (research.pulls, research.tip()) == ([], None)


def test_where_nobody_answers_the_job_fails_and_leaves_nothing(
    opened: Opened, services: LiteratureServer
) -> None:
    hospital = opened()
    research = Research(hospital)
    hospital.lands(7, project(), "mila", "petra")
    services.instead = {name: [DOWN] * 1000 for name in ("epmc", "eutils", "fr", "rxnav")}
    asked = research.asks(hospital.dispatch_event({}))
    assert (asked.exit_code, asked.outputs) == (3, {})
    assert not (asked.folder / "checks/research.json").exists()
