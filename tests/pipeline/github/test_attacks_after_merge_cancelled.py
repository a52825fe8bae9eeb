"""What a person stopped, or what failed, is not begun again by what was on its way already."""

from pathlib import Path

from clinft.artifacts.run_state import ProjectState
from clinft.pipeline.github import locks
from clinft.wiring import SystemClock
from tests.fakes.after_merge import Opened
from tests.fakes.hospital import project, spec

SPEC = "projects/demo/project.yaml"
# A machine of the team: what it has written outlasts the job.
BOX = {"local": {"description": "ours", "labels": ["gpu"]}}


def test_a_cancelled_run_is_not_begun_again_by_the_reconcile_that_its_end_starts(opened: Opened) -> None:
    """Its end starts reconcile (workflow_run) in the same moment as report.yml (hand-over)."""
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    hospital.pushed(work="cancelled")
    hospital.reconcile()
    hospital.follow()
    assert hospital.trained == []


def test_a_run_that_was_cancelled_by_force_stays_cancelled(opened: Opened) -> None:
    """Cancelled twice, or while hand-over began: nobody starts report.yml, and GitHub says `cancelled`."""
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    ran = hospital.pushed(work="cancelled")
    hospital.followed = 1
    hospital.server.end_run(ran.run_id, "cancelled")
    hospital.reconcile()
    hospital.follow()
    assert hospital.trained == []


def test_a_start_that_waited_begins_no_further_attempt(opened: Opened) -> None:
    """Two starts of one lost run: the first is cancelled by a person, the second was still in GitHub's queue."""
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    hospital.pushed(work="lost")
    hospital.follow()
    hospital.reconcile()
    hospital.reconcile()
    one, two = hospital.server.dispatches[hospital.followed :]
    hospital.followed += 2
    hospital.started(one, work="cancelled")
    (report,) = hospital.follow()
    assert report.codes == {"report": 0, "publish": 1}
    assert hospital.statuses()[-1] == "cancelled"
    assert hospital.started(two).ordered == []


def test_what_was_trained_is_brought_although_another_plan_was_merged_before_its_report_began(
    opened: Opened,
) -> None:
    """start waits for a bundle that is on its way; reconcile, which train's end starts, cancels the run."""
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    run_id = hospital.pushed().ordered[0]["run"]
    hospital.lands(8, {SPEC: spec(revision=2)}, "mila", "petra")
    assert "busy" in hospital.pushed().said
    hospital.reconcile()
    hospital.follow(work="lost")
    assert hospital.opened(f"clinft/results/{run_id}")


def test_a_github_that_does_not_answer_the_machine_ends_no_attempt(opened: Opened) -> None:
    """What is unknown is no; but a run with a checkpoint that was paid goes on when GitHub answers again."""
    hospital = opened(runners=BOX)
    hospital.lands(7, project(), "mila", "petra")
    run_id = hospital.pushed(work="cut").ordered[0]["run"]

    def limited(job: str, folder: Path) -> None:
        hospital.server.rate_limited = job == "train"

    hospital.begins = limited
    hospital.follow()
    hospital.begins = lambda job, folder: None
    hospital.server.rate_limited = False
    hospital.reconcile()
    hospital.follow()
    assert hospital.trained == [run_id], hospital.statuses(run_id)


def held_by_another(here: ProjectState) -> ProjectState:
    """As by a training of another plan."""
    return locks.claimed(here, (990, 1), "0123456789ab-a1", SystemClock().now(), locks.LEASE)


def test_an_evaluation_that_was_asked_for_while_the_lock_was_held_is_asked_for_again(
    opened: Opened,
) -> None:
    """reconcile starts what was approved, and nobody approves an evaluation: so it does not promise to."""
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    run_id = hospital.pushed().ordered[0]["run"]
    hospital.follow()
    (number,) = hospital.opened("clinft/results/")
    hospital.merges(number)
    hospital.reconcile()
    hospital.server.add_workflow_run(990)
    hospital.lands(20, {"projects/demo/deployment.yaml": f"run_id: {run_id}\n"}, "petra", "carl")
    asked = {"project": "demo", "evaluate": "true"}
    hospital.changed(held_by_another)
    said = hospital.dispatched(asked).said
    assert "busy" in said
    assert "Ask again when it is free" in said
    hospital.server.end_run(990, "success")
    assert len(hospital.dispatched(asked).ordered) == 1
