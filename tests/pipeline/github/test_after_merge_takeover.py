"""A lease runs out, somebody else takes over, and the old holder wakes up: it brings nothing any more."""

from pathlib import Path

import pytest

from clinft.artifacts.run_state import ProjectState
from clinft.cli import merged
from clinft.cli.show import Screen
from clinft.errors import PolicyViolation
from clinft.pipeline.context import Context
from clinft.pipeline.github import reporting
from clinft.spec.policy import Policy
from tests.fakes.after_merge import AfterMerge, Opened, Ran
from tests.fakes.hospital import project

REFUSED = 1


def test_the_old_holder_brings_nothing_when_another_one_took_over(opened: Opened) -> None:
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    event = hospital.push_event(hospital.before)
    new: list[Ran] = []

    def taken_over() -> None:
        hospital.lease_ends()
        new.append(hospital.dispatched({"project": "demo"}))

    # It wakes up before it has begun to work: then it does not begin.
    old = hospital.train(event, between=taken_over)
    assert (old.codes["train"], old.ordered) == (REFUSED, new[0].ordered)
    assert "Start train from the present branch" in old.jobs["train"].said
    run_id = old.ordered[0]["run"]
    of_new, of_old = (dict(asked["inputs"]) for asked in hospital.server.dispatches)  # type: ignore[call-overload]

    # Before it has published what it sealed: then that is not published.
    def taken_over_again() -> None:
        hospital.lease_ends()
        new.append(hospital.dispatched({"project": "demo"}))

    report = hospital.report(of_new, between=taken_over_again)
    assert report.codes == {"report": 0, "publish": REFUSED}
    assert f"The lock of demo is not held for {run_id} by this workflow run" in report.said
    assert "whoever holds the lock publishes" in report.said
    assert hospital.statuses() == ["queued"] * 3
    assert hospital.opened("clinft/") == []

    # Whoever holds it now publishes, once, however many reports are started.
    for inputs in (of_new, of_old):
        hospital.report(inputs)
    assert hospital.statuses() == [*["queued"] * 3, "trained", "succeeded"]
    assert len(hospital.opened("clinft/")) == 1
    keys = [note.partition("\n")[0] for note in hospital.notes()]
    assert len(keys) == len(set(keys))
    assert hospital.trained == [run_id]


def test_a_report_waits_for_whoever_works_and_takes_nothing_from_them(opened: Opened) -> None:
    """A dispatch with forged inputs, or of an old holder, while a machine is at work."""
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    ran = hospital.pushed(work="killed", ends=False)
    hospital.changed(at_work)
    before = hospital.state()
    with pytest.raises(PolicyViolation, match="holds the lock of demo") as refused:
        impatient(hospital, {"project": "demo", "run": ran.ordered[0]["run"], "worked": "cancelled"})
    assert "reconcile publishes what is left when the lock is free" in refused.value.next_step
    assert hospital.state() == before


def at_work(here: ProjectState) -> ProjectState:
    """As before hand-over, which in this harness runs with the work."""
    assert here.holder is not None
    return here.model_copy(update={"holder": here.holder.model_copy(update={"handed_over_at": None})})


def impatient(hospital: AfterMerge, inputs: dict[str, str]) -> None:
    """`clinft report --started` that does not wait a minute for the holder of the lock."""
    event = hospital.dispatch_event(inputs)
    folder = hospital.clone_of_main()
    hospital.enter(folder, event, GITHUB_RUN_ID="990", GITHUB_JOB="report")
    main = merged.open_main(Screen(json=False))
    job = reporting.Report(
        main, inputs["project"], inputs["run"], inputs["worked"], _opens_nothing, _reads_nothing
    )
    reporting.report(job, lambda outcome: None)


def _opens_nothing(folder: Path) -> Context:
    raise AssertionError("it was refused before")


def _reads_nothing(commit: str) -> Policy:
    raise AssertionError("it was refused before")
