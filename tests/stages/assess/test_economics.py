"""From the spec's costs and the measured rungs to the inputs of the break-even, or to what is missing."""

from decimal import Decimal
from typing import Any

import pytest

from clinft.artifacts.assessment import BreakEven
from clinft.artifacts.planning import Price
from clinft.spec.assessment import AssessmentSpec
from clinft.stages.assess.asking import Prices
from clinft.stages.assess.economics import TUNED_PRICE, reckon
from clinft.stages.assess.outcomes import Outcome, Rung


def rung(name: str, wrong: int, prompt_tokens: int, n: int = 40) -> Rung:
    outcomes = [
        Outcome(
            item=str(number),
            score=float(number >= wrong),
            correct=number >= wrong,
            parsed=True,
            missed_critical=number < wrong if number % 4 == 0 else None,
            prompt_tokens=prompt_tokens,
            completion_tokens=5,
        )
        for number in range(n)
    ]
    return Rung(name, "generated_text", outcomes)


BEST, ZERO = rung("few_shot", 8, 1000), rung("zero_shot", 20, 200)


def price(what: Any, value: str) -> Price:
    return Price(
        what=what, value=Decimal(value), unit="usd_per_million_tokens", as_of="2026-11-01", source="test"
    )


PRICES = Prices(price("input", "2"), price("output", "10"), price("cached_input", "0.5"))
COSTS = {"one_off_usd": 1200, "monthly_usd": 50, "usd_per_error": 0.25}


def reckoned(prices: Prices = PRICES, critical: float | None = None, **costs: Any) -> BreakEven:
    spec = AssessmentSpec.model_validate({**COSTS, **costs}, strict=False)
    found, missing = reckon(spec, BEST, ZERO, prices, 0.8, critical)
    assert missing is None
    assert found is not None
    return found


def inputs(found: BreakEven) -> dict[str, Decimal]:
    return {one.name: one.value for one in found.inputs}


def test_a_request_costs_its_tokens_at_the_dated_prices() -> None:
    found = reckoned()
    # 8 of 40 wrong, of which 2 are critical misses whose cost nobody stated; tuned: right on 0.8 to 1.
    prompt = Decimal("0.00205") + Decimal("0.25") * Decimal("0.15")
    assert found.prompt_usd_per_request == prompt
    assert found.prices_as_of == "2026-11-01"
    assert TUNED_PRICE in found.notes
    assert found.probability_basis == "assumed"
    assert found.tuned_usd_per_month == 50 + 1200 / 12


def test_the_cached_share_of_the_prompt_costs_less() -> None:
    cached = inputs(reckoned(cached_share=0.6))
    assert (cached["prompt: fixed tokens"], cached["prompt: variable tokens"]) == (600, 400)
    assert cached["prompt: k, cached prefix"] == Decimal("0.25")


def test_what_the_spec_states_comes_before_what_was_measured() -> None:
    found = reckoned(Prices(), usd_per_request_prompt="0.01", usd_per_request_tuned="0.001")
    assert found.prompt_usd_per_request == Decimal("0.01") + Decimal("0.25") * Decimal("0.15")
    assert (found.prices, found.prices_as_of) == ((), None)
    assert TUNED_PRICE not in found.notes


def test_the_stated_volume_is_among_those_shown() -> None:
    assert 4321 in {one.requests_per_month for one in reckoned(requests_per_month=4321).volumes}


def test_a_least_recall_bounds_what_is_assumed_to_be_missed() -> None:
    # A quarter of the items is critical: at a recall of 0.8 at most 0.05 of all are missed, 0.025 in the middle.
    assert inputs(reckoned(critical=0.8, usd_per_critical_miss=100))["tuned: critical misses"] == Decimal(
        "0.025"
    )


@pytest.mark.parametrize(
    ("costs", "prices", "target", "missing"),
    [
        ({}, PRICES, 0.8, "states no costs"),
        ({"monthly_usd": 5}, PRICES, 0.8, "not known: assessment.one_off_usd"),
        (COSTS, Prices(), 0.8, "assessment.usd_per_request_prompt, assessment.usd_per_request_tuned"),
        (COSTS, PRICES, None, "a least accuracy in evaluation.thresholds"),
    ],
)
def test_what_is_missing_is_named(
    costs: dict[str, Any], prices: Prices, target: float | None, missing: str
) -> None:
    spec = AssessmentSpec.model_validate(costs, strict=False)
    found, why = reckon(spec, BEST, ZERO, prices, target, None)
    assert found is None
    assert why is not None
    assert missing in why


def test_without_a_zero_shot_rung_nobody_knows_what_the_tuned_model_reads() -> None:
    spec = AssessmentSpec.model_validate(COSTS, strict=False)
    assert reckon(spec, BEST, None, PRICES, 0.8, None)[1] == "not known: assessment.usd_per_request_tuned"
