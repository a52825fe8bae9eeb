"""A candidate with a critical regression, or compared with another model than the one in use, is not deployed."""

import json
from pathlib import Path
from typing import Any

from tests.fakes.after_merge import AfterMerge, Job, Opened
from tests.fakes.hospital import project

DEPLOYMENT = "projects/demo/deployment.yaml"


def plan(revision: int) -> dict[str, str]:
    hosted: dict[str, Any] = {
        "data": {"records": 160},
        "training": {"provider": "fake_hosted"},
        "regression": {"critical_labels": ["circulatory"]},
        "revision": revision,
    }
    return project(**hosted)


def service(hospital: AfterMerge, run_id: str) -> Path:
    return hospital.cache / "clinft" / "fake-hosted" / run_id


def trained(hospital: AfterMerge, number: int, revision: int, model: dict[str, Any] | None = None) -> str:
    """Merged, trained at the provider (which gives `model`, if any), fetched; its results are merged."""
    hospital.lands(number, plan(revision), "mila", "petra")
    run_id: str = hospital.pushed().ordered[0]["run"]
    hospital.follow()
    job = service(hospital, run_id) / "job.json"
    job.write_text(json.dumps({**json.loads(job.read_text()), "status": "succeeded"}))
    if model is not None:
        (job.parent / "word_counts.json").write_text(json.dumps(model))
    hospital.reconcile()
    hospital.follow()
    hospital.merges(hospital.opened(f"clinft/results/{run_id}")[0])
    hospital.reconcile()
    return run_id


def test_a_candidate_that_misses_what_the_deployed_model_finds_leads_to_nothing(opened: Opened) -> None:
    hospital = opened(providers={"fake_hosted": {}})
    deployed = trained(hospital, 7, 1)
    assert hospital.opened(f"clinft/deploy/{deployed}")
    hospital.lands(20, {DEPLOYMENT: f"run_id: {deployed}\n"}, "petra", "carl")
    good = json.loads((service(hospital, deployed) / "word_counts.json").read_text())
    candidate = trained(hospital, 8, 2, {**good, "circulatory": {"nothing": 1_000_000}})
    place = f"projects/demo/runs/{candidate}/regress.json"
    verdict = json.loads(hospital.file("refs/heads/main", place))["payload"]
    assert (verdict["status"], verdict["recommendation"]) == ("FAIL", "iterate")
    assert verdict["baseline_run_id"] == deployed
    assert verdict["critical_flips"]
    assert hospital.opened("clinft/deploy/") == hospital.opened(f"clinft/deploy/{deployed}")
    assert hospital.opened("clinft/rollback/") == []


def test_a_run_that_was_not_compared_with_what_is_in_use_is_deployed_by_nobody(opened: Opened) -> None:
    """Both are the first, since nothing was in use when they were compared; then one of them is deployed."""
    hospital = opened(providers={"fake_hosted": {}})
    one = trained(hospital, 7, 1)
    other = trained(hospital, 8, 2)
    place = f"projects/demo/runs/{other}/regress.json"
    verdict = json.loads(hospital.file("refs/heads/main", place))["payload"]
    assert (verdict["status"], verdict["recommendation"]) == ("FIRST", "deploy")

    def by_hand(number: int, run_id: str) -> Job:
        hospital.branch(f"by-hand-{number}", {DEPLOYMENT: f"run_id: {run_id}\n"})
        hospital.server.open_pull(number, f"by-hand-{number}")
        hospital.approve(number, "petra", "carl")
        return hospital.gated(number)

    # While nothing is in use, either may be.
    before = by_hand(50, other)
    assert before.exit_code == 0, before.said
    hospital.lands(20, {DEPLOYMENT: f"run_id: {one}\n"}, "petra", "carl")
    stale = by_hand(51, other)
    assert stale.exit_code != 0
    assert f"{other} was compared with no model in use, and now {one} is in use" in stale.said
    # Somebody merged it past the gate: the one before was in use once, so it may come back.
    hospital.lands(52, {DEPLOYMENT: f"run_id: {other}\n"}, "petra", "carl")
    back = by_hand(53, one)
    assert back.exit_code == 0, back.said
