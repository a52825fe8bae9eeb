"""Runs that were asked by different engines: compared, and never as if they were alike."""

from collections.abc import Sequence

from clinft.artifacts.results import (
    AnsweringEngine,
    EvaluationReport,
    ItemResult,
    RegressionVerdict,
    SystemResult,
)
from clinft.stages.regress.stage import Known, regress
from tests.fakes.evaluated import items, report
from tests.fakes.regressed import APPROVED, BASELINE, CANDIDATE, LOOSE, SAME
from tests.fakes.specs import project_spec

VLLM = AnsweringEngine(name="vllm", version="0.33.0")
WORSE = items([False] * 400)


def by(engine: AnsweringEngine | None, *systems: SystemResult) -> EvaluationReport:
    return report().model_copy(update={"engine": engine, "systems": systems})


def deployed(stored: str | None = None, of_run: str = BASELINE) -> SystemResult:
    return SystemResult(
        system="deployed",
        scoring="generated_text",
        metrics=(),
        labels=(),
        confusion={},
        items_sha256="e" * 64,
        stored=stored,
        of_run=of_run,
    )


def compared(
    candidate: EvaluationReport,
    baseline: EvaluationReport,
    rows: Sequence[ItemResult] = SAME,
    before: Sequence[ItemResult] = SAME,
    known: Known | None = None,
    **regression: str,
) -> RegressionVerdict:
    spec = project_spec(regression={"margins": LOOSE, **regression})
    return regress(spec, candidate, rows, CANDIDATE, (baseline, before, BASELINE), known=known)


def test_another_engine_is_said_with_a_pass_and_with_what_is_none() -> None:
    found = compared(by(VLLM), by(None))
    said = "The baseline's answers were given by another engine than vLLM, this run's by vllm 0.33.0"
    assert found.status == "PASS"
    assert said in found.reason
    assert said in " ".join(found.caveats)
    assert said in compared(by(VLLM), by(None), WORSE).reason
    back = compared(by(None), by(VLLM))
    assert "were given by vllm 0.33.0, this run's by another engine than vLLM" in back.reason


def test_the_same_engine_is_not_worth_a_word() -> None:
    for one in (None, VLLM):
        found = compared(by(one), by(one))
        assert "engine" not in found.reason + " ".join(found.caveats)


def test_another_version_of_it_is_said() -> None:
    newer = AnsweringEngine(name="vllm", version="0.34.0")
    assert "by vllm 0.33.0, this run's by vllm 0.34.0" in compared(by(newer), by(VLLM)).reason


def test_a_deployed_model_that_was_asked_again_beside_counts_as_it_answered_now() -> None:
    """Its own run, by the other engine, had nothing right: that is not what is compared with."""
    again = [row.model_copy(update={"system": "deployed"}) for row in SAME]
    found = compared(by(VLLM, deployed()), by(None), [*SAME, *again], WORSE)
    assert {change.baseline for change in found.metrics} == {0.8}
    assert "engine" not in found.reason
    # Of another run, or not asked but stored: its own run's answers are compared with, and it is said.
    for system in (deployed(of_run="d" * 12 + "-a1"), deployed(stored=BASELINE)):
        other = compared(by(VLLM, system), by(None), [*SAME, *again], WORSE)
        assert {change.baseline for change in other.metrics} == {0.0}
        assert "another engine than vLLM" in other.reason


def test_by_the_same_engine_its_own_run_is_compared_with_as_ever() -> None:
    again = [row.model_copy(update={"system": "deployed"}) for row in SAME]
    found = compared(by(None, deployed()), by(None), [*SAME, *again], WORSE)
    assert {change.baseline for change in found.metrics} == {0.0}


def test_an_approved_run_by_another_engine_says_so_in_its_own_line() -> None:
    found = compared(
        by(VLLM), by(VLLM), known=Known(approved=(by(None), SAME, APPROVED)), approved_baseline=APPROVED
    )
    assert "another engine than vLLM" in found.references[1].reason
    assert "engine" not in found.references[0].reason


def test_a_trend_is_of_one_engine() -> None:
    metric = {
        "metric": "accuracy",
        "higher_is_better": True,
        "interval": {
            "value": 0.8, "low": 0.7, "high": 0.9, "n": 400, "confidence": 0.95, "method": "Wilson score",
        },
    }  # fmt: skip
    tuned = deployed().model_copy(update={"system": "tuned", "of_run": None})
    tuned = SystemResult.model_validate({**tuned.model_dump(), "metrics": (metric,)})
    history = (("1" * 12 + "-a1", by(None, tuned)), ("2" * 12 + "-a1", by(VLLM, tuned)))
    found = compared(by(VLLM, tuned), by(VLLM), known=Known(history=history))
    assert [point.run_id for point in found.trend] == ["2" * 12 + "-a1", CANDIDATE]
