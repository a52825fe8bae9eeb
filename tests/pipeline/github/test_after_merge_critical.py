"""A CRITICAL verdict: loud, exit 1, never a deployment; a rollback pull request only where the run is in use."""

import json
from typing import Any

import pytest

from clinft.artifacts.results import RegressionVerdict, SafetyCheck
from clinft.stages.regress import stage as regress
from tests.fakes.after_merge import AfterMerge, Opened
from tests.fakes.hospital import project

DEPLOYMENT = "projects/demo/deployment.yaml"
HARM = SafetyCheck(rule="sentinels", status="CRITICAL", detail="test-000012 was right and is wrong now.", n=3)


def plan(revision: int, **more: Any) -> dict[str, str]:
    return project(data={"records": 160}, training={"provider": "fake_hosted"}, revision=revision, **more)


def does_harm(monkeypatch: pytest.MonkeyPatch, keep: str | None) -> None:
    """Every comparison from now on, whatever was measured."""
    compare = regress.regress

    def critical(*args: Any, **kwargs: Any) -> RegressionVerdict:
        found = compare(*args, **kwargs)
        return found.model_copy(
            update={
                "status": "CRITICAL",
                "recommendation": "rollback",
                "reason": "A sentinel case was missed.",
                "safety": (HARM,),
                "keep": keep,
            }
        )

    monkeypatch.setattr(regress, "regress", critical)


def trained(hospital: AfterMerge, number: int, revision: int, **more: Any) -> tuple[str, str, list[int]]:
    """The run, what the workflows said that brought its results, and the exit codes of `publish`."""
    hospital.lands(number, plan(revision, **more), "mila", "petra")
    run_id: str = hospital.pushed().ordered[0]["run"]
    hospital.follow()
    job = hospital.cache / "clinft" / "fake-hosted" / run_id / "job.json"
    job.write_text(json.dumps({**json.loads(job.read_text()), "status": "succeeded"}))
    hospital.reconcile()
    ran = hospital.follow()
    codes = [one.codes["publish"] for one in ran if "publish" in one.codes]
    return run_id, "\n".join(one.said for one in ran), codes


def body(hospital: AfterMerge, number: int) -> str:
    return str(hospital.server.issues[number].body)


def test_a_candidate_that_was_never_in_use(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    hospital = opened(providers={"fake_hosted": {}})
    deployed, _, codes = trained(hospital, 7, 1)
    assert codes[-1] == 0
    hospital.merges(hospital.opened(f"clinft/results/{deployed}")[0])
    hospital.lands(20, {DEPLOYMENT: f"run_id: {deployed}\n"}, "petra", "carl")
    with monkeypatch.context() as patched:
        does_harm(patched, deployed)
        candidate, said, codes = trained(hospital, 8, 2)
    assert codes[-1] == 1
    assert "CRITICAL" in said
    (number,) = hospital.opened(f"clinft/results/{candidate}")
    assert "> [!CAUTION]" in body(hospital, number)
    assert f"**Rollback: keep `{deployed}` in use, or go back to it.**" in body(hospital, number)
    assert any(f"keep `{deployed}` in use" in note for note in hospital.notes())
    hospital.merges(number)
    hospital.reconcile()
    assert not hospital.opened(f"clinft/deploy/{candidate}")
    assert hospital.opened("clinft/rollback/") == []
    # Somebody tries it by hand.
    hospital.branch("anyway", {DEPLOYMENT: f"run_id: {candidate}\n"})
    hospital.server.open_pull(50, "anyway")
    hospital.approve(50, "petra", "carl")
    gated = hospital.gated(50)
    assert gated.exit_code != 0
    assert "is CRITICAL" in gated.said
    # An administrator merges it past the gate: the next look takes it back.
    hospital.lands(51, {DEPLOYMENT: f"run_id: {candidate}\n"}, "petra", "carl")
    hospital.reconcile()
    (taken_back,) = hospital.opened(f"clinft/rollback/{candidate}")
    assert "> [!CAUTION]" in body(hospital, taken_back)
    assert hospital.file(f"refs/heads/clinft/rollback/{candidate}", DEPLOYMENT) == f"run_id: {deployed}\n"


def test_a_deployed_model_that_does_harm_when_it_is_looked_at_again(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    hospital = opened(providers={"fake_hosted": {}})
    deployed, *_ = trained(hospital, 7, 1)
    hospital.merges(hospital.opened(f"clinft/results/{deployed}")[0])
    hospital.lands(20, {DEPLOYMENT: f"run_id: {deployed}\n"}, "petra", "carl")
    does_harm(monkeypatch, None)
    hospital.dispatched({"project": "demo", "evaluate": "true"})
    assert [one.codes["publish"] for one in hospital.follow()] == [1]
    hospital.merges(hospital.opened(f"clinft/results/{deployed}-again")[0])
    hospital.reconcile()
    (number,) = hospital.opened(f"clinft/rollback/{deployed}")
    assert "no model of this project is to be used" in body(hospital, number)


def test_a_deployed_model_that_got_worse_names_the_one_before_it(opened: Opened) -> None:
    """It is compared with itself as it was, which is no version to go back to."""
    hospital = opened(providers={"fake_hosted": {}})
    critical = {"critical_labels": ["circulatory"]}
    before, *_ = trained(hospital, 7, 1, regression=critical)
    hospital.merges(hospital.opened(f"clinft/results/{before}")[0])
    hospital.lands(20, {DEPLOYMENT: f"run_id: {before}\n"}, "petra", "carl")
    in_use, *_ = trained(hospital, 8, 2, regression=critical)
    hospital.merges(hospital.opened(f"clinft/results/{in_use}")[0])
    hospital.lands(21, {DEPLOYMENT: f"run_id: {in_use}\n"}, "petra", "carl")
    counts = hospital.cache / "clinft" / "fake-hosted" / in_use / "word_counts.json"
    drifted = {**json.loads(counts.read_text()), "circulatory": {"nothing": 1_000_000}}
    counts.write_text(json.dumps(drifted))
    hospital.dispatched({"project": "demo", "evaluate": "true"})
    hospital.follow()
    hospital.merges(hospital.opened(f"clinft/results/{in_use}-again")[0])
    place = f"projects/demo/runs/{in_use}/again/01/regress.json"
    verdict = json.loads(hospital.file("refs/heads/main", place))["payload"]
    assert (verdict["recommendation"], verdict["baseline_run_id"]) == ("rollback", in_use)
    assert verdict["keep"] == before
