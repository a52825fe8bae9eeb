"""A deployed model that failed when it was looked at again is taken back, and comes back by no quiet way."""

import io
import json
import os
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clinft import run_folder
from clinft.adapters.git import GitHistory
from clinft.adapters.github import GitHubReader
from clinft.adapters.github.client import Address
from clinft.artifacts.decision import Approval, GateDecision, Source
from clinft.cli.changed import policy_at
from clinft.errors import DigestMismatch
from clinft.pipeline import status_files, tracking
from clinft.pipeline.github.approved_by import check_approvals
from clinft.pipeline.standing import standing_at, why_not
from clinft.spec.policy import Policy
from tests.fakes import run_results
from tests.fakes.after_merge import AfterMerge, Opened
from tests.fakes.committed_runs import LIVED, commit_run, entries, evaluate_again, seal
from tests.fakes.hospital import project

TODAY, A = date(2026, 11, 25), "aaaaaaaaaaaa-a1"
GOOD = run_results.regression().model_copy(update={"status": "PASS", "recommendation": "deploy"})
BAD = GOOD.model_copy(update={"status": "FAIL", "recommendation": "rollback"})
DEPLOYMENT = "projects/demo/deployment.yaml"
HOSTED: dict[str, Any] = {
    "data": {"records": 160},
    "training": {"provider": "fake_hosted"},
    "regression": {"critical_labels": ["circulatory"]},
}


def failing(hospital: AfterMerge) -> str:
    """Deployed, drifted at its provider, and evaluated once more; the verdict is on main."""
    hospital.lands(7, project(**HOSTED), "mila", "petra")
    run_id: str = hospital.pushed().ordered[0]["run"]
    hospital.follow()
    service = hospital.cache / "clinft" / "fake-hosted" / run_id
    job = service / "job.json"
    told = json.loads(job.read_text())
    job.write_text(job.read_text().replace(f'"{told["status"]}"', '"succeeded"'))
    hospital.reconcile()
    hospital.follow()
    (number,) = hospital.opened("clinft/results/")
    hospital.merges(number)
    hospital.reconcile()
    hospital.lands(20, {DEPLOYMENT: f"run_id: {run_id}\n"}, "petra", "carl")
    counts = json.loads((service / "word_counts.json").read_text())
    drifted = {**counts, "circulatory": {"nothing": 1_000_000}}
    (service / "word_counts.json").write_text(json.dumps(drifted))
    hospital.dispatched({"project": "demo", "evaluate": "true"})
    hospital.follow()
    (again,) = hospital.opened(f"clinft/results/{run_id}-again")
    hospital.merges(again)
    place = f"projects/demo/runs/{run_id}/again/01/regress.json"
    assert json.loads(hospital.file("refs/heads/main", place))["payload"]["recommendation"] == "rollback"
    return run_id


def test_a_closed_rollback_is_still_told(opened: Opened) -> None:
    """Anybody who may push can have github-actions[bot] open it, and close it."""
    hospital = opened(providers={"fake_hosted": {}})
    run_id = failing(hospital)
    hospital.reconcile()
    (number,) = hospital.opened("clinft/rollback/")
    hospital.server.close_pull(number)
    assert run_id in hospital.reconcile().said


def test_a_run_that_failed_when_it_was_looked_at_again_is_not_deployed_again(opened: Opened) -> None:
    hospital = opened(providers={"fake_hosted": {}})
    run_id = failing(hospital)
    hospital.reconcile()
    (number,) = hospital.opened("clinft/rollback/")
    hospital.merges(number)
    hospital.branch("back", {DEPLOYMENT: f"run_id: {run_id}\n"})
    hospital.server.open_pull(50, "back")
    hospital.checks(50)
    hospital.approve(50, "petra", "carl")
    gated = hospital.gated(50)
    assert gated.exit_code != 0, gated.output


def test_a_copy_of_an_earlier_evaluation_hides_no_failure(opened: Opened) -> None:
    """The evidence of the training itself, brought as `again/02`: GitHub vouches for each of its bytes."""
    hospital = opened(providers={"fake_hosted": {}})
    run_id = failing(hospital)
    run = f"projects/demo/runs/{run_id}"
    names = [name for name in hospital.files("refs/heads/main", run) if "/again/" not in name]
    copy = {name.replace(run, f"{run}/again/02"): hospital.file("refs/heads/main", name) for name in names}
    hospital.branch("innocent", copy)
    folder = hospital.clone_of_main(str(hospital.server.repo.ref("refs/heads/innocent")))
    tables = {
        path.relative_to(folder).as_posix(): path.read_text() for path in tracking.write(folder / "projects")
    }
    hospital.commit("innocent", tables)
    hospital.server.open_pull(50, "innocent")
    gated = hospital.gated(50)
    if gated.exit_code == 0:
        hospital.merges(50)
    hospital.reconcile()
    assert hospital.opened("clinft/rollback/"), (
        "the gate let it in, and nobody is asked to take the model back"
    )


def decided(hospital: AfterMerge) -> GateDecision:
    """What the machine that trains left of the gate."""
    (bundle,) = hospital.server.artifacts_of(101)
    with zipfile.ZipFile(io.BytesIO(bundle.data)) as archive:
        payload = json.loads(archive.read("gate.json"))["payload"]
    return GateDecision.model_validate_json(json.dumps(payload))


def asked(hospital: AfterMerge) -> tuple[GitHubReader, GitHistory, Callable[[str], Policy]]:
    server, history = hospital.server, GitHistory(hospital.clone_of_main(), os.environ)
    reader = GitHubReader(Address(server.api, "hosp/clinft", server.token, "report"))
    return reader, history, lambda commit: policy_at(history, commit)[0]


def test_approvals_in_a_bundle_are_those_of_the_pull_request_that_brought_the_plan(opened: Opened) -> None:
    """The machine that trains names another pull request, which the same people have looked at."""
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    hospital.pushed()
    other = hospital.lands(9, {"docs/x.md": "x\n"}, "mila", "petra")
    (reader, history, policy_of), decision = asked(hospital), decided(hospital)
    pull = reader.pull_request(9)
    given = tuple(
        Approval(
            role=role,
            person=review.person,
            plan_digest=decision.plan_digest,
            kind="review",
            review_id=review.id,
            commit=review.commit,
        )
        for role, review in zip(("ml", "privacy"), pull.reviews, strict=True)
    )
    source = Source(pull_request=9, head_sha=pull.head_sha, merge_sha=pull.merge_sha, approvers_from=other)
    forged = decision.model_copy(update={"source": source, "approvals": given})
    with pytest.raises(DigestMismatch):
        check_approvals(forged, "demo", 7, reader, history, policy_of)


def test_the_roles_in_a_bundle_are_those_of_the_policy(opened: Opened) -> None:
    """The machine that trains says that nobody had to approve, and that nobody did."""
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    hospital.pushed()
    (reader, history, policy_of), decision = asked(hospital), decided(hospital)
    forged = decision.model_copy(update={"approvals": (), "required_roles": ()})
    with pytest.raises(DigestMismatch):
        check_approvals(forged, "demo", 7, reader, history, policy_of)


def test_an_evaluation_that_broke_off_hides_no_failure(tmp_path: Path) -> None:
    """A failed or cancelled evaluation is sealed too, without a verdict; the newest verdict is another one's."""
    run = commit_run(tmp_path / "projects", f"demo/{A}", regress=GOOD)
    evaluate_again(run, 1, regress=BAD)
    broken = evaluate_again(run, 2)
    for name in ("evaluate.json", "regress.json", "report.json", "record.json"):
        (broken / name).unlink()
    seal(broken, "demo", A, "failed")
    assert why_not(standing_at(tmp_path, "demo"), A, TODAY) is not None


def test_no_rollback_leads_to_weights_that_were_deleted(tmp_path: Path) -> None:
    """The gate would refuse it (G061), and clinft opens no second one."""
    run = commit_run(tmp_path / "projects", f"demo/{A}", regress=GOOD)
    record = run_folder.load_record(run)
    assert record is not None
    assert why_not(standing_at(tmp_path, "demo"), A, TODAY) is None
    status_files.write_new(run, entries(A, (*LIVED, "weights_deleted"), record.digest))
    assert why_not(standing_at(tmp_path, "demo"), A, TODAY) is not None
