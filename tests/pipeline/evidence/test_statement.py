"""The statement of runs that a laptop does not make: evaluated again, failed, of a hosted model."""

import json
from pathlib import Path
from typing import Any

import pytest

from clinft.pipeline.evidence import layout
from clinft.pipeline.evidence.checking import check
from clinft.pipeline.evidence.packing import derived
from clinft.pipeline.status_files import write_new
from tests.fakes import run_results
from tests.fakes.committed_runs import commit_run, entries, evaluate_again
from tests.fakes.past_runs import record_of
from tests.fakes.progress import Quiet


def made(folder: Path) -> tuple[dict[str, Any], str]:
    """Statement and guide of a folder that holds a run as evidence does."""
    found = derived(folder)
    return json.loads(found[layout.STATEMENT]), found[layout.GUIDE].decode()


def test_later_evaluations_and_the_history_are_part_of_it(tmp_path: Path) -> None:
    run = commit_run(tmp_path)
    evaluate_again(run, regress=run_results.regression())
    write_new(run, entries(run.name, record=record_of(run).digest))
    statement, guide = made(tmp_path)
    predicate = statement["predicate"]
    (again,) = predicate["evaluatedAgain"]
    assert [step["step"] for step in again["steps"]] == ["evaluation", "verdict", "report"]
    assert again["steps"][0]["artifact"]["name"] == f"demo/runs/{run.name}/again/01/evaluate.json"
    assert [entry["status"] for entry in predicate["history"]] == [
        "queued",
        "running",
        "trained",
        "succeeded",
    ]
    assert f"- 01: {run_results.regression().status}" in guide
    assert f"demo/runs/{run.name}/status/04.json" in predicate["files"]


def test_a_failed_run_has_the_steps_that_it_came_to(tmp_path: Path) -> None:
    commit_run(tmp_path, status="failed", train=None, evaluate=None, regress=None, report=None)
    statement, guide = made(tmp_path)
    assert [step["step"] for step in statement["predicate"]["steps"]] == [
        "data",
        "audit",
        "estimate",
        "approval",
    ]
    assert [one["name"].rpartition("/")[2] for one in statement["subject"]] == ["record.json"]
    assert "The run failed." in guide
    assert "weights that you hold" not in guide


def test_a_hosted_model_has_no_weights_to_compare(tmp_path: Path) -> None:
    hosted = run_results.model().model_copy(
        update={"provider": "openai", "fine_tuned_model": "ft:gpt-4.1-mini:x", "weights": {}}
    )
    commit_run(tmp_path, train=hosted)
    found = derived(tmp_path)
    assert layout.WEIGHTS not in found
    statement = json.loads(found[layout.STATEMENT])
    assert not any(one["name"].startswith("weights/") for one in statement["subject"])
    model = next(step for step in statement["predicate"]["steps"] if step["step"] == "model")
    assert model["found"]["model"] == "ft:gpt-4.1-mini:x"


@pytest.mark.parametrize("depth", [10, 100_000])
def test_a_file_nested_without_end_is_different_and_no_crash(tmp_path: Path, depth: int) -> None:
    run = commit_run(tmp_path)
    for name, data in derived(tmp_path).items():
        (tmp_path / name).write_bytes(data)
    (run / "job.json").write_text("[" * depth + "]" * depth)
    (tmp_path / layout.STATEMENT).write_text("[" * depth + "]" * depth)
    (tmp_path / layout.SUMS).write_text(layout.sums_text(layout.sums_of(tmp_path)))
    assert not check(tmp_path, None, Quiet()).holds
