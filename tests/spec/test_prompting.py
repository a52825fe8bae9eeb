"""The sections `prompt:` and `assessment:`: today's values stay valid, slips are told."""

from typing import Any

import pytest
from pydantic import ValidationError

from clinft.spec.assessment import AssessmentSpec
from clinft.spec.prompting import PromptSpec
from tests.fakes.specs import project_spec


def spec(**values: Any) -> PromptSpec:
    return PromptSpec.model_validate(values, strict=False)


def test_what_is_absent_is_what_it_always_was() -> None:
    assert project_spec().prompt == PromptSpec()
    assert PromptSpec().strategies == ("zero_shot", "few_shot")
    assert PromptSpec().few_shot_examples == 3
    assert project_spec().assessment == AssessmentSpec()


def test_every_strategy_may_be_asked_for() -> None:
    every = ["zero_shot", "rules", "few_shot", "few_shot_knn", "chain_of_thought", "self_consistency"]
    assert list(spec(strategies=every, more_shots=[8]).strategies) == every


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"strategies": ["zero_shot", "zero_shot"]}, "listed twice"),
        ({"more_shots": [3]}, "number of examples is listed twice"),
        ({"more_shots": [8, 8]}, "number of examples is listed twice"),
        ({"strategies": ["gepa"]}, "literal"),
        ({"strategies": []}, "too_short"),
        ({"self_consistency_samples": 1}, "greater_than_equal"),
        ({"self_consistency_temperature": 0}, "greater_than"),
        ({"reasoning_tokens": 1}, "greater_than_equal"),
    ],
)
def test_a_slip_is_refused(values: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        spec(**values)
    error = refused.value.errors(include_input=False, include_url=False)[0]
    assert says in f"{error['type']} {error['msg']}"


@pytest.mark.parametrize(
    "values",
    [
        {"requests_per_month": 0},
        {"months": 0},
        {"usd_per_error": -1},
        {"cached_share": 1.1},
        {"usd_per_critical_miss": "much"},
        {"price": 1},
    ],
)
def test_a_cost_that_is_none_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AssessmentSpec.model_validate(values, strict=False)
