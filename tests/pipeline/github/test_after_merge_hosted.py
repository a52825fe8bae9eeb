"""A hosted provider works while no job of ours does: sent once, asked now and then, fetched, or stopped."""

from pathlib import Path
from typing import Any

import pytest

from clinft.artifacts.run_state import ProjectState
from tests.fakes.after_merge import AfterMerge, Opened
from tests.fakes.hospital import project, spec

SPEC = "projects/demo/project.yaml"
HOSTED: dict[str, Any] = {"training": {"provider": "fake_hosted"}}


@pytest.fixture
def hospital(opened: Opened) -> AfterMerge:
    made = opened(providers={"fake_hosted": {}})
    made.lands(7, project(**HOSTED), "mila", "petra")
    return made


def service(hospital: AfterMerge) -> Path:
    return hospital.cache / "clinft" / "fake-hosted"


def submissions(hospital: AfterMerge) -> list[str]:
    path = service(hospital) / "submissions"
    return path.read_text().split() if path.exists() else []


def at_provider(hospital: AfterMerge, run_id: str) -> str:
    return (service(hospital) / run_id / "job.json").read_text().partition('"status": "')[2].partition('"')[0]


def becomes(hospital: AfterMerge, run_id: str, status: str) -> None:
    """The provider gets on, or not, while nobody asks."""
    job = service(hospital) / run_id / "job.json"
    job.write_text(job.read_text().replace(f'"{at_provider(hospital, run_id)}"', f'"{status}"'))


def test_an_attempt_is_sent_once_and_fetched_when_it_is_over(hospital: AfterMerge) -> None:
    """The first machine dies right after it has sent the job: nobody was told, and it is not sent again."""
    ran = hospital.pushed(work="killed")
    assert ran.ordered[0]["runs_on"] == ["ubuntu-latest"]
    one = ran.ordered[0]["run"]
    hospital.follow()
    assert hospital.statuses() == ["queued", "paused"]
    assert hospital.state().runs[0].history[-1].job is None
    becomes(hospital, one, "failed")
    assert "train was started again" in hospital.reconcile().said
    _, report = hospital.follow()
    assert report.codes == {"report": 0, "publish": 1}
    assert submissions(hospital) == [one]
    # What failed is evidence too, and a further attempt needs no pull request.
    *_, row = hospital.rows("runs", f"refs/heads/clinft/results/{one}")
    assert ",failed," in row

    two = hospital.dispatched({"project": "demo"}).ordered[0]["run"]
    assert two == one.replace("-a1", "-a2")
    (report,) = hospital.follow()
    assert report.codes == {"report": 0, "publish": 0}
    assert hospital.statuses() == ["queued", "running"]
    assert hospital.state().holder is None
    told = hospital.state().runs[-1].history[-1].job
    assert told is not None
    assert (told.id, told.provider) == (f"ftjob-{two}", "fake_hosted")
    becomes(hospital, two, "queued")
    assert f"{two}: running at fake_hosted." in hospital.reconcile().said
    assert hospital.follow() == []
    assert f"{two}: succeeded at fake_hosted; train was started to fetch it" in hospital.reconcile().said
    assert [list(ran.codes.values()) for ran in hospital.follow()] == [[0, 0, 0], [0, 0]]
    assert hospital.statuses() == ["queued", "running", "running", "trained", "succeeded"]
    assert submissions(hospital) == [one, two]
    assert len(hospital.opened("clinft/results/")) == 2
    assert any(f"ftjob-{two}" in note for note in hospital.notes())


def long_ago(here: ProjectState) -> ProjectState:
    """report.yml was started and never began."""
    assert here.holder is not None
    claim = here.holder.model_copy(update={"handed_over_at": "2026-01-01T00:00:00+00:00"})
    return here.model_copy(update={"holder": claim})


def test_a_job_is_cancelled_at_its_provider_with_its_run(hospital: AfterMerge) -> None:
    """By the next plan's start, by reconcile where that push started nothing, and by a person."""
    one = hospital.pushed().ordered[0]["run"]
    hospital.follow()
    hospital.lands(8, {SPEC: spec(revision=2, **HOSTED)}, "mila", "petra")
    two = hospital.pushed(work="killed").ordered[0]["run"]
    assert hospital.statuses(one) == ["queued", "running", "cancelled"]
    assert at_provider(hospital, one) == "cancelled"

    # The machine of the second one sent its job and could tell nobody.
    becomes(hospital, one, "running")  # the provider did not hear of it
    hospital.lands(9, {SPEC: spec(revision=3, **HOSTED)}, "mila", "petra")
    hospital.followed = len(hospital.server.dispatches)
    said = hospital.reconcile().said
    assert f"{two}: workflow run" in said  # its report may still be on its way
    hospital.changed(long_ago)
    said += hospital.reconcile().said
    assert f"{two}: its plan is not on the branch any more; the attempt is over." in said
    for run_id in (one, two):
        assert f"{run_id}: cancelled, and its job at fake_hosted is cancelled now." in said
        assert at_provider(hospital, run_id) == "cancelled"
    assert "demo: its plan was approved, merged and never ran; train was started for it." in said

    (asked,) = hospital.server.dispatches[hospital.followed :]
    hospital.followed += 2
    three = hospital.started(asked, work="killed").ordered[0]["run"]
    asked = hospital.server.dispatches[-1]
    report = hospital.started({**asked, "inputs": {**asked["inputs"], "worked": "cancelled"}})
    assert report.codes == {"report": 0, "publish": 1}
    assert at_provider(hospital, three) == "cancelled"
    last = hospital.state().runs[-1].history[-1]
    assert (last.status, last.job and last.job.status) == ("cancelled", "cancelled")
    assert "fake_hosted" not in hospital.reconcile().said
    assert (hospital.follow(), submissions(hospital)) == ([], [one, two, three])
