"""Machines die, segments end, people press Cancel: the same attempt goes on, or ends, and nothing is paid twice."""

import json
from collections.abc import Callable

import pytest

from clinft.artifacts.bundle import MANIFEST
from clinft.artifacts.run_state import ProjectState, RunStatus
from clinft.pipeline.github import bundle, journal
from clinft.pipeline.github.reporting import LOST
from clinft.wiring import SystemClock
from tests.fakes.after_merge import OWN_MACHINE, Opened
from tests.fakes.hospital import project

LOST_AGAIN: tuple[RunStatus, RunStatus] = ("running", "paused")


def more(times: int, message: str) -> Callable[[ProjectState], ProjectState]:
    """As if so many more segments had ended in this way, one after the other."""

    def change(here: ProjectState) -> ProjectState:
        (run,) = here.runs
        for number in range(times):
            for status in LOST_AGAIN:
                here = journal.note(
                    here,
                    run.run_id,
                    status,
                    now=SystemClock().now(),
                    workflow_run=900 + number,
                    message=message if status == "paused" else "",
                )
        return here

    return change


def test_a_lost_machine_costs_what_came_after_its_checkpoint_and_five_the_attempt(
    opened: Opened,
) -> None:
    hospital = opened(**OWN_MACHINE)
    hospital.lands(7, project(), "mila", "petra")
    run_id = hospital.pushed(work="cut").ordered[0]["run"]
    checkpoint = hospital.weights("demo", run_id) / "first-half.json"
    counts = json.loads(checkpoint.read_bytes())
    checkpoint.write_text(json.dumps({**counts, "circulatory": {"marker": 7}}))

    # The end of the segment starts the next one, whose machine dies before its bundle is kept.
    segment, ran, lost = hospital.follow(work="killed")
    assert (segment.codes, lost.codes) == ({"report": 0, "publish": 0}, {"report": 0, "publish": 1})
    assert "train started again for demo" in segment.said
    assert "goes on where it was cut off" in ran.said
    # From the checkpoint on, and not from the start: what the checkpoint holds is in the model.
    counts = json.loads((hospital.weights("demo", run_id) / "adapter" / "word_counts.json").read_bytes())
    assert counts["circulatory"]["marker"] == 7
    # The bundle of the first segment still lies there: it is not taken for that of the second.
    assert f"{run_id}: lost. {LOST}" in lost.said
    assert hospital.statuses() == ["queued", "paused", *LOST_AGAIN]
    assert hospital.state().holder is None
    assert "its machine was lost" in hospital.notes()[-1]

    # What is lost is started again by reconcile, the same attempt, so many times and no more.
    hospital.changed(more(3, LOST))
    assert f"{run_id}: paused and nobody works on it; train was started again" in hospital.reconcile().said
    ran, _ = hospital.follow(work="lost")
    assert ran.ordered[0]["run"] == run_id
    assert hospital.statuses() == ["queued", "paused", *LOST_AGAIN * 3, *LOST_AGAIN, "running", "failed"]
    assert "train was started" not in hospital.reconcile().said
    # Another attempt takes a person's word, and no pull request.
    ran = hospital.dispatched({"project": "demo"}, work="cut")
    second = ran.ordered[0]["run"]
    assert second == run_id.replace("-a1", "-a2")

    # What a person cancels is evidence, and is not started again by itself.
    (asked,) = hospital.server.dispatches[hospital.followed :]
    hospital.followed += 1
    report = hospital.started({**asked, "inputs": {**asked["inputs"], "worked": "cancelled"}})
    assert report.codes == {"report": 0, "publish": 1}
    assert (hospital.statuses(), hospital.state().holder) == (["queued", "cancelled"], None)
    *_, row = hospital.rows("runs", f"refs/heads/clinft/results/{second}")
    assert ",cancelled," in row
    assert "it was cancelled" in hospital.notes()[-2]
    hospital.reconcile()
    assert hospital.follow() == []
    assert hospital.trained == [run_id]


def test_segments_that_end_at_the_same_step_go_nowhere_and_end_too(opened: Opened) -> None:
    hospital = opened(**OWN_MACHINE)
    hospital.lands(7, project(), "mila", "petra")
    job = hospital.pushed(work="cut").jobs["train"]
    said = json.loads((job.results / "bundle" / MANIFEST).read_bytes())["message"]
    hospital.changed(more(4, said))
    (report,) = hospital.follow()
    assert report.codes == {"report": 0, "publish": 0}
    assert hospital.statuses()[-3:] == ["running", "paused", "failed"]
    assert len(hospital.server.dispatches) == 1


def test_results_that_are_too_large_to_bring_end_the_attempt_at_once(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Doing the work again would end the same way, five times."""
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    monkeypatch.setattr(bundle, "MOST_FILE_BYTES", 1000)
    assert hospital.pushed().codes["train"] == 1
    hospital.follow()
    assert hospital.statuses() == ["queued", "failed"]
    assert "too large" in hospital.state().runs[0].history[-1].message
