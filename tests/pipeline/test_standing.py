"""Which run may be deployed again: told by the files of its folder and by the history of deployment.yaml."""

import os
from datetime import date
from pathlib import Path

import pytest

from clinft.adapters.git import GitHistory
from clinft.artifacts.results import Reference, SafetyCheck
from clinft.pipeline.standing import earlier, found_worse, may_be_deployed, standing_at, why_not
from tests.fakes import run_inputs, run_results
from tests.fakes.committed_runs import commit_run, evaluate_again
from tests.fakes.github.bare import identity, run_git

TODAY = date(2026, 11, 25)
A, B, C = "aaaaaaaaaaaa-a1", "bbbbbbbbbbbb-a1", "cccccccccccc-a1"
GOOD = run_results.regression().model_copy(update={"status": "PASS", "recommendation": "deploy"})
BAD = GOOD.model_copy(update={"status": "FAIL", "recommendation": "rollback"})
HARM = GOOD.model_copy(update={"status": "CRITICAL", "recommendation": "rollback", "keep": "aaaaaaaaaaaa-a1"})


class Repository:
    def __init__(self, root: Path) -> None:
        self.root = root
        run_git(root, "init", "--quiet", "--initial-branch=main")

    def run(self, run_id: str, **changed: object) -> Path:
        made = {"regress": GOOD, **changed}
        return commit_run(self.root / "projects", f"demo/{run_id}", **made)  # type: ignore[arg-type]

    def deploy(self, run_id: str | None) -> None:
        path = self.root / "projects/demo/deployment.yaml"
        if run_id is None:
            path.unlink()
        else:
            path.write_text(f"run_id: {run_id}\n")
        self.commit()

    def commit(self) -> None:
        run_git(self.root, "add", "--all", "--force")
        who = {**identity("alice"), **identity("alice", role="COMMITTER")}
        run_git(self.root, "commit", "--quiet", "--allow-empty", "-m", "More", env=who)

    def earlier(self) -> str | None:
        history = GitHistory(self.root, os.environ)
        tip = history.resolve("HEAD")
        assert tip is not None
        return earlier(history, tip, standing_at(self.root, "demo"), TODAY)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path)
    for run_id in (A, B, C):
        made.run(run_id)
    return made


def test_the_run_before_it_is_found(repository: Repository) -> None:
    for run_id in (A, B):
        repository.deploy(run_id)
    assert repository.earlier() == A


def test_one_that_failed_since_is_passed_over(repository: Repository) -> None:
    for run_id in (A, B, C):
        repository.deploy(run_id)
    evaluate_again(repository.root / "projects/demo/runs" / B, regress=BAD)
    repository.commit()
    assert repository.earlier() == A


def test_one_that_did_harm_since_is_passed_over(repository: Repository) -> None:
    for run_id in (A, B, C):
        repository.deploy(run_id)
    evaluate_again(repository.root / "projects/demo/runs" / B, regress=HARM)
    repository.commit()
    assert repository.earlier() == A


def test_harm_found_in_any_part_of_a_verdict_forbids_deployment() -> None:
    check = SafetyCheck(rule="sentinels", status="CRITICAL", detail="One was missed.")
    reference = Reference(role="approved", run_id=A, status="CRITICAL")
    assert may_be_deployed(GOOD)
    assert not may_be_deployed(None)
    assert not may_be_deployed(BAD)
    for update in ({"status": "CRITICAL"}, {"safety": (check,)}, {"references": (reference,)}):
        assert not may_be_deployed(GOOD.model_copy(update=update)), update


def test_what_takes_a_deployed_run_back(repository: Repository) -> None:
    """Its newest evaluation; before any, only that its own verdict is CRITICAL."""
    standing = standing_at(repository.root, "demo")
    run = standing.run(A)
    assert found_worse(standing, run) is None
    evaluate_again(run, regress=BAD)
    assert found_worse(standing, run) == (run / "again/01", BAD)
    evaluate_again(run, 2, regress=HARM)
    assert found_worse(standing, run) == (run / "again/02", HARM)
    evaluate_again(run, 3, regress=GOOD)
    assert found_worse(standing, run) is None
    harmful = repository.run("dddddddddddd-a1", regress=HARM)
    assert found_worse(standing, harmful) == (harmful, HARM)
    assert found_worse(standing, repository.run("eeeeeeeeeeee-a1", regress=BAD)) is None, (
        "it failed, and says so"
    )


def test_the_first_one_has_none_before_it(repository: Repository) -> None:
    repository.deploy(A)
    assert repository.earlier() is None


def test_who_was_deployed_twice_is_not_its_own_way_back(repository: Repository) -> None:
    for run_id in (A, B, A):
        repository.deploy(run_id)
    assert repository.earlier() == B


def test_a_file_that_somebody_broke_in_between_is_passed_over(repository: Repository) -> None:
    repository.deploy(A)
    (repository.root / "projects/demo/deployment.yaml").write_text("run_id: [\n")
    repository.commit()
    repository.deploy(B)
    assert repository.earlier() == A


def retired() -> object:
    estimate = run_inputs.estimate()
    base = estimate.plan.base_model.model_copy(update={"ref": "gpt-4o-2024-08-06"})
    plan = estimate.plan.model_copy(update={"provider": "azure_openai", "base_model": base})
    return estimate.model_copy(update={"plan": plan})


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({}, "succeeded", None),
        ({}, "failed", "no record of it"),
        ({"regress": BAD}, "succeeded", "never was deploy"),
        ({"regress": None}, "succeeded", "never was deploy"),
        ({"regress": HARM}, "succeeded", "is CRITICAL"),
        ({"regress": HARM.model_copy(update={"recommendation": "deploy"})}, "succeeded", "is CRITICAL"),
        ({"estimate": None}, "succeeded", "served no longer"),
        ({"estimate": retired()}, "succeeded", "served no longer"),
    ],
    ids=[
        "a good one",
        "failed",
        "bad verdict",
        "no verdict",
        "harm",
        "harm that says deploy",
        "unknown base model",
        "retired base model",
    ],
)
def test_what_speaks_against_it(
    repository: Repository, changed: dict[str, object], status: str, said: str | None
) -> None:
    repository.run("dddddddddddd-a1", **changed, status=status)
    against = why_not(standing_at(repository.root, "demo"), "dddddddddddd-a1", date(2027, 12, 1))
    assert (against is None) if said is None else (against is not None and said in against)


def test_a_run_that_is_not_here_or_was_changed(repository: Repository) -> None:
    standing = standing_at(repository.root, "demo")
    assert "no record" in (why_not(standing, "eeeeeeeeeeee-a1", TODAY) or "")
    (standing.run(A) / "record.json").write_text("{}")
    assert "changed" in (why_not(standing, A, TODAY) or "")
