"""The second half of the loop under the real workflow files: merge, train, results, deployment, rollback."""

import json
from pathlib import Path

from tests.e2e.act import assert_jobs
from tests.e2e.merged import AfterMerge, Ran
from tests.e2e.pull_requests import PASSED, demo

TRAINED = {"start": "success", "train": "success", "hand-over": "success"}
STARTED = {"start": "success"}
TABLES = {"datasets", "runs", "evaluations", "regressions", "costs", "decisions"}
# The fewest records that a spec may have; the other needs cases enough to tell a loss from chance.
SMALL = {"data": {"records": 40}, "training": {"runner": "gpu-box"}}
HOSTED = {
    "data": {"records": 160},
    "training": {"provider": "fake_hosted"},
    "regression": {"critical_labels": ["circulatory"]},
}


def test_a_merge_from_its_refusal_to_the_deployment(tmp_path: Path) -> None:
    """One test, because each step begins where the one before it ended."""
    hospital = AfterMerge(tmp_path / "hospital")
    hospital.pip = {}
    with hospital.server:
        hospital.brought(7, demo(**SMALL))
        assert_refused(hospital, hospital.pushed())
        # A late approval on the merged pull request, and a dispatch.
        for login in ("mila", "petra"):
            hospital.server.review(7, login, "APPROVED")
        trained = hospital.train({"project": "demo"})
        assert_jobs(trained.run, TRAINED)
        (run,) = hospital.state().runs
        (reported,) = hospital.follow()
        assert_jobs(reported.run, {"report": "success"})
        number = assert_results(hospital, reported, run.run_id)
        checked = hospital.check(number)
        assert_jobs(checked.run, PASSED)
        assert checked.codes() == set()
        hospital.merged(number)
        assert_jobs(hospital.pushed().run, STARTED)  # nothing is trained twice
        assert_deployment(hospital, hospital.reconcile(), run.run_id)
        assert_nothing_to_do(hospital)


def assert_refused(hospital: AfterMerge, refused: Ran) -> None:
    assert_jobs(refused.run, {"start": "failure"})
    summary = refused.run.summaries["start"]
    assert "1 refused" in summary
    assert "CLINFT-G011" in summary
    assert "run train again" in summary
    assert refused.wrote("issues/create", "issues/create-comment", "git/create-ref") == []
    assert hospital.server.repo.ref("refs/clinft/demo") is None


def assert_results(hospital: AfterMerge, reported: Ran, run_id: str) -> int:
    (number,) = hospital.opened(f"clinft/results/{run_id}")
    branch, place = f"clinft/results/{run_id}", f"projects/demo/runs/{run_id}"
    record = hospital.json(branch, f"{place}/record.json")
    assert (record["run_id"], record["status"]) == (run_id, "succeeded")
    status = [path for path in hospital.files(branch, f"{place}/status") if path.endswith(".json")]
    assert [hospital.json(branch, path)["status"] for path in status] == ["queued", "trained", "succeeded"]
    assert hospital.json(branch, status[-1])["record"] == record["digest"]
    changed = hospital.changed(branch)
    allowed = (f"{place}/", "projects/tracking/", "projects/demo/")
    assert all(path.startswith(allowed) for path in changed)
    assert {path.split("/")[-1].removesuffix(".csv") for path in changed if path.endswith(".csv")} == TABLES
    assert not [path for path in changed if "/data/" in path]
    body = hospital.server.issues[number].body or ""
    assert "may decide to deploy it" in body
    assert run_id in body
    assert hospital.state().holder is None
    assert reported.wrote("pulls/create") == ["pulls/create"]
    said = "\n".join(hospital.notes())
    for step in ("queued", "prepared", "audited", "evaluated", "compared", f"pull-{number}"):
        assert said.count(f"key={run_id}-{step}") == 1, step
    return number


def assert_deployment(hospital: AfterMerge, reconciled: Ran, run_id: str) -> None:
    assert_jobs(reconciled.run, {"reconcile": "success"})
    assert hospital.state().runs == ()
    branch = f"clinft/deploy/{run_id}"
    assert hospital.changed(branch) == ["projects/demo/deployment.yaml"]
    assert hospital.file(branch, "projects/demo/deployment.yaml") == f"run_id: {run_id}\n".encode()
    (number,) = hospital.opened(branch)
    event = hospital.repository.pull_request_event(number)
    _, results = hospital.verbs(event)
    waiting, place = hospital.gate(event, results)
    report = json.loads((place / "checks/report.json").read_text())
    (project,) = report["projects"]
    # The evidence needs nobody's word: GitHub names the workflow run that sealed it.
    assert {reason["code"] for reason in project["decision"]["reasons"]} == {"CLINFT-G011"}
    assert project["decision"]["required_roles"] == ["privacy", "clinical"]
    # A deployment is not asked about again on main, so the gate insists before the merge.
    assert waiting.exit_code == 1
    for login in ("petra", "carl"):
        hospital.server.review(number, login, "APPROVED")
    agreed, _ = hospital.gate(event, results)
    assert agreed.exit_code == 0, agreed.output


def assert_nothing_to_do(hospital: AfterMerge) -> None:
    before = len(hospital.server.log)
    again = hospital.reconcile()
    assert_jobs(again.run, {"reconcile": "success"})
    assert {call.method for call in hospital.server.log[before:]} <= {"GET", "POST"}
    assert not again.wrote("pulls/create", "issues/create", "issues/create-comment", "git/create-ref")
    assert hospital.follow() == []


def test_a_hosted_job_fails_is_tried_again_and_its_model_drifts(tmp_path: Path) -> None:
    hospital = AfterMerge(tmp_path / "hospital", providers={"fake": {}, "fake_hosted": {}})
    with hospital.server:
        hospital.brought(7, demo(**HOSTED), "mila", "petra")
        hospital.pushed()
        hospital.follow()
        (run,) = hospital.state().runs
        assert run.status == "running"
        first, second = run.run_id, run.run_id.replace("-a1", "-a2")
        hospital.at_provider(first, "failed")
        hospital.reconcile()  # asks the provider, and has train fetch what it says
        hospital.follow()
        failed = hospital.state().run(first)
        assert failed is not None
        assert failed.status == "failed"
        # A further attempt needs no further pull request.
        hospital.train({"project": "demo"})
        hospital.follow()
        hospital.at_provider(second, "succeeded")
        hospital.reconcile()
        hospital.follow()
        assert hospital.submissions() == [first, second]
        (results,) = hospital.opened(f"clinft/results/{second}")
        hospital.merged(results)
        hospital.reconcile()
        (deployment,) = hospital.opened(f"clinft/deploy/{second}")
        hospital.merged(deployment)
        assert_rolled_back(hospital, second)


def assert_rolled_back(hospital: AfterMerge, deployed: str) -> None:
    hospital.drifts(deployed)
    hospital.train({"project": "demo", "evaluate": "true"})
    hospital.follow()
    (number,) = hospital.opened(f"clinft/results/{deployed}-again")
    place = f"projects/demo/runs/{deployed}/again/01"
    verdict = hospital.json(f"clinft/results/{deployed}-again", f"{place}/regress.json")["payload"]
    assert (verdict["status"], verdict["recommendation"]) == ("FAIL", "rollback")
    assert verdict["critical_flips"]
    hospital.merged(number)
    hospital.reconcile()
    branch = f"clinft/rollback/{deployed}"
    assert hospital.opened(branch)
    # Nothing was deployed before it, so nothing is deployed then.
    assert hospital.changed(branch) == ["projects/demo/deployment.yaml"]
    assert hospital.files(branch, "projects/demo/deployment.yaml") == []
