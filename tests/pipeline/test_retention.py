"""What is past its date, and what is kept whatever its date: nothing that is needed, or that nobody knows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from clinft.artifacts.model import Job
from clinft.artifacts.run_state import StatusEntry
from clinft.errors import ClinftError, ServiceError
from clinft.pipeline import status_files
from clinft.pipeline.github.retention import KnownRun, files_kept, states_of, weights_kept
from clinft.run_folder import to_bytes
from tests.fakes import run_results
from tests.fakes.committed_runs import LIVED, entries
from tests.fakes.past_runs import DAY, DAYS, NOW, Branch, begun, record_of, resealed, under_way
from tests.fakes.state_store import MemoryStateStore

FIRST, SECOND, THIRD = "aaaaaaaaaaaa-a1", "bbbbbbbbbbbb-a1", "cccccccccccc-a1"
MERGED = KnownRun("demo", FIRST, "a" * 64, entries(day=DAY), merged=True)
FAILED = replace(MERGED, history=entries(statuses=("queued", "running", "running", "failed"), day=DAY))


def at(text: str) -> tuple[StatusEntry, ...]:
    """The last entry, which ended the attempt, tells another time."""
    *before, last = MERGED.history
    return (*before, last.model_copy(update={"at": text}))


# A run, and why its weights and its files at a provider are kept; None: they may go.
RULES: list[tuple[str, KnownRun, str | None, str | None]] = [
    ("merged, and past its date", MERGED, None, None),
    ("failed, and past its date", FAILED, None, None),
    ("failed and never merged", replace(FAILED, merged=False), None, None),
    ("a person may still merge it", replace(MERGED, merged=False), "not merged", None),
    ("deployed", replace(MERGED, needed=True), "deployed", None),
    ("a job evaluates it again", replace(MERGED, live=True), "at work", "at work"),
    ("begun, not over", replace(MERGED, history=entries(statuses=LIVED[:3])), "nothing tells", "nothing tells"),
    ("of a laptop", replace(MERGED, history=()), "nothing tells", "nothing tells"),
    ("its model is hosted", replace(MERGED, at_provider=True), "at its provider", None),
    ("a second too young", replace(MERGED, history=at("2026-01-01T04:00:01+00:00")), "less than", "less than"),
    ("another zone, the same moment", replace(MERGED, history=at("2026-01-01T05:00:00+01:00")), None, None),
    ("of the future", replace(MERGED, history=at("2027-01-01T04:00:00+00:00")), "less than", "less than"),
    ("a time without a zone", replace(MERGED, history=at("2026-01-01T04:00:00")), "nothing tells", "nothing tells"),
    ("no time at all", replace(MERGED, history=at("long ago")), "nothing tells", "nothing tells"),
    ("ended late, begun early", replace(FAILED, history=(*FAILED.history[:3], at("2026-01-30T00:00:00Z")[3])),
     "less than", "less than"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "run", "weights", "files"), RULES, ids=[row[0] for row in RULES])
def test_what_is_kept_and_why(why: str, run: KnownRun, weights: str | None, files: str | None) -> None:
    for said, expected in ((weights_kept(run, NOW, DAYS), weights), (files_kept(run, NOW, DAYS), files)):
        assert (said is None) == (expected is None)
        assert expected is None or (said is not None and expected in said)


def test_the_date_moves_with_the_policy() -> None:
    assert weights_kept(MERGED, NOW, DAYS + 1) is not None
    assert weights_kept(MERGED, NOW + timedelta(days=1), DAYS + 1) is None


@pytest.fixture
def branch(tmp_path: Path) -> Branch:
    return Branch(tmp_path / "repository")


def due(known: dict[str, KnownRun]) -> set[str]:
    return {name for name, run in known.items() if weights_kept(run, NOW, DAYS) is None}


def test_the_deployed_run_and_the_one_before_it_are_needed(branch: Branch) -> None:
    for run_id in (FIRST, SECOND, THIRD):
        branch.run(f"demo/{run_id}")
    assert due(branch.known().runs("demo")) == {FIRST, SECOND, THIRD}
    for run_id in (FIRST, SECOND):
        branch.deploy("demo", f"run_id: {run_id}\n")
    assert due(branch.known().runs("demo")) == {THIRD}
    branch.deploy("demo", f"run_id: {THIRD}\n")
    assert due(branch.known().runs("demo")) == {FIRST}
    # Nothing is deployed any more; what was can be again.
    (branch.projects / "demo" / "deployment.yaml").unlink()
    assert due(branch.known().runs("demo")) == {FIRST, SECOND}


def test_what_is_live_in_the_state_of_any_project_is_kept(branch: Branch) -> None:
    for run_id in (FIRST, SECOND):
        branch.run(f"demo/{run_id}")
    again = under_way(begun(FIRST, ("queued",), purpose="evaluate"))
    assert due(branch.known(again).runs("demo")) == {SECOND}
    elsewhere = under_way(begun(FIRST, ("queued", "running")), project="other")
    assert due(branch.known(elsewhere).runs("demo")) == {SECOND}
    over = under_way(begun(FIRST, ("queued", "failed"), purpose="evaluate"))
    assert due(branch.known(over).runs("demo")) == {FIRST, SECOND}


def test_runs_without_a_record_are_known_from_the_state(branch: Branch) -> None:
    runs = [begun(FIRST), begun(SECOND, LIVED), begun(THIRD, ("queued", "cancelled"), day="2026-01-20")]
    known = branch.known(under_way(*runs)).runs("demo")
    assert {name: run.merged for name, run in known.items()} == {FIRST: False, SECOND: False, THIRD: False}
    assert due(known) == {FIRST}


def test_what_was_deleted_changes_nothing_of_how_a_run_ended() -> None:
    run = begun(FIRST, ("queued", "failed", "provider_files_deleted", "weights_deleted"))
    assert (run.status, run.live) == ("failed", False)


def test_a_laptops_run_and_a_folder_of_another_name_are_nobodys_to_delete(branch: Branch) -> None:
    branch.run(f"demo/{FIRST}", statuses=None)
    (branch.projects / "demo" / "runs" / "notes").mkdir()
    (branch.projects / "demo" / "runs" / "notes" / "record.json").write_text("{}")
    known = branch.known().runs("demo")
    assert set(known) == {FIRST}
    assert due(known) == set()
    assert branch.known().runs("nowhere") == {}


def test_a_hosted_run_is_told_by_its_evidence(branch: Branch) -> None:
    hosted = run_results.model().model_copy(update={"provider": "fake_hosted", "weights": {}})
    folder = branch.run(f"demo/{FIRST}", statuses=None, train=hosted)
    job = Job(id="ftjob-1", provider="fake_hosted", run_id=FIRST, status="succeeded")
    (folder / "job.json").write_bytes(to_bytes(job))
    resealed(folder)
    run = branch.known().runs("demo")[FIRST]
    assert (run.at_provider, run.job) == (True, job)


def another_record(run: Path) -> None:
    (run / "notes.md").write_text("n")
    resealed(run)


def no_chain(run: Path) -> None:
    (run / "status" / "02.json").unlink()


def a_job_of_nobody(run: Path) -> None:
    (run / "job.json").write_text("{}")


def no_deployment(run: Path) -> None:
    (run.parents[1] / "deployment.yaml").write_text("run_id: newest\n")


def another_end(run: Path) -> None:
    resealed(run, "failed")


def of_another_run(run: Path) -> None:
    (run / "record.json").write_bytes((run.parent / SECOND / "record.json").read_bytes())


@pytest.mark.parametrize(
    "damage", [another_record, no_chain, a_job_of_nobody, no_deployment, another_end, of_another_run]
)
def test_a_project_that_is_damaged_is_not_known(branch: Branch, damage: Callable[[Path], None]) -> None:
    run = branch.run(f"demo/{FIRST}")
    branch.run(f"demo/{SECOND}")
    branch.run(f"other/{THIRD}")
    damage(run)
    known = branch.known()
    with pytest.raises(ClinftError):
        known.runs("demo")
    assert set(known.runs("other")) == {THIRD}


def test_a_state_that_is_damaged_lets_nobody_know_anything() -> None:
    torn = begun(FIRST, LIVED)
    torn = torn.model_copy(update={"history": torn.history[1:]})
    with pytest.raises(ServiceError, match="damaged"):
        states_of(MemoryStateStore(under_way(begun(SECOND), project="other"), under_way(torn)))


def test_the_record_that_was_sealed_is_named_by_its_status(branch: Branch) -> None:
    """The fixtures say what the other tests rest on."""
    run = branch.run(f"demo/{FIRST}")
    assert status_files.read(run)[-1].record == record_of(run).digest
