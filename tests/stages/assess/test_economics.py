"""From the spec's costs and the measured rungs to the inputs of the break-even, or to what is missing."""

from decimal import Decimal
from typing import Any

import pytest

from clinft.artifacts.assessment import BreakEven
from clinft.artifacts.planning import Price
from clinft.spec.assessment import AssessmentSpec
from clinft.stages.assess.asking import Prices
from clinft.stages.assess.economics import AS_GOOD, TUNED_PRICE, reckon
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
    found, missing = reckon(spec, BEST, ZERO, prices, critical)
    assert missing is None
    assert found is not None
    return found


def inputs(found: BreakEven) -> dict[str, Decimal]:
    return {one.name: one.value for one in found.inputs}


def test_a_request_costs_its_tokens_at_the_dated_prices() -> None:
    found = reckoned()
    # 8 of 40 wrong, of which 2 are critical misses whose cost nobody stated.
    prompt = Decimal("0.00205") + Decimal("0.25") * Decimal("0.15")
    assert found.prompt_usd_per_request == prompt
    assert found.prices_as_of == "2026-11-01"
    assert TUNED_PRICE in found.notes
    assert AS_GOOD in found.notes
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
    # A quarter of the items is critical: at a recall of 0.9 at most 0.025 of all are missed, an eighth of the
    # 0.2 that the prompt gets wrong. In the middle: 0.1 wrong, a sixteenth of it critical.
    found = inputs(reckoned(critical=0.9, usd_per_critical_miss=100))
    assert found["tuned: critical misses"] == Decimal("0.00625")
    assert found["tuned: errors"] == Decimal("0.09375")


def test_assumed_accuracy_starts_at_the_prompts_own() -> None:
    found = reckoned()
    assert "the tuned model is right on 0.800 to 1.000 of requests" in found.notes[0]
    assert found.notes[0].startswith("ASSUMED, not measured")
    perfect = reckon(
        AssessmentSpec.model_validate(COSTS, strict=False), rung("few_shot", 0, 1000), ZERO, PRICES, None
    )[0]
    assert perfect is not None
    # Nothing is wrong, so training can save tokens alone.
    assert inputs(perfect)["tuned: errors"] == 0
    assert "right on 1.000 to 1.000" in perfect.notes[0]


@pytest.mark.parametrize(
    ("costs", "prices", "missing"),
    [
        ({}, PRICES, "states no costs"),
        ({"monthly_usd": 5}, PRICES, "not known: assessment.one_off_usd"),
        (COSTS, Prices(), "assessment.usd_per_request_prompt, assessment.usd_per_request_tuned"),
    ],
)
def test_what_is_missing_is_named(costs: dict[str, Any], prices: Prices, missing: str) -> None:
    spec = AssessmentSpec.model_validate(costs, strict=False)
    found, why = reckon(spec, BEST, ZERO, prices, None)
    assert found is None
    assert why is not None
    assert missing in why


def test_without_a_zero_shot_rung_nobody_knows_what_the_tuned_model_reads() -> None:
    spec = AssessmentSpec.model_validate(COSTS, strict=False)
    assert reckon(spec, BEST, None, PRICES, None)[1] == "not known: assessment.usd_per_request_tuned"
