"""One project's estimate, recomputed by hand, a case for each provider; what is unknown is said and never 0."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from clinft.artifacts.planning import Calibration, CostEstimate, Price
from clinft.errors import SpecError
from clinft.stages.estimate import Counted, End, Facts, Gpu, Machine, ModelShape, Prices, Throughput, estimate
from tests.fakes.gate_inputs import PLAN
from tests.fakes.specs import project_spec

TODAY = date(2026, 11, 26)
DAY = "2026-11-23"


def read(what: Any, value: str, unit: Any = "usd_per_million_tokens", region: str | None = None) -> Price:
    return Price(what=what, value=Decimal(value), unit=unit, region=region, as_of=DAY, source="a test")


def tokens(count: int | None, samples: int = 800) -> Counted:
    return Counted(samples=samples, characters=900_000, size_bytes=950_000, tokens=count)


FREE = Prices(
    training=read("training", "0"),
    hosting=read("hosting", "0", "usd_per_hour"),
    input=read("input", "0"),
    output=read("output", "0"),
)
OPENAI = Prices(
    training=read("training", "5.00"),
    hosting=read("hosting", "0", "usd_per_hour"),
    input=read("input", "0.80"),
    output=read("output", "3.20"),
)
SWEDEN = Prices(
    training=read("training", "6.05", region="swedencentral"),
    hosting=read("hosting", "1.70", "usd_per_hour"),
    input=read("input", "0.484", region="swedencentral"),
    output=read("output", "1.936", region="swedencentral"),
)
FACTS = Facts(training=tokens(200_000), prices=OPENAI, today=TODAY)
PAID = replace(
    FACTS,
    validation=tokens(20_000, 80),
    questions=tokens(100_000, 400),
    answers=tokens(4_000, 400),
    end=End(date(2027, 1, 13), "gpt-6-luna"),
)
L4 = Gpu("L4", bf16_tflops=121, memory_gb=24, source="a test")
G6 = Machine(
    "aws:g6.xlarge:us-east-1",
    price=read("machine", "0.8048", "usd_per_hour", "us-east-1"),
    gpu=L4,
    minimum_minutes=1,
)
ONE_B = ModelShape(1_000_000_000, 16, 2048, 8192, 128_256, tied=True, source="a test")


def made(facts: Facts = FACTS, method: str = "lora", **hyper: Any) -> CostEstimate:
    spec = project_spec(training={"method": method, "hyperparameters": {"n_epochs": 3, **hyper}})
    return estimate(spec, PLAN, facts)


def counted(count: int | None) -> CostEstimate:
    return made(replace(FACTS, training=tokens(count)))


def test_cost_is_tokens_times_epochs_times_price() -> None:
    # 200,000 × 3 = 600,000 tokens at 5 USD per million
    assert (counted(200_000).billed_tokens, counted(200_000).cost_usd) == (600_000, Decimal("3.00"))
    assert counted(200_000).cost_usd_upper == Decimal("3.15")
    assert counted(200_000).tokens_basis == "tokenizer"
    assert "600,000" in counted(200_000).formula


def test_without_a_tokenizer_characters_are_counted_and_the_bound_is_wider() -> None:
    found = counted(None)
    assert found.tokens_basis == "characters"
    # 900,000 characters at 3 a token are 300,001 tokens, three times, at 5 USD per million
    # At most one for each of 950,000 bytes, and 64 more for each of 800 samples: 1,001,200, three times.
    assert (found.cost_usd, found.cost_usd_upper) == (Decimal("4.51"), Decimal("15.02"))


def test_money_is_rounded_up() -> None:
    assert counted(1).cost_usd == Decimal("0.01")


def test_stopping_early_costs_its_share() -> None:
    # 800 samples in batches of 8 over 3 epochs are 300 steps
    assert made(batch_size=8, max_steps=75).billed_tokens == 150_000
    assert made(batch_size=8, max_steps=9_999).billed_tokens == 600_000


def test_minutes_need_a_measured_speed_or_a_card_that_is_known() -> None:
    assert made().minutes is None
    assert made().throughput_basis.startswith("missing")
    found = made(replace(FACTS, throughput=Throughput(1000.0, "measured 2026-01-01 on a test machine")))
    assert (found.minutes, found.minutes_upper) == (10.0, 30.0)


@pytest.mark.parametrize(("count", "within"), [(600_000, True), (700_000, False)])
def test_the_budget_is_compared_with_the_upper_bound(count: int, within: bool) -> None:
    assert counted(count).within_budget is within


def test_openai_by_hand() -> None:
    found = made(PAID)
    # Training 600,000 × 5 = 3.00. The bound: (ceil(200,000 × 1.05) + ceil(20,000 × 1.05)) × 3 × 5 / 1e6 = 3.465.
    # Asked 105,000 tokens = 0.084 → 0.09; four times 4,200 answered = 0.05376 → 0.06.
    bound = Decimal("3.47") + Decimal("0.09") + Decimal("0.06")
    assert (found.cost_usd, found.cost_usd_upper) == (Decimal("3.00"), bound)
    # Asking: 100,000 × 0.80 / 1e6 = 0.08, and 4,000 × 3.20 / 1e6 = 0.0128, rounded up.
    assert found.evaluation_usd == Decimal("0.10")
    assert found.hosting_usd_month == 0
    assert found.total_usd == Decimal("3.10")
    assert found.total_usd_upper == bound
    # Until 2027-01-13 there are 48 days: 3.10 / 48 = 0.0646.
    assert (found.served_until, found.usable_days, found.replacement) == ("2027-01-13", 48, "gpt-6-luna")
    assert found.usd_per_usable_day == Decimal("0.07")
    assert found.unknown == ()
    assert "20,000 tokens of the validation file" in " ".join(found.notes)


def test_azure_in_sweden_with_hosting_by_hand() -> None:
    found = made(replace(PAID, prices=SWEDEN, end=End(date(2027, 10, 13))))
    assert found.cost_usd == Decimal("3.63")  # 600,000 × 6.05 / 1e6
    assert found.hosting_usd_month == Decimal("1241.00")  # 1.70 × 730
    assert found.evaluation_usd == Decimal("0.06")  # 0.0484 → 0.05, and 0.007744 → 0.01
    assert found.total_usd == Decimal("1244.69")
    # 321 days: (3.63 + 0.06) / 321 + 1241 × 12 / 365 = 0.0115 + 40.8
    assert (found.usable_days, found.usd_per_usable_day) == (321, Decimal("40.82"))
    assert found.price.usd_per_million_training_tokens == Decimal("6.05")
    assert [part.what for part in found.parts] == ["training", "hosting of one month", "evaluation"]
    assert all(price.as_of == DAY for part in found.parts for price in part.prices)


def test_a_machine_by_the_hour_by_hand() -> None:
    counted_once = Counted(10_000, 1, 1, 10_000_000)  # 1,000 tokens each
    found = made(
        replace(FACTS, training=counted_once, prices=FREE, machine=G6, shape=ONE_B),
        n_epochs=1,
        max_tokens=1024,
    )
    # 4 × 1e9 × 1e7 / (121e12 × 0.30 × 1000/1024) = 1,128.4 s = 18.8 minutes; + 10; × 0.8048 / 60 = 0.3864
    assert found.minutes == 18.8
    assert found.cost_usd == Decimal("0.39")
    # 1.05 times the tokens, 1,050 each, so the whole 0.30: 1,157.0 s × 1.6 = 30.9 minutes; + 20; = 0.682
    assert (found.minutes_upper, found.cost_usd_upper) == (30.9, Decimal("0.69"))
    assert found.price.usd_per_million_training_tokens is None
    assert found.parts[0].prices[0].value == Decimal("0.8048")
    # Evaluation takes time on that machine, which nobody measured: no total is made up.
    assert (found.evaluation_usd, found.total_usd, found.total_usd_upper) == (None, None, None)
    assert found.unknown[0].startswith("evaluation:")


def test_a_machine_without_a_price_costs_nothing_that_anybody_charges() -> None:
    found = made(replace(FACTS, prices=FREE, machine=replace(G6, price=None), shape=ONE_B))
    assert (found.cost_usd, found.cost_usd_upper, found.total_usd) == (0, 0, 0)
    assert found.minutes is not None
    assert "a test" in found.parts[1].formula


def test_the_least_that_is_billed_is_paid() -> None:
    hour = replace(G6, minimum_minutes=60.0)
    found = made(replace(FACTS, training=tokens(1_000, 2), prices=FREE, machine=hour, shape=ONE_B))
    assert found.cost_usd == Decimal("0.81")


@pytest.mark.parametrize(
    "facts",
    [
        replace(FACTS, prices=Prices()),  # mcp and manual: no table can say it
        replace(FACTS, prices=replace(OPENAI, training=read("training", "100", "usd_per_hour"))),
        replace(FACTS, prices=FREE, machine=replace(G6, gpu=None), shape=ONE_B),
        replace(FACTS, prices=FREE, machine=G6, shape=None),
    ],
    ids=["no price", "by the hour of training", "no card", "no size"],
)
def test_training_whose_price_is_not_known_is_refused_and_never_free(facts: Facts) -> None:
    with pytest.raises(SpecError, match="not known"):
        made(facts)


def test_unknown_hosting_or_evaluation_makes_the_total_unknown() -> None:
    without = made(replace(PAID, prices=replace(OPENAI, hosting=None)))
    assert (without.hosting_usd_month, without.total_usd, without.usd_per_usable_day) == (None, None, None)
    assert without.cost_usd == Decimal("3.00")
    unasked = made(replace(PAID, prices=replace(OPENAI, output=None)))
    assert (unasked.evaluation_usd, unasked.total_usd, unasked.total_usd_upper) == (None, None, None)
    assert [said.split(":")[0] for said in (*without.unknown, *unasked.unknown)] == [
        "hosting of one month",
        "evaluation",
    ]


@pytest.mark.parametrize(
    ("today", "days"), [(date(2027, 1, 12), 1), (date(2027, 1, 13), 0), (date(2028, 1, 1), 0)]
)
def test_past_its_end_a_model_has_no_usable_day(today: date, days: int) -> None:
    found = made(replace(PAID, today=today))
    assert found.usable_days == days
    assert (found.usd_per_usable_day is None) is (days == 0)


def test_without_an_end_nothing_is_spread_over_days() -> None:
    found = made(replace(PAID, end=None))
    assert (found.served_until, found.usable_days, found.usd_per_usable_day) == (None, None, None)


def test_earlier_runs_are_shown_and_change_no_price() -> None:
    earlier = Calibration(of="tokens", ratio=1.2, low=1.1, high=1.3, n=2)
    assert made(replace(PAID, earlier=earlier)).calibration == earlier
    assert made(replace(PAID, earlier=earlier)).cost_usd_upper == made(PAID).cost_usd_upper


def test_too_little_graphics_memory_is_said_and_so_is_what_is_not_used() -> None:
    eight = ModelShape(8_000_000_000, 32, 4096, 14_336, 128_256, tied=False, source="a test")
    facts = replace(FACTS, prices=FREE, machine=replace(G6, gpus=8), shape=eight)
    told = " ".join(made(facts, batch_size=32).notes)
    assert "too little" in told
    assert "the 8 cards of the machine" in told
    assert "the time here is that of one card" in told
    # No number was measured by which the time of several could be divided.
    assert made(facts, batch_size=32).minutes == made(replace(facts, machine=G6), batch_size=32).minutes
    small = made(replace(facts, machine=G6, shape=ONE_B), batch_size=1, max_tokens=256)
    assert small.notes == ()
