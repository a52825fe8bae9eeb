"""Two plans of one project at the same time: nobody is trained twice, and nobody is forgotten."""

import json

from tests.fakes.after_merge import AfterMerge, Opened
from tests.fakes.hospital import project, spec

SPEC = "projects/demo/project.yaml"
TABLES = ("datasets", "runs", "evaluations", "regressions", "costs", "decisions")


def test_the_second_plan_waits_until_the_first_is_over_and_is_started_by_reconcile(opened: Opened) -> None:
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    first = hospital.push_event(hospital.before)

    def second_merge() -> None:
        hospital.lands(8, {SPEC: spec(revision=2)}, "mila", "petra")
        ran = hospital.pushed()
        assert (ran.codes, ran.ordered) == ({"start": 0}, [])
        assert "busy" in ran.said
        assert "reconcile starts what is left when it is free" in ran.said

    old = hospital.train(first, between=second_merge)
    # The first plan is not the branch's any more: its machine trains nothing.
    assert old.codes == {"start": 0, "train": 1, "hand-over": 0}
    assert "CLINFT-G045" in old.said
    assert [one.codes for one in hospital.follow()] == [{"report": 0, "publish": 1}]
    assert hospital.statuses() == ["queued", "cancelled"]
    # GitHub runs an old workflow run again on its old commit.
    again = hospital.train(first, run_id=old.run_id, attempt=2)
    assert (again.codes, again.ordered) == ({"start": 1}, [])
    assert "CLINFT-G045" in again.said
    said = hospital.reconcile().said
    assert "demo: its plan was approved, merged and never ran; train was started for it." in said
    (asked,) = hospital.server.dispatches[hospital.followed :]
    ran = hospital.dispatched(asked["inputs"], work="lost", ends=False)
    assert [each["project"] for each in ran.ordered] == ["demo"]
    # reconcile came along twice before that began.
    late = hospital.dispatched(asked["inputs"])
    assert (late.codes, late.ordered) == ({"start": 0}, [])
    assert "at work on it" in hospital.reconcile().said
    assert hospital.trained == []


def verdict(hospital: AfterMerge, run_id: str) -> dict[str, object]:
    """Of the run's results, as its branch has them."""
    ref = f"refs/heads/clinft/results/{run_id}"
    said = json.loads(hospital.file(ref, f"projects/demo/runs/{run_id}/regress.json"))
    found: dict[str, object] = said["payload"]
    return found


def test_two_results_wait_for_people_at_once(opened: Opened) -> None:
    """What nobody has merged yet is a baseline to come; what somebody closed is none."""
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    one = hospital.pushed().ordered[0]["run"]
    hospital.follow()
    assert verdict(hospital, one)["status"] == "FIRST"
    (first,) = hospital.opened("clinft/results/")
    hospital.lands(8, {SPEC: spec(revision=2)}, "mila", "petra")
    two = hospital.pushed().ordered[0]["run"]

    # Closed: it is said, and it is not opened again. The job of the second report dies before it publishes.
    hospital.server.close_pull(first)
    (asked,) = hospital.server.dispatches[hospital.followed :]
    hospital.followed += 1
    assert '"status": "FIRST"' in hospital.report(asked["inputs"], dies=True).jobs["report"].evidence(
        "regress.json"
    )
    said = hospital.reconcile().said
    assert f"{one}: results pull request {first} was closed without a merge. Open it again" in said
    assert f"{two}: its bundle was never reported; report was started for it." in said
    assert hospital.opened("clinft/results/") == [first]

    hospital.server.reopen_pull(first)
    (report,) = hospital.follow()
    assert report.codes == {"report": 0, "publish": 0}
    second = hospital.opened("clinft/results/")[1]
    assert (verdict(hospital, two)["status"], verdict(hospital, two)["recommendation"]) == (
        "INCOMPARABLE",
        "iterate",
    )
    assert f"Results of {one} are not merged yet" in str(verdict(hospital, two)["reason"])
    assert hospital.trained == [one, two]

    # Both add rows to the same tables, which GitHub cannot merge.
    hospital.merges(first)
    branch = f"refs/heads/clinft/results/{two}"
    assert not hospital.fits(branch)
    said = hospital.reconcile().said
    assert f"{one}: its results are merged." in said
    assert f"results pull request {second} waits for a person. Its branch was rebuilt" in said
    assert hospital.fits(branch)
    gated = hospital.gated(second)
    assert gated.exit_code == 0, gated.output
    hospital.merges(second)
    for table in TABLES:
        rows = hospital.rows(table)
        assert [run for run in (one, two) if any(run in row for row in rows)] == [one, two], table
    assert hospital.opened("clinft/tracking") == []
