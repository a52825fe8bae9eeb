"""What nobody foresaw, in one project or place, stops no other; the job ends well, and its words quote nothing."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml

from clinft.errors import ServiceError
from clinft.pipeline import tracking
from clinft.pipeline.github.on_main import OnMain
from clinft.pipeline.sinks import on_github, sending
from clinft.pipeline.sinks.due import Wanted
from clinft.pipeline.sinks.noted import ReadOnce
from clinft.pipeline.sinks.parcels import Due
from clinft.pipeline.sinks.round import send_all
from clinft.pipeline.sinks.sending import Desk, Reported, advice
from clinft.ports.sinks import Milestone, Parcel, Receipt, Rows
from tests.fakes.committed_runs import commit_run
from tests.fakes.sinks import DictMemory, FakeSink, down
from tests.pipeline.sinks.conftest import AT, NOW, Hospital
from tests.pipeline.sinks.test_jobs import Issue

SECRET = "Oduya"  # stands for text of a record


def with_zeta(hospital: Hospital, *notify: str) -> Hospital:
    """A second project, the last by name, with its own run."""
    demo = hospital.write(notify=notify)
    zeta = shutil.copytree(demo, demo.with_name("zeta"), ignore=shutil.ignore_patterns("runs", "*_*.md"))
    written = yaml.safe_load((zeta / "project.yaml").read_text())
    (zeta / "project.yaml").write_text(yaml.safe_dump({**written, "name": "zeta"}))
    commit_run(hospital.root / "projects", "zeta/cccccccccccc-a1", AT)
    return hospital


def breaking(function: Callable[..., Any], project: str) -> Callable[..., Any]:
    def broken(*given: Any, **more: Any) -> Any:
        if project in repr((given, more)):
            raise IndexError(SECRET)
        return function(*given, **more)

    return broken


class Breaking(FakeSink):
    """A client that stumbles over one project."""

    def send(self, parcel: Parcel, memory: Mapping[str, str]) -> Receipt:
        if getattr(parcel, "project", None) == "demo":
            raise KeyError(SECRET)
        return super().send(parcel, memory)


def projects_of(sink: FakeSink) -> set[str]:
    return {one.project for one in sink.sent if isinstance(one, Milestone)}


def test_a_client_that_stumbles_over_one_project_is_asked_about_the_next(hospital: Hospital) -> None:
    with_zeta(hospital, "channel")
    channel = hospital.sinks.by_name["channel"] = Breaking(hospital.seen().policy.sinks["channel"])
    told = hospital.round()
    assert projects_of(channel) == {"zeta"}
    failed = [one.what for one in told if one.state == "failed"]
    assert len(failed) == sending.MOST_FAILURES + 1
    assert "(KeyError)" in failed[0]
    assert failed[-1] == "the rest of demo waits: a bug was met too often."
    assert SECRET not in str(told)


def test_a_parcel_that_cannot_be_compared_keeps_no_other_from_going(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_zeta(hospital, "channel")
    monkeypatch.setattr(sending, "digest_of", breaking(sending.digest_of, "'demo'"))
    told = hospital.round()
    assert projects_of(hospital.sinks["channel"]) == {"zeta"}
    assert SECRET not in str(told)


def test_rows_of_one_project_that_cannot_be_made_keep_no_other_s_back(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_zeta(hospital, "sheet")

    def broken(projects: Path) -> dict[str, tracking.Sheet]:
        if (projects / "demo").exists():
            raise IndexError(SECRET)
        return real(projects)

    real = tracking.tables
    monkeypatch.setattr(tracking, "tables", broken)
    told = hospital.round()
    rows = [one for one in hospital.sinks["sheet"].sent if isinstance(one, Rows)]
    assert {row[one.columns.index("project")] for one in rows for row in one.rows} == {"zeta"}
    assert [one.state for one in told if one.what.startswith("demo: ")] == ["left"]
    assert SECRET not in str(told)


def test_rows_of_all_projects_are_those_of_the_tables(hospital: Hospital) -> None:
    with_zeta(hospital, "sheet")
    hospital.round()
    sent = {one.table: one for one in hospital.sinks["sheet"].sent if isinstance(one, Rows)}
    for table, (columns, rows) in tracking.tables(hospital.root / "projects").items():
        assert sent[table].columns == (*columns, "links")
        assert [row[:-1] for row in sent[table].rows] == list(rows)


@pytest.mark.parametrize("broken", ["opening", "reading"])
def test_a_sink_that_cannot_be_opened_stops_no_other(hospital: Hospital, broken: str) -> None:
    hospital.write()
    sinks: Any = hospital.sinks
    if broken == "reading":
        hospital.memory.read = breaking(hospital.memory.read, "docs")  # type: ignore[method-assign]
    else:
        sinks = breaking(hospital.sinks, "description='docs'")
    told = list(send_all(hospital.seen(), Desk(hospital.memory, sinks, NOW), Wanted()))
    assert [one.state for one in told if one.sink == "docs"] == ["failed"]
    assert {one.sink for one in told if one.state == "sent"} == {"sheet", "channel"}
    assert SECRET not in str(told)


# The job in a workflow


class Branch:
    """The protected branch as a job sees it. `tree`: what it holds."""

    def __init__(self, hospital: Hospital) -> None:
        self.said: list[str] = []
        self.issue = Issue()
        self.stub: Any = SimpleNamespace(
            tip="f" * 40,
            policy=hospital.seen().policy,
            actions=SimpleNamespace(remote="https://github.com/hosp/m", default_branch="main"),
            history=SimpleNamespace(
                export=lambda tip, place, tree: shutil.copytree(
                    hospital.root / place, tree / place, dirs_exist_ok=True
                )
            ),
            store=SimpleNamespace(projects=lambda: (), read=None),
            clock=SimpleNamespace(now=lambda: NOW),
            publisher=self.issue,
            say=self.said.append,
        )
        self.hospital = hospital

    def told(self, folder: Path) -> list[Reported]:
        desk = Desk(self.hospital.memory, self.hospital.sinks, NOW)
        return list(on_github.after_merge(cast(OnMain, self.stub), desk, folder))


@pytest.fixture
def branch(hospital: Hospital) -> Branch:
    return Branch(with_zeta(hospital, "docs", "channel"))


def raising(error: Exception) -> Callable[..., Any]:
    def raises(*_: object) -> None:
        raise error

    return raises


BROKEN = [ServiceError("git did not answer.", "", "Try again."), RuntimeError(SECRET)]


@pytest.mark.parametrize("error", BROKEN, ids=["service", "bug"])
def test_a_branch_that_cannot_be_laid_out_is_a_line(branch: Branch, tmp_path: Path, error: Exception) -> None:
    branch.stub.history.export = raising(error)
    (line,) = branch.told(tmp_path / "work")
    assert (line.sink, line.state) == ("the protected branch", "failed")
    assert SECRET not in str(line)
    assert branch.hospital.sinks.by_name == {}


@pytest.mark.parametrize("error", BROKEN, ids=["service", "bug"])
@pytest.mark.parametrize("what", ["projects", "read"])
def test_journals_that_cannot_be_read_keep_nothing_merged_back(
    branch: Branch, tmp_path: Path, error: Exception, what: str
) -> None:
    branch.stub.store = SimpleNamespace(projects=lambda: ("demo", "zeta"), read=raising(error))
    if what == "projects":
        branch.stub.store.projects = raising(error)
    told = branch.told(tmp_path / "work")
    assert {one.state for one in told} == {"sent", "left"}  # zeta's prompt was in no audit
    assert projects_of(branch.hospital.sinks["channel"]) == {"demo", "zeta"}
    assert len(branch.said) == (1 if what == "projects" else 2)
    assert SECRET not in str(branch.said)


def test_a_project_that_cannot_be_looked_at_keeps_no_other_back(
    branch: Branch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_github, "project_at", breaking(on_github.project_at, "projects/demo"))
    branch.told(tmp_path / "work")
    assert projects_of(branch.hospital.sinks["channel"]) == {"zeta"}
    assert branch.said == ["demo: nobody is told of it: a bug in clinft or a client (IndexError)."]


@pytest.mark.parametrize("error", BROKEN, ids=["service", "bug"])
def test_an_issue_that_cannot_be_written_is_a_line(branch: Branch, tmp_path: Path, error: Exception) -> None:
    branch.issue.issue = raising(error)  # type: ignore[method-assign]
    told = branch.told(tmp_path / "work")
    assert [one.state for one in told if one.sink == "the tracking issue"] == ["failed"]
    assert SECRET not in str(told)


def test_the_issue_gets_no_half_of_the_links(branch: Branch, tmp_path: Path) -> None:
    branch.told(tmp_path / "1")
    assert len(branch.issue.notes) == 1
    docs = branch.hospital.sinks["docs"]
    real, asked = docs.found, []

    def found(document: Any, memory: Mapping[str, str]) -> str | None:
        asked.append(document.name)
        if document.name == "hipaa_report":
            raise down()
        return real(document, memory)

    docs.found = found  # type: ignore[method-assign]
    branch.told(tmp_path / "2")
    assert "hipaa_report" in asked
    assert len(branch.issue.notes) == 1


# Reading once


class Counting(DictMemory):
    def __init__(self) -> None:
        super().__init__()
        self.reads: list[str] = []

    def read(self, sink: str) -> Mapping[str, str]:
        self.reads.append(sink)
        return dict(self.notes.get(sink, {}))

    def remember(self, sink: str, additions: Mapping[str, str]) -> Mapping[str, str]:
        self.notes.setdefault(sink, {}).update(additions)
        return dict(self.notes[sink])


def test_each_memory_is_read_once_a_round(hospital: Hospital, tmp_path: Path) -> None:
    hospital.write()
    hospital.memory = Counting()
    job = Branch(hospital)
    for number in range(2):
        hospital.memory.reads.clear()
        job.told(tmp_path / str(number))
        assert sorted(hospital.memory.reads) == ["channel", "docs", "sheet"]


def test_what_another_job_notes_meanwhile_is_kept_and_seen() -> None:
    shared = DictMemory()
    first, second = ReadOnce(shared), ReadOnce(shared)
    assert first.read("docs") == second.read("docs") == {}
    second.remember("docs", {"sent:b": "2"})
    assert first.read("docs") == {}
    assert first.remember("docs", {"sent:a": "1"}) == {"sent:a": "1", "sent:b": "2"}
    assert first.read("docs") == shared.read("docs") == {"sent:a": "1", "sent:b": "2"}


def test_after_a_note_that_failed_it_is_read_again() -> None:
    shared = Counting()
    once = ReadOnce(shared)
    once.read("docs")
    shared.remember = raising(down())  # type: ignore[method-assign]
    with pytest.raises(ServiceError):
        once.remember("docs", {"sent:a": "1"})
    once.read("docs")
    once.read("docs")
    assert shared.reads == ["docs", "docs"]


def test_what_waited_and_is_there_as_it_was_waits_no_longer(hospital: Hospital) -> None:
    hospital.write(notify=("docs",))
    hospital.round()
    hospital.document("MODEL_CARD.md", b"# Another\n")
    docs = hospital.sinks["docs"]
    real = docs.send
    docs.send = raising(down())  # type: ignore[method-assign]
    hospital.round()
    assert list(sending.waiting(hospital.memory.read("docs"))) == ["document/demo/model_card"]
    docs.send = real  # type: ignore[method-assign]
    hospital.document("MODEL_CARD.md", b"# MODEL_CARD.md of demo\n")
    assert hospital.round() == []
    assert sending.waiting(hospital.memory.read("docs")) == {}


def test_of_a_bug_only_its_type_is_said() -> None:
    assert SECRET not in advice(RuntimeError(SECRET))
    assert advice(down()).endswith("It is tried again with the next reconcile.")


def test_a_bug_among_what_is_due_comes_after_what_was_made(hospital: Hospital) -> None:
    hospital.write()

    def dues() -> Iterator[Due]:
        raise RuntimeError(SECRET)
        yield

    place = hospital.seen().policy.sinks["docs"]
    (line,) = sending.deliver(Desk(DictMemory(), hospital.sinks, NOW), "docs", place, dues())
    assert line.what == "the rest waits: a bug in clinft or a client (RuntimeError)."
