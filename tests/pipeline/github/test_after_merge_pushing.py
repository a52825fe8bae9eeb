"""A merge without approval starts nothing; a late one does. Where the policy says so, results land without a PR."""

from tests.fakes.after_merge import OWN_MACHINE, Opened
from tests.fakes.hospital import project


def test_a_late_approval_starts_what_was_refused_and_its_results_are_pushed(opened: Opened) -> None:
    hospital = opened(commit_back={"mode": "push"}, **OWN_MACHINE)
    hospital.lands(7, project(), "mila")
    ran = hospital.pushed()
    assert (ran.codes, ran.ordered) == ({"start": 1}, [])
    assert "CLINFT-G011" in ran.said
    assert "after the merge, a late approval counts too" in ran.said
    summary = ran.jobs["start"].summary
    assert "## clinft train: 1 refused" in summary
    assert "run train again (Actions → train → Run workflow)" in summary
    said = hospital.reconcile().said
    assert "demo: its plan has no run, and the gate does not allow one yet" in said
    assert hospital.server.dispatches == []
    assert hospital.state().holder is None

    hospital.approve(7, "petra")
    run_id = hospital.dispatched({"project": "demo"}).ordered[0]["run"]
    (asked,) = hospital.server.dispatches
    (report,) = hospital.follow()
    assert report.codes == {"report": 0, "publish": 0}
    assert hospital.opened("clinft/") == []
    tip = hospital.tip()
    queued, trained, row = hospital.rows("runs")
    assert [one.split(",")[0] for one in (queued, trained, row)] == [
        f"demo/{run_id}/{number}" for number in ("01", "02", "03")
    ]
    assert ",queued," in queued
    assert ",succeeded," in row
    for table in ("datasets", "evaluations", "costs", "decisions"):
        assert len(set(hospital.rows(table))) == len(hospital.rows(table)) > 0, table
    statuses = hospital.files(tip, f"projects/demo/runs/{run_id}/status")
    assert [name.rpartition("/")[2] for name in statuses] == ["01.json", "02.json", "03.json"]

    # Whoever comes again finds it done.
    again = hospital.started(asked)
    assert again.codes["report"] == 0
    assert hospital.tip() == tip
    assert f"{run_id}: its results are merged." in hospital.reconcile().said
    assert hospital.state().runs == ()
    assert "nothing is paid twice" in hospital.dispatched({"project": "demo"}).said
    assert (hospital.tip(), hospital.trained) == (tip, [run_id])
    # The only pull request is the one that asks for a deployment.
    assert [hospital.server.pulls[n].head_ref for n in hospital.opened("clinft/")] == [
        f"clinft/deploy/{run_id}"
    ]
