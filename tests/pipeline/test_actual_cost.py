"""What a run cost: worked out by hand."""

from decimal import Decimal

import pytest

from clinft.artifacts.planning import CostPart, Price, PriceBasis
from clinft.pipeline.actual_cost import with_cost
from tests.fakes.gate_inputs import INPUTS

PER_TOKEN = PriceBasis(source="a page", as_of="2026-11-01", usd_per_million_training_tokens=Decimal("5.00"))
BY_HOUR = Price(
    what="machine", value=Decimal("1.80"), unit="usd_per_hour", as_of="2026-11-01", source="a list"
)
ESTIMATE = INPUTS.estimate.model_copy(update={"price": PER_TOKEN, "parts": ()})
HOURLY = ESTIMATE.model_copy(
    update={
        "price": PER_TOKEN.model_copy(update={"usd_per_million_training_tokens": None}),
        "parts": (
            CostPart(what="training", usd=Decimal(1), usd_upper=Decimal(2), formula="", prices=(BY_HOUR,)),
        ),
    }
)


@pytest.mark.parametrize(
    ("tokens", "cost"), [(1_000_000, "5.00"), (1_234_567, "6.18"), (1, "0.01"), (0, "0.00")]
)
def test_billed_tokens_cost_their_price_rounded_up(tokens: int, cost: str) -> None:
    assert with_cost({"trained_tokens": tokens}, ESTIMATE) == {"trained_tokens": tokens, "cost_usd": cost}


def test_what_a_provider_says_itself_stays() -> None:
    assert with_cost({"trained_tokens": 5, "cost_usd": "0.42"}, ESTIMATE)["cost_usd"] == "0.42"


def test_without_billed_tokens_or_a_price_the_cost_is_not_made_up() -> None:
    assert with_cost({"queued_seconds": 3}, ESTIMATE) == {"queued_seconds": 3}
    assert with_cost({"trained_tokens": "many"}, ESTIMATE) == {}
    unknown = ESTIMATE.model_copy(update={"price": HOURLY.price})
    assert with_cost({"trained_tokens": 9}, unknown) == {"trained_tokens": 9}


def test_a_machine_by_the_hour_costs_all_its_seconds_whatever_the_adapter_says() -> None:
    measured = {"cost_usd": "0", "training_seconds": 3000.0, "setup_and_validation_seconds": 600.0}
    assert with_cost(measured, HOURLY)["cost_usd"] == "1.80"


@pytest.mark.parametrize("said", ["-0.42", -1, "free", "NaN", "Infinity"])
def test_a_cost_that_is_no_amount_was_not_said(said: float | str) -> None:
    assert with_cost({"cost_usd": said, "trained_tokens": 1_000_000}, ESTIMATE)["cost_usd"] == "5.00"
    assert with_cost({"cost_usd": said}, ESTIMATE) == {}


def test_fewer_tokens_than_none_cost_nothing_that_is_known() -> None:
    assert with_cost({"trained_tokens": -5, "queued_seconds": 3}, ESTIMATE) == {"queued_seconds": 3}


@pytest.mark.parametrize("name", ["training_seconds", "setup_and_validation_seconds"])
def test_less_time_than_none_costs_nothing_that_is_known(name: str) -> None:
    measured = {"cost_usd": "0", "training_seconds": 3000.0, "setup_and_validation_seconds": 600.0}
    found = with_cost({**measured, name: -600.0}, HOURLY)
    assert "cost_usd" not in found
    assert name not in found
