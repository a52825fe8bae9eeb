"""What surrounds a round: two jobs at once, a pull request's messages, the tracking issue, the comment's list."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from clinft.adapters.git_sinks import GitSinkMemory
from clinft.cli import sinks as verb
from clinft.errors import SpecError
from clinft.pipeline.github.created import SINKS
from clinft.pipeline.github.on_main import OnMain
from clinft.pipeline.sinks import on_github
from clinft.pipeline.sinks.due import Wanted
from clinft.pipeline.sinks.noted import ReadOnce
from clinft.pipeline.sinks.round import ORDER, send_all
from clinft.pipeline.sinks.sending import Desk, Reported, waiting
from clinft.ports.history import Entry
from clinft.ports.sinks import Link
from clinft.spec.policy import Policy
from clinft.spec.sinks import KEYS
from clinft.stages.handling.egress import SINK_RECEIVES
from clinft.stages.report.deliveries import deliveries
from tests.fakes import specs
from tests.fakes.github.bare import BareRepository, run_git
from tests.fakes.sinks import DictMemory, FakeSink, Sinks, down
from tests.pipeline.sinks.conftest import NOW, Hospital, sinks_of
from tests.pipeline.sinks.test_before_merge import HEAD, RUN, checked


def test_two_jobs_at_once_deliver_each_parcel_and_lose_no_note(hospital: Hospital, tmp_path: Path) -> None:
    hospital.write()
    remote = BareRepository(tmp_path / "remote.git")
    memories = []
    for number in range(2):
        folder = tmp_path / f"clone-{number}"
        run_git(tmp_path, "init", "--quiet", str(folder))
        environment = {"PATH": os.environ["PATH"], "HOME": os.devnull}
        memories.append(GitSinkMemory(folder, environment, str(remote.path), None, lambda seconds: None))

    def job(memory: GitSinkMemory) -> list[Reported]:
        desk = Desk(ReadOnce(memory), hospital.sinks, NOW)
        return list(send_all(hospital.seen(), desk, Wanted(), ("slack",)))

    with ThreadPoolExecutor(2) as pool:
        told = [each for one in pool.map(job, memories) for each in one]
    assert {one.state for one in told} == {"sent"}
    assert len(hospital.sinks["channel"].there) == 6
    notes = memories[0].read("channel")
    assert sum(key.startswith("sent:") for key in notes) == 6
    assert waiting(notes) == {}
    assert job(memories[1]) == []


class Checking:
    """A workflow run of the checks has ended, and this job follows it."""

    def __init__(self, **policy: Any) -> None:
        given = {"sinks": sinks_of(), **policy}
        stub: Any = checked().main
        stub.policy = Policy.model_validate(specs.merged(specs.POLICY, given), strict=False)
        event = {"workflow_run": {"id": RUN, "head_sha": HEAD}}
        stub.actions = SimpleNamespace(
            default_branch="main", event_name="workflow_run", event=event, remote="https://github.com/hosp/m"
        )
        self.main = cast(OnMain, stub)
        self.sinks, self.memory = Sinks(), DictMemory()

    def told(self) -> list[Reported]:
        return list(verb._before_merge(self.main, Desk(self.memory, self.sinks, NOW)))


def test_before_a_merge_only_whom_the_policy_agreed_to_hears() -> None:
    assert Checking().told() == []
    job = Checking(consents={"before_merge": ["channel"]})
    assert [(one.sink, one.state) for one in job.told()] == [("channel", "sent")] * 3
    assert set(job.sinks.by_name) == {"channel"}
    assert job.told() == []


def test_a_report_that_does_not_count_is_one_line() -> None:
    job = Checking(consents={"before_merge": ["channel"]})
    job.main.history.fetch = lambda revision: None  # type: ignore[method-assign]
    (line,) = job.told()
    assert line.state == "left"
    assert "workflows are not those of the protected branch" in line.what
    assert job.sinks.by_name == {}


def test_a_bug_before_a_merge_is_one_line_that_quotes_nothing() -> None:
    job = Checking(consents={"before_merge": ["channel"]})

    def broken(revision: str) -> str:
        raise RuntimeError("Oduya")

    job.main.history.fetch = broken  # type: ignore[method-assign,assignment]
    (line,) = job.told()
    assert (line.state, line.what) == ("failed", "a bug in clinft or a client (RuntimeError).")
    assert job.sinks.by_name == {}


def test_a_failure_before_a_merge_ends_well() -> None:
    job = Checking(consents={"before_merge": ["channel"]})
    job.sinks.by_name["channel"] = FakeSink(job.main.policy.sinks["channel"], fails=down())
    assert {one.state for one in job.told()} == {"failed"}


class Issue:
    def __init__(self) -> None:
        self.notes: dict[str, str] = {}

    def issue(self, project: str, title: str, body: str, labels: tuple[str, ...]) -> int:
        return 3

    def note(self, issue: int, key: str, body: str) -> None:
        self.notes.setdefault(key, body)


def test_the_tracking_issue_links_documents_once_for_each_set(hospital: Hospital) -> None:
    hospital.write()
    issue = Issue()
    stub: Any = SimpleNamespace(
        policy=hospital.seen().policy,
        publisher=issue,
        actions=SimpleNamespace(remote="https://github.com/hosp/m", default_branch="main"),
    )
    (project,) = hospital.seen().projects
    links = (Link("Model card", "https://docs.google.com/document/d/1/edit"),)
    for told in ((), links, links):
        on_github.tell_issue(stub, project, told)
    (body,) = issue.notes.values()
    assert "- [Model card](https://docs.google.com/document/d/1/edit)" in body
    on_github.tell_issue(stub, project, (*links, Link("Data dictionary", "https://docs.google.com/d/2")))
    assert len(issue.notes) == 2


def test_every_kind_is_sent_listed_before_a_merge_and_in_the_ledger() -> None:
    assert set(ORDER) == set(SINKS) == set(SINK_RECEIVES) == set(KEYS)


@pytest.mark.parametrize("rows", [[], [("team", "x | y <b>", "sent"), ("docs", "broken", "failed")]])
def test_failures_stand_first_in_the_summary_and_are_escaped(rows: list[tuple[str, str, str]]) -> None:
    page = deliveries(rows)
    if not rows:
        assert "Nothing was due" in page
        return
    assert "[!WARNING]\n> Not sent: 1 of" in page
    assert page.index("broken") < page.index("team")
    assert "x &#124; y &lt;b&gt;" in page


def test_data_that_cannot_be_made_again_are_tried_once_for_each_state_of_the_plan(hospital: Hospital) -> None:
    hospital.write()
    (project,) = hospital.seen().projects
    opened: list[Path] = []
    tips = {"files": "1"}

    def open_project(folder: Path) -> Any:
        opened.append(folder)
        raise SpecError("It cannot be opened.", "", "")

    entries = SimpleNamespace(entries=lambda tip, *places: [Entry("project.yaml", "100644", tips["files"])])
    stub: Any = SimpleNamespace(open_project=open_project, history=entries, tip="1" * 40)
    memory = DictMemory()
    for expected in ("It cannot be opened", "cannot be made here", "cannot be made here"):
        with pytest.raises(SpecError, match=expected):
            list(on_github.PreparedHere(stub, memory, hospital.root / "scratch")(project, "smith"))
    assert len(opened) == 1
    tips["files"] = "2"
    with pytest.raises(SpecError, match="It cannot be opened"):
        list(on_github.PreparedHere(stub, memory, hospital.root / "scratch")(project, "smith"))
