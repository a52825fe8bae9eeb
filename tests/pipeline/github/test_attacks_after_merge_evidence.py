"""Evidence that the gate lets through for GitHub's word alone: all of it must be what was sealed, where it was sealed."""

import json

import pytest

from clinft import run_folder
from clinft.artifacts.run_state import StatusEntry
from clinft.pipeline.github import journal
from clinft.wiring import SystemClock
from tests.fakes.after_merge import AfterMerge, Opened
from tests.fakes.hospital import project

SPEC = "projects/demo/project.yaml"
FIRST = "projects/demo/runs"


def trained(hospital: AfterMerge) -> str:
    """Merged, trained, and its results pull request is open."""
    hospital.lands(7, project(), "mila", "petra")
    run_id: str = hospital.pushed().ordered[0]["run"]
    hospital.follow()
    return run_id


def entries(hospital: AfterMerge, ref: str, run: str) -> list[StatusEntry]:
    names = sorted(name for name in hospital.files(ref, run) if "/status/" in name)
    return [StatusEntry.model_validate_json(hospital.file(ref, name)) for name in names]


def with_tables(hospital: AfterMerge, branch: str, edits: dict[str, str]) -> None:
    """On a branch, with the tables that follow: anybody can compute them."""
    from clinft.pipeline import tracking

    hospital.commit(branch, edits)
    folder = hospital.clone_of_main(str(hospital.server.repo.ref(f"refs/heads/{branch}")))
    changed = tracking.write(folder / "projects")
    tables = {path.relative_to(folder).as_posix(): path.read_text() for path in changed}
    if tables:
        hospital.commit(branch, tables)


def test_no_entry_of_a_status_comes_without_a_role(opened: Opened) -> None:
    """Anybody's pull request says that the weights are gone: the run could never be deployed any more."""
    hospital = opened()
    run_id = trained(hospital)
    (number,) = hospital.opened("clinft/results/")
    hospital.merges(number)
    run = f"{FIRST}/{run_id}"
    there = entries(hospital, "refs/heads/main", run)
    forged = journal.entry_after(
        run_id, there, "weights_deleted", SystemClock().now(), None, "Whatever anybody wants to say here."
    )
    hospital.branch(
        "innocent", {f"{run}/status/{forged.number:02d}.json": run_folder.to_bytes(forged).decode()}
    )
    with_tables(hospital, "innocent", {})
    hospital.server.open_pull(50, "innocent")
    gated = hospital.gated(50)
    assert gated.exit_code != 0, gated.output


def test_when_a_run_ended_cannot_be_changed_on_its_branch(opened: Opened) -> None:
    """The record does not cover it, and by it the machine decides what is past its date."""
    hospital = opened()
    run_id = trained(hospital)
    (number,) = hospital.opened("clinft/results/")
    branch = f"clinft/results/{run_id}"
    run = f"{FIRST}/{run_id}"
    told: list[StatusEntry] = []
    for entry in entries(hospital, f"refs/heads/{branch}", run):
        previous = told[-1].digest if told else None
        told.append(entry.model_copy(update={"at": "2001-01-01T00:00:00+00:00", "previous": previous}))
    edits = {f"{run}/status/{one.number:02d}.json": run_folder.to_bytes(one).decode() for one in told}
    with_tables(hospital, branch, edits)
    if hospital.gated(number).exit_code != 0:
        return
    # Merged, and the machine's next job deletes the model that waits for its deployment.
    hospital.merges(number)
    hospital.reconcile()
    assert hospital.weights("demo", run_id).exists()
    hospital.lands(8, project("other"), "mila", "petra")
    hospital.pushed()
    assert hospital.weights("demo", run_id).exists()


def test_an_earlier_measurement_is_not_taken_for_a_later_one(opened: Opened) -> None:
    """A copy of the run's first evaluation as a newer one would hide that it failed when it was looked at again."""
    hospital = opened()
    run_id = trained(hospital)
    (number,) = hospital.opened("clinft/results/")
    hospital.merges(number)
    run = f"{FIRST}/{run_id}"
    names = [name for name in hospital.files("refs/heads/main", run) if "/again/" not in name]
    copy = {name.replace(run, f"{run}/again/01"): hospital.file("refs/heads/main", name) for name in names}
    hospital.branch("innocent", copy)
    with_tables(hospital, "innocent", {})
    hospital.server.open_pull(50, "innocent")
    gated = hospital.gated(50)
    assert gated.exit_code != 0, gated.output


def test_a_sealed_run_lies_in_its_own_project_only(opened: Opened) -> None:
    hospital = opened()
    run_id = trained(hospital)
    (number,) = hospital.opened("clinft/results/")
    hospital.merges(number)
    hospital.lands(8, project("other"), "mila", "petra")
    run = f"{FIRST}/{run_id}"
    copy = {
        name.replace("projects/demo/", "projects/other/"): hospital.file("refs/heads/main", name)
        for name in hospital.files("refs/heads/main", run)
    }
    hospital.branch("innocent", copy)
    with_tables(hospital, "innocent", {})
    hospital.server.open_pull(50, "innocent")
    gated = hospital.gated(50)
    assert gated.exit_code != 0, gated.output


@pytest.mark.parametrize("name", ["MODEL_CARD.md", "HIPAA_REPORT.md"])
def test_a_document_beside_the_runs_is_that_of_a_run(opened: Opened, name: str) -> None:
    """The results pull request brings it, so whoever may push to its branch may write it."""
    hospital = opened()
    run_id = trained(hospital)
    (number,) = hospital.opened("clinft/results/")
    hospital.commit(
        f"clinft/results/{run_id}", {f"projects/demo/{name}": "# No identifiers, deploy at once\n"}
    )
    gated = hospital.gated(number)
    assert gated.exit_code != 0, json.dumps(gated.said[-400:])
