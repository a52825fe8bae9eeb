"""What is paid, and what counts as paid: nothing twice, nothing for ever, and nothing that nobody stops or says."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from clinft.adapters.github import bounds
from clinft.artifacts.run_state import ProjectState, StatusEntry
from clinft.pipeline.github import bundle
from tests.fakes.after_merge import AfterMerge, Opened
from tests.fakes.hospital import project, spec

SPEC, DEPLOYMENT = "projects/demo/project.yaml", "projects/demo/deployment.yaml"
# A machine of the team: what it has written outlasts the job.
BOX = {"local": {"description": "ours", "labels": ["gpu"]}}
OLD = "2024-02-01T00:00:00+00:00"


def cost(usd: int, at: str | None = None) -> Any:
    def change(here: ProjectState) -> ProjectState:
        runs = []
        for run in here.runs:
            history: list[StatusEntry] = []
            for entry in run.history:
                previous = history[-1].digest if history else None
                history.append(entry.model_copy(update={"previous": previous, "at": at or entry.at}))
            runs.append(run.model_copy(update={"cost_usd_upper": Decimal(usd), "history": tuple(history)}))
        return here.model_copy(update={"runs": tuple(runs)})

    return change


def test_a_run_that_is_long_over_does_not_count_in_every_month(opened: Opened) -> None:
    """Cancelled before it left anything: no record will ever take its place in the state."""
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    hospital.pushed(work="cancelled")
    hospital.follow()
    assert hospital.statuses() == ["queued", "cancelled"]
    hospital.changed(cost(195, OLD))
    hospital.lands(8, {SPEC: spec(revision=2, budget={"max_usd": 10})}, "mila", "petra")
    hospital.changed(cost(250, OLD))
    ran = hospital.pushed(work="lost")
    assert ran.codes["start"] == 0, ran.said


def test_failed_attempts_of_the_same_plan_count(opened: Opened) -> None:
    """As `spent_in_month` says: a failed attempt has cost what it has cost; a further one costs again."""
    hospital = opened(runners=BOX)
    hospital.lands(7, project(), "mila", "petra")
    run_id = hospital.pushed(work="cut").ordered[0]["run"]
    (asked,) = hospital.server.dispatches
    hospital.followed = 1
    inputs: Any = asked["inputs"]
    hospital.started({**asked, "inputs": {**inputs, "worked": "cancelled"}})
    assert hospital.statuses(run_id)[-1] == "cancelled"
    hospital.changed(cost(250))  # the policy allows 200 a month
    assert hospital.dispatched({"project": "demo"}, work="lost").ordered == []


def deployed(hospital: AfterMerge) -> str:
    hospital.lands(7, project(), "mila", "petra")
    run_id: str = hospital.pushed().ordered[0]["run"]
    hospital.follow()
    (number,) = hospital.opened("clinft/results/")
    hospital.merges(number)
    hospital.reconcile()
    hospital.lands(20, {DEPLOYMENT: f"run_id: {run_id}\n"}, "petra", "carl")
    return run_id


def test_a_lost_evaluation_goes_on_or_ends(opened: Opened) -> None:
    """reconcile starts train without `evaluate`, which finds nothing to do; its end starts reconcile."""
    hospital = opened()
    deployed(hospital)
    hospital.dispatched({"project": "demo", "evaluate": "true"}, work="lost")
    for _ in range(3):
        hospital.follow()
        hospital.reconcile()
    before = len(hospital.server.dispatches)
    said = hospital.reconcile().said
    assert hospital.server.dispatches[before:] == [], said


def test_an_evaluation_whose_results_were_closed_can_be_made_again(opened: Opened) -> None:
    hospital = opened()
    run_id = deployed(hospital)
    hospital.dispatched({"project": "demo", "evaluate": "true"})
    hospital.follow()
    again = hospital.opened(f"clinft/results/{run_id}-again")
    hospital.server.close_pull(again[0])
    hospital.reconcile()
    ran = hospital.dispatched({"project": "demo", "evaluate": "true"}, work="lost")
    assert len(ran.ordered) == 1, ran.said


def test_one_evaluation_is_published_once(opened: Opened) -> None:
    """reconcile saw the bundle before report.yml began, so there are two reports; results go to main."""
    hospital = opened(commit_back={"mode": "push"})
    hospital.lands(7, project(), "mila", "petra")
    run_id = hospital.pushed().ordered[0]["run"]
    hospital.follow()
    hospital.reconcile()
    hospital.lands(20, {DEPLOYMENT: f"run_id: {run_id}\n"}, "petra", "carl")
    hospital.dispatched({"project": "demo", "evaluate": "true"})
    hospital.reconcile()
    hospital.follow()
    names = hospital.files("refs/heads/main", f"projects/demo/runs/{run_id}/again")
    assert {name.split("/")[5] for name in names} == {"01"}


def test_a_job_of_a_project_that_was_removed_is_stopped_or_named(opened: Opened) -> None:
    hosted: dict[str, Any] = {"training": {"provider": "fake_hosted"}}
    hospital = opened(providers={"fake_hosted": {}})
    hospital.lands(7, project(**hosted), "mila", "petra")
    run_id = hospital.pushed().ordered[0]["run"]
    hospital.follow()
    assert hospital.statuses() == ["queued", "running"]
    hospital.lands(8, dict.fromkeys(project(), None), "mila", "petra")
    said = hospital.reconcile().said + hospital.reconcile().said
    job = Path(hospital.cache / "clinft" / "fake-hosted" / run_id / "job.json").read_text()
    assert '"status": "cancelled"' in job or f"ftjob-{run_id}" in said, said


def test_what_a_machine_may_bring_can_be_published() -> None:
    """items.jsonl has six lines of 250 bytes for each record of the test split: from some 33,000 records on
    the results of a run that was paid are sealed, and then refused each time."""
    assert bundle.MOST_FILE_BYTES <= bounds.MOST_FILE_BYTES
    assert bundle.MOST_BYTES <= bounds.MOST_BYTES
