from decimal import Decimal

import pytest

from clinft.artifacts.planning import CostEstimate, PriceBasis
from clinft.stages.estimate import Throughput, estimate
from tests.fakes.gate_inputs import PLAN
from tests.fakes.specs import project_spec

PRICE = PriceBasis(source="test", as_of="2026-01-01", usd_per_million_training_tokens=Decimal(5))


def priced(tokens: int | None = 200_000, throughput: Throughput | None = None, **hyper: int) -> CostEstimate:
    spec = project_spec(training={"hyperparameters": {"n_epochs": 3, **hyper}})
    return estimate(spec, PLAN, tokens, 900_000, 950_000, 800, PRICE, throughput)


def test_cost_is_tokens_times_epochs_times_price() -> None:
    made = priced()
    # 200,000 × 3 = 600,000 tokens at 5 USD per million
    assert (made.billed_tokens, made.cost_usd, made.cost_usd_upper) == (
        600_000,
        Decimal("3.00"),
        Decimal("3.15"),
    )
    assert made.tokens_basis == "tokenizer"
    assert "600,000" in made.formula


def test_without_a_tokenizer_characters_are_counted_and_the_bound_is_wider() -> None:
    made = priced(tokens=None)
    assert made.tokens_basis == "characters"
    # 900,000 characters at 3 a token are 300,001 tokens, three times, at 5 USD per million
    # At most one for each of 950,000 bytes, and 64 more for each of 800 samples: 1,001,200, three times.
    assert (made.cost_usd, made.cost_usd_upper) == (Decimal("4.51"), Decimal("15.02"))


def test_money_is_rounded_up() -> None:
    assert priced(tokens=1).cost_usd == Decimal("0.01")


def test_stopping_early_costs_its_share() -> None:
    # 800 samples in batches of 8 over 3 epochs are 300 steps
    assert priced(batch_size=8, max_steps=75).billed_tokens == 150_000
    assert priced(batch_size=8, max_steps=9_999).billed_tokens == 600_000


def test_minutes_need_a_measured_speed() -> None:
    assert priced().minutes is None
    assert priced().throughput_basis.startswith("missing")
    made = priced(throughput=Throughput(1000.0, "measured 2026-01-01 on a test machine"))
    assert (made.minutes, made.minutes_upper) == (10.0, 30.0)


@pytest.mark.parametrize(("tokens", "within"), [(600_000, True), (700_000, False)])
def test_the_budget_is_compared_with_the_upper_bound(tokens: int, within: bool) -> None:
    assert priced(tokens=tokens).within_budget is within
