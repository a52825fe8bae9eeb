"""Recorded answers of an earlier model as the baseline: the verdict says whose they are, and how far they go."""

from typing import Any

import pytest

from clinft.artifacts.results import RecordedEvaluation, RegressionVerdict
from clinft.stages.regress.stage import regress
from tests.fakes.evaluated import CLOSED, items, report, without
from tests.fakes.specs import project_spec

MODEL = "ft:gpt-4.1-mini-2025-04-14:hospital:notes:AbCd1234"
GOOD = [number % 5 != 0 for number in range(400)]


def recorded(seen: bool = False, test: str = "a") -> RecordedEvaluation:
    source = {
        "model": MODEL,
        "provider": "openai",
        "host": "api.openai.com",
        "asked_from": "2026-11-30T08:00:00+00:00",
        "asked_until": "2026-12-01T09:00:00+00:00",
        "seen_in_training": seen,
        "training_file_sha256": "c" * 64,
        "test_file_sha256": None if seen else "d" * 64,
    }
    return RecordedEvaluation.model_validate({**report(test).model_dump(), "source": source})


def compare(right: list[bool], baseline: RecordedEvaluation, **spec: Any) -> RegressionVerdict:
    margins = [{"metric": "accuracy", "margin": 0.02}]
    of = project_spec(regression={"baseline": "recorded", "margins": margins, **spec})
    said = without(items(GOOD), CLOSED)
    return regress(of, report(), items(right), "cccccccccccc-a1", (baseline, said, "recorded"))


def test_the_same_answers_may_replace_the_old_model_and_the_verdict_names_it() -> None:
    verdict = compare(GOOD, recorded())
    assert (verdict.status, verdict.recommendation, verdict.baseline_run_id) == ("PASS", "deploy", "recorded")
    assert verdict.reason.startswith(
        f"The baseline is the recorded answers of {MODEL} (asked at api.openai.com until 2026-12-01). "
    )
    assert "favours it" not in verdict.reason


def test_that_the_old_model_had_seen_the_records_is_said() -> None:
    assert "it had seen them: the comparison favours it." in compare(GOOD, recorded(seen=True)).reason


def test_a_worse_model_does_not_replace_it() -> None:
    verdict = compare([hit and number % 3 != 0 for number, hit in enumerate(GOOD)], recorded())
    assert (verdict.status, verdict.recommendation) == ("FAIL", "iterate")


def test_answers_to_another_test_split_are_not_compared() -> None:
    verdict = compare(GOOD, recorded(test="b"))
    assert (verdict.status, verdict.recommendation) == ("INCOMPARABLE", "iterate")
    assert MODEL in verdict.reason
    assert "restore the project's files" in verdict.reason
    assert "Evaluate both runs" not in verdict.reason


@pytest.mark.parametrize("missed", [1, 20])
def test_a_critical_case_that_the_old_model_had_right_is_listed(missed: int) -> None:
    right = list(GOOD)
    for number in [n for n, hit in enumerate(GOOD) if hit and n % 4 == 0][:missed]:
        right[number] = False
    verdict = compare(right, recorded(), critical_labels=["circulatory"])
    assert len(verdict.critical_flips) == missed
    assert verdict.recommendation == "iterate"
