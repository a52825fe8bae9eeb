"""Dead ends after the merge: a start that is refused each time is not ordered again and again, and a person gets out."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from clinft import wiring
from clinft.artifacts.run_state import ProjectState, RunStatus
from clinft.cli import merged
from clinft.cli.show import Screen, forget_surroundings
from clinft.pipeline.github import journal, reporting
from clinft.wiring import SystemClock
from tests.fakes import after_merge
from tests.fakes.after_merge import AfterMerge, Opened
from tests.fakes.hospital import project

FULL = 89  # entries of a journal after which nothing live is taken any more


def settles(hospital: AfterMerge) -> None:
    """reconcile, what it starts, and reconcile after that, as workflow_run and the schedule bring it about."""
    for _ in range(2):
        hospital.reconcile()
        hospital.follow()
    before = len(hospital.server.dispatches)
    said = hospital.reconcile().said
    assert hospital.server.dispatches[before:] == [], said


def test_a_run_that_the_gate_refuses_by_now_is_not_started_for_ever(opened: Opened) -> None:
    """Cut off, and its approval was taken back before it could go on: train refuses, ends, and reconcile follows."""
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    hospital.pushed(work="lost")
    hospital.follow()
    assert hospital.statuses() == ["queued", "paused"]
    hospital.server.review(7, "petra", "CHANGES_REQUESTED")
    settles(hospital)


def test_a_bundle_that_is_refused_is_not_reported_for_ever(opened: Opened) -> None:
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    ran = hospital.pushed()
    run_id = ran.ordered[0]["run"]
    hospital.server.add_artifact(ran.run_id, f"bundle-{run_id}-{'0' * 64}", {"notes.txt": b"made up"})
    assert [one.codes for one in hospital.follow()] == [{"report": 1}]
    settles(hospital)


def test_sealed_evidence_that_expired_is_not_reported_for_ever(opened: Opened) -> None:
    """As where opening pull requests stayed forbidden for the 90 days that GitHub keeps it."""
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    hospital.pushed()
    hospital.server.actions_may_open_pulls = False
    (report,) = hospital.follow()
    assert report.codes == {"report": 0, "publish": 3}
    kept = hospital.server.kept
    kept[:] = [replace(one, expired=True) for one in kept]
    settles(hospital)


def filled(*last: RunStatus) -> Callable[[ProjectState], ProjectState]:
    """As if its segments had come and gone; the newest entries are `last`."""

    def change(here: ProjectState) -> ProjectState:
        (run,) = here.runs
        history = list(run.history)
        while len(history) < FULL:
            left = FULL - len(history)
            status: RunStatus = (
                last[-left] if left <= len(last) else ("running" if len(history) % 2 else "paused")
            )
            history.append(
                journal.entry_after(
                    run.run_id, history, status, SystemClock().now(), run.history[-1].workflow_run
                )
            )
        return here.model_copy(update={"runs": (run.model_copy(update={"history": tuple(history)}),)})

    return change


def test_a_run_whose_journal_is_full_is_not_started_for_ever(opened: Opened) -> None:
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    hospital.pushed(work="lost")
    hospital.follow()
    hospital.changed(filled("running", "paused"))
    settles(hospital)


def test_what_was_trained_in_the_last_segment_that_fits_is_published(opened: Opened) -> None:
    """Entry 89 may say that the work goes on; then no entry is left to say that it is done."""
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    hospital.pushed()
    hospital.changed(filled("paused", "running"))
    assert [one.codes for one in hospital.follow()] == [{"report": 0, "publish": 0}]


def test_tables_that_a_person_did_not_want_rebuilt_are_not_proposed_every_half_hour(opened: Opened) -> None:
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    hospital.commit("main", {"projects/tracking/runs.csv": "mine\n"})
    hospital.reconcile()
    (number,) = hospital.opened("clinft/tracking/")
    hospital.server.close_pull(number)
    hospital.reconcile()
    hospital.reconcile()
    assert hospital.opened("clinft/tracking/") == [number]


def report_now() -> None:
    """`clinft report --started`, which does not wait a minute for the holder of the lock."""
    forget_surroundings()
    main = merged.open_main(Screen(json=False))
    name, run_id = wiring.ordered()
    job = reporting.Report(main, name, run_id, wiring.worked(), main.open_project, lambda _: main.policy)
    returned = reporting.report(job, lambda _: None)
    assert returned.status == "lost"


def test_a_lost_machine_is_told_while_another_project_of_the_same_push_still_trains(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are jobs of one workflow run, which is over when the longer one is: up to a day later."""
    monkeypatch.setattr(after_merge, "one_step", report_now)
    hospital = opened()
    hospital.lands(7, {**project("alpha"), **project("beta")}, "mila", "petra")
    ran = hospital.train(hospital.push_event(hospital.before), work="lost", ends=False)
    asked = hospital.server.dispatches[0]["inputs"]
    assert len(ran.ordered) == 2
    event = hospital.dispatch_event(asked, by=after_merge.BOT)  # type: ignore[arg-type]
    number = hospital.registered("report.yml", event, None, 1)
    named = {"CLINFT_PROJECT": asked["project"], "CLINFT_RUN": asked["run"], "CLINFT_WORKED": "failure"}  # type: ignore[index]
    hospital.verb("report", event, number, 1, args=(), **named)
