"""refs/clinft/ in the hands of somebody who may push: it delays the project that it is about, and no other."""

import os
from datetime import UTC, datetime
from typing import Any

from clinft.adapters.git_state import GitStateStore
from clinft.artifacts.run_state import ProjectState
from clinft.pipeline.github import journal
from clinft.wiring import SystemClock
from tests.fakes.after_merge import AfterMerge, Opened
from tests.fakes.hospital import project

# A machine of the team: what it has written outlasts the job.
BOX = {"local": {"description": "ours", "labels": ["gpu"]}}


def junk(hospital: AfterMerge, name: str) -> None:
    hospital.server.repo.git("update-ref", f"refs/clinft/{name}", hospital.tip())


def test_a_ref_that_is_no_state_stops_no_other_project(opened: Opened) -> None:
    hospital = opened()
    junk(hospital, "zzz")
    hospital.lands(7, project(), "mila", "petra")
    ran = hospital.pushed(work="lost")
    assert len(ran.ordered) == 1, ran.said


def forged(here: ProjectState, **facts: Any) -> ProjectState:
    (run,) = here.runs
    return here.model_copy(update={"runs": (run.model_copy(update=facts),)})


def test_a_state_that_was_deleted_breaks_no_results(opened: Opened) -> None:
    """As the error about a damaged state advises; the results' branch holds the longer journal of before."""
    hospital = opened(runners=BOX)
    hospital.lands(7, project(), "mila", "petra")
    hospital.pushed(work="cut")
    hospital.follow()
    assert hospital.statuses() == ["queued", "paused", "running", "trained", "succeeded"]
    (number,) = hospital.opened("clinft/results/")
    hospital.server.repo.git("update-ref", "-d", "refs/clinft/demo")
    hospital.reconcile()
    hospital.follow()
    assert hospital.opened("clinft/results/") == [number]
    gated = hospital.gated(number)
    assert gated.exit_code == 0, gated.said


def test_results_of_before_that_are_merged_meanwhile_do_not_stop_the_project(opened: Opened) -> None:
    """The state was deleted, the run began again, and somebody merged what waited from before."""
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    run_id = hospital.pushed().ordered[0]["run"]
    hospital.follow()
    (number,) = hospital.opened("clinft/results/")
    store = GitStateStore(hospital.clone, os.environ, str(hospital.server.bare), None)
    hospital.merges(number)

    def another_record(here: ProjectState) -> ProjectState:
        (run,) = here.runs
        history = list(run.history[:-1])
        history.append(
            journal.entry_after(
                run_id, history, "succeeded", SystemClock().now(), history[-1].workflow_run, record="f" * 64
            )
        )
        return forged(here, history=tuple(history))

    hospital.changed(another_record)
    assert store.read("demo").state.runs
    said = hospital.reconcile().said
    # A way out, in words; and what is merged may be deployed.
    assert "may be deployed" in said, said


def test_what_the_state_says_deletes_no_weights(opened: Opened) -> None:
    """Anybody who may push writes that the run failed long ago; its results wait for people, its model is there."""
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    run_id = hospital.pushed().ordered[0]["run"]
    hospital.follow()

    def failed_long_ago(here: ProjectState) -> ProjectState:
        long_ago = datetime(2001, 1, 1, tzinfo=UTC)
        history = [journal.entry_after(run_id, (), "queued", long_ago, None)]
        history.append(journal.entry_after(run_id, history, "failed", long_ago, None))
        return forged(here, history=tuple(history))

    hospital.changed(failed_long_ago)
    assert hospital.weights("demo", run_id).exists()
    hospital.lands(8, project("other"), "mila", "petra")
    hospital.pushed()
    assert hospital.weights("demo", run_id).exists()


def test_only_the_pull_request_of_a_run_is_rebuilt_for_it(opened: Opened) -> None:
    """The state of one project says that its results wait in the pull request of another."""
    hospital = opened()
    for number, name in ((7, "alpha"), (8, "beta")):
        hospital.lands(number, project(name), "mila", "petra")
        hospital.pushed()
        hospital.follow()
    of_alpha, _ = hospital.opened("clinft/results/")
    hospital.changed(lambda here: forged(here, results=of_alpha), "beta")
    hospital.commit("main", {"projects/tracking/runs.csv": "moved on\n"})
    hospital.reconcile()
    hospital.reconcile()
    head = hospital.server.pulls[of_alpha].head_ref
    assert hospital.files(f"refs/heads/{head}", "projects/alpha/runs")


def test_a_run_that_began_anew_ends_where_its_results_of_before_are_merged(opened: Opened) -> None:
    """The state was deleted while they waited; train would say that nothing is left to do, hour by hour."""
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    run_id = hospital.pushed().ordered[0]["run"]
    hospital.follow()
    (number,) = hospital.opened("clinft/results/")
    queued = journal.entry_after(run_id, (), "queued", SystemClock().now(), None)
    hospital.changed(lambda here: forged(here, history=(queued,), results=None))
    hospital.merges(number)
    before = len(hospital.server.dispatches)
    ran = hospital.reconcile()
    assert (ran.codes, hospital.statuses()) == ({"reconcile": 0}, ["queued", "cancelled"]), ran.said
    assert hospital.reconcile().codes == {"reconcile": 0}
    assert hospital.server.dispatches[before:] == []


def test_a_state_of_a_project_that_is_gone_opens_no_spec_from_elsewhere(opened: Opened) -> None:
    """It says that the run was started from a commit that was pushed to a branch, with a spec of its own."""
    hosted: dict[str, Any] = {"training": {"provider": "fake_hosted"}}
    hospital = opened(providers={"fake_hosted": {}})
    hospital.lands(7, project(**hosted), "mila", "petra")
    run_id = hospital.pushed().ordered[0]["run"]
    hospital.follow()
    hospital.server.repo.git("update-ref", "refs/heads/mine", hospital.tip())
    elsewhere = hospital.commit("mine", {"README.md": "of mine\n"})
    hospital.lands(8, dict.fromkeys(project(), None), "mila", "petra")
    hospital.changed(lambda here: forged(here, main_sha=elsewhere))
    ran = hospital.reconcile()
    assert ran.codes == {"reconcile": 1}
    assert f"its job ftjob-{run_id} at fake_hosted may still run. Neither demo nor the commit" in ran.said
