"""Earlier runs of the project, from the evidence that lies in the repository."""

from pathlib import Path
from typing import Any

import pytest

from clinft.pipeline.calibration import earlier
from tests.fakes import run_inputs, run_results
from tests.fakes.committed_runs import commit_run

ESTIMATE = run_inputs.estimate()  # of 18,000 tokens and 1.2 minutes, by peft
HOSTED = ESTIMATE.model_copy(update={"plan": ESTIMATE.plan.model_copy(update={"provider": "openai"})})


def run(
    projects: Path, name: str, estimate: Any = ESTIMATE, trained: int | None = None, **measured: Any
) -> Path:
    model = run_results.model().model_copy(update={"trained_tokens": trained})
    return commit_run(projects, f"demo/{name}", estimate=estimate, train=model, measured=measured)


def test_tokens_that_were_billed_stand_beside_those_that_were_estimated(tmp_path: Path) -> None:
    run(tmp_path, "aaaaaaaaaaaa-a1", HOSTED, trained=19_800)
    run(tmp_path, "bbbbbbbbbbbb-a1", HOSTED, trained_tokens=17_100)
    found = earlier(tmp_path / "demo" / "runs", HOSTED.plan)
    assert found is not None
    assert (found.of, found.n, found.low, found.high, found.ratio) == ("tokens", 2, 0.95, 1.1, 1.025)


def test_on_a_machine_of_ones_own_it_is_time(tmp_path: Path) -> None:
    run(tmp_path, "aaaaaaaaaaaa-a1", training_seconds=144.0)
    found = earlier(tmp_path / "demo" / "runs", ESTIMATE.plan)
    assert found is not None
    assert (found.of, found.ratio, found.n) == ("minutes", 2.0, 1)


@pytest.mark.parametrize(
    ("estimate", "measured"),
    [(HOSTED, {"training_seconds": 144.0}), (ESTIMATE, {}), (None, {"training_seconds": 144.0})],
    ids=["another provider", "nothing measured", "nothing estimated"],
)
def test_what_says_nothing_of_this_plan_is_left_out(tmp_path: Path, estimate: Any, measured: Any) -> None:
    run(tmp_path, "aaaaaaaaaaaa-a1", estimate, **measured)
    assert earlier(tmp_path / "demo" / "runs", ESTIMATE.plan) is None


def test_damaged_evidence_leaves_one_run_out_and_no_runs_are_none(tmp_path: Path) -> None:
    damaged = run(tmp_path, "aaaaaaaaaaaa-a1", training_seconds=1.0)
    (damaged / "estimate.json").write_text("{}")
    run(tmp_path, "bbbbbbbbbbbb-a1", training_seconds=72.0)
    found = earlier(tmp_path / "demo" / "runs", ESTIMATE.plan)
    assert found is not None
    assert (found.ratio, found.n) == (1.0, 1)
    assert earlier(tmp_path / "absent", ESTIMATE.plan) is None
