"""A run that is not deployed: its next plan is proposed, and trained when somebody makes it theirs."""

import json
from typing import Any

import pytest
import yaml

from clinft.artifacts.results import RegressionVerdict, SafetyCheck
from clinft.stages.regress import stage as regress
from tests.fakes.after_merge import AfterMerge, Opened
from tests.fakes.hospital import project

SPEC = "projects/demo/project.yaml"
HARM = SafetyCheck(rule="critical_recall", status="CRITICAL", detail="Below its bound.", n=40)
COMMENT = "  # How many there are.\n"


def plan(**changes: Any) -> dict[str, str]:
    files = project(
        data={"records": 160},
        training={"provider": "fake_hosted"},
        # Nobody reaches it on 32 test records.
        evaluation={"thresholds": [{"metric": "accuracy", "min": 0.999}]},
        **changes,
    )
    files[SPEC] = files[SPEC].replace("  records: 160\n", f"{COMMENT}  records: 160\n")
    assert COMMENT in files[SPEC]
    return files


@pytest.fixture
def hospital(opened: Opened) -> AfterMerge:
    return opened(providers={"fake_hosted": {}})


def merged_run(hospital: AfterMerge) -> str:
    hospital.lands(7, plan(), "mila", "petra")
    run_id: str = hospital.pushed().ordered[0]["run"]
    hospital.follow()
    job = hospital.cache / "clinft" / "fake-hosted" / run_id / "job.json"
    job.write_text(json.dumps({**json.loads(job.read_text()), "status": "succeeded"}))
    hospital.reconcile()
    hospital.follow()
    hospital.merges(hospital.opened(f"clinft/results/{run_id}")[0])
    return run_id


def test_another_try_is_proposed_once_and_trained_when_somebody_makes_it_theirs(
    hospital: AfterMerge,
) -> None:
    run_id = merged_run(hospital)
    hospital.reconcile()
    branch = f"clinft/iterate/{run_id}"
    (number,) = hospital.opened(branch)
    before, after = hospital.file("refs/heads/main", SPEC), hospital.file(f"refs/heads/{branch}", SPEC)
    changed = yaml.safe_load(after)
    assert COMMENT in after
    assert changed["data"].pop("records") > 160
    changed["data"].pop("splits")
    old = yaml.safe_load(before)
    old["data"].pop("records")
    assert changed == old, "nothing else changes"
    body = hospital.server.issues[number].body or ""
    assert "**FIRST**" in body
    assert "Learning curve: missing: runs on 3 different numbers of records are needed" in body
    assert "**The test split stays byte for byte the same**" in body
    assert any("Another try proposed" in note for note in hospital.notes())
    # Only what people read stands there, and it is opened once.
    hospital.reconcile()
    assert hospital.opened(branch) == [number]
    # Somebody makes the plan theirs; what merging it starts is decided on main, by the reviews it got.
    hospital.branch("another-try", {SPEC: f"{after}# Read by alice.\n"}, base=branch)
    hospital.server.open_pull(60, "another-try", author="alice")
    hospital.approve(60, "mila", "petra")
    hospital.merges(60)
    ran = hospital.pushed()
    assert [one["run"] != run_id for one in ran.ordered] == [True], ran.said


def test_the_merge_of_the_bots_pull_request_trains_nothing(hospital: AfterMerge) -> None:
    merged_run(hospital)
    hospital.reconcile()
    (number,) = hospital.opened("clinft/iterate/")
    hospital.approve(number, "mila", "petra")
    hospital.merges(number)
    ran = hospital.pushed()
    assert ran.ordered == []
    assert "CLINFT-G055" in ran.said


def test_a_proposal_that_people_closed_is_not_made_again(hospital: AfterMerge) -> None:
    run_id = merged_run(hospital)
    hospital.reconcile()
    (number,) = hospital.opened("clinft/iterate/")
    hospital.server.close_pull(number)
    said = hospital.reconcile().said
    assert hospital.opened("clinft/iterate/") == [number]
    assert f"{run_id} is not deployed" not in said


def test_nothing_is_proposed_for_a_plan_that_somebody_has_changed_since(hospital: AfterMerge) -> None:
    merged_run(hospital)
    hospital.lands(8, plan(revision=2), "mila", "petra")
    hospital.reconcile()
    assert hospital.opened("clinft/iterate/") == []


def test_a_first_run_that_does_harm_is_looked_at_by_people_first(
    hospital: AfterMerge, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare = regress.regress

    def harmful(*args: Any, **kwargs: Any) -> RegressionVerdict:
        """Nothing to compare with, and a rule of safety is broken by the model alone."""
        return compare(*args, **kwargs).model_copy(update={"safety": (HARM,)})

    monkeypatch.setattr(regress, "regress", harmful)
    run_id = merged_run(hospital)
    place = f"projects/demo/runs/{run_id}/regress.json"
    verdict = json.loads(hospital.file("refs/heads/main", place))["payload"]
    assert (verdict["status"], verdict["recommendation"]) == ("FIRST", "iterate")
    hospital.reconcile()
    assert hospital.opened("clinft/iterate/") == []
