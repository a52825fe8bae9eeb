"""More of anything never costs less, and what is unknown never becomes an amount."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.artifacts.planning import CostEstimate, Price
from clinft.pipeline.quote import Asked, quote
from clinft.stages.estimate import Counted, Facts, Gpu, Machine, ModelShape, Prices, estimate
from clinft.stages.estimate.machine import vram_gb
from tests.fakes.gate_inputs import PLAN
from tests.fakes.specs import project_spec

TODAY = date(2026, 11, 26)
# The first example reads the tables, which takes as long as the machine is busy.
PATIENT = settings(deadline=None)
COUNT = st.integers(1, 50_000_000)
SPECS = {epochs: project_spec(training={"hyperparameters": {"n_epochs": epochs}}) for epochs in range(1, 6)}
SHAPE = ModelShape(8_000_000_000, 32, 4096, 14_336, 128_256, tied=False, source="a test")


def read(what: Any, value: str, unit: Any = "usd_per_million_tokens") -> Price:
    return Price(what=what, value=Decimal(value), unit=unit, as_of="2026-11-23", source="a test")


PRICES = Prices(
    read("training", "5"), read("hosting", "1.7", "usd_per_hour"), read("input", "0.8"), read("output", "3.2")
)
MACHINE = Machine("m", read("machine", "1.861", "usd_per_hour"), Gpu("L40S", 362, 48, "a test"))


def made(
    tokens: int, epochs: int = 1, samples: int = 1000, exact: bool = True, machine: bool = False
) -> CostEstimate:
    """Without a tokenizer, `tokens` are characters of two bytes each."""
    counted = Counted(samples, tokens, 2 * tokens, tokens if exact else None)
    facts = Facts(
        training=counted, prices=PRICES, today=TODAY, validation=counted, questions=counted, answers=counted
    )
    if machine:
        facts = replace(facts, machine=MACHINE, shape=SHAPE)
    return estimate(SPECS[epochs], PLAN, facts)


def no_less(more: CostEstimate, less: CostEstimate) -> None:
    assert more.cost_usd >= less.cost_usd
    assert more.cost_usd_upper >= less.cost_usd_upper
    assert (more.minutes or 0) >= (less.minutes or 0)
    assert more.total_usd is None or more.total_usd >= (less.total_usd or 0)
    for found in (more, less):
        assert found.cost_usd_upper >= found.cost_usd
        assert (found.total_usd_upper is None) is (found.total_usd is None)
        assert found.total_usd is None or found.total_usd <= (found.total_usd_upper or 0)


@PATIENT
@given(COUNT, COUNT, st.integers(1, 5), st.integers(1, 100_000), st.booleans(), st.booleans())
def test_more_tokens_never_cost_less(
    one: int, other: int, epochs: int, samples: int, exact: bool, machine: bool
) -> None:
    low, high = sorted((one, other))
    no_less(made(high, epochs, samples, exact, machine), made(low, epochs, samples, exact, machine))


@PATIENT
@given(COUNT, st.integers(1, 5), st.integers(1, 5), st.integers(1, 100_000), st.booleans(), st.booleans())
def test_more_epochs_never_cost_less(
    tokens: int, one: int, other: int, samples: int, exact: bool, machine: bool
) -> None:
    low, high = sorted((one, other))
    no_less(made(tokens, high, samples, exact, machine), made(tokens, low, samples, exact, machine))


@PATIENT
@given(st.decimals("0", "100", places=4), st.decimals("0", "100", places=4))
def test_a_dearer_hour_of_hosting_never_costs_less(one: Decimal, other: Decimal) -> None:
    totals = []
    for value in sorted((one, other)):
        counted = Counted(10, 1000, 1000, 1000)
        prices = replace(PRICES, hosting=read("hosting", str(value), "usd_per_hour"))
        facts = Facts(counted, prices, TODAY, questions=counted, answers=counted)
        totals.append(estimate(SPECS[1], PLAN, facts).total_usd or Decimal(-1))
    assert totals == sorted(totals)


@PATIENT
@given(st.integers(1, 10**12), st.integers(1, 50), st.integers(0, 120), st.integers(0, 120))
def test_more_months_never_cost_less(tokens: int, epochs: int, one: int, other: int) -> None:
    totals = []
    for months in sorted((one, other)):
        asked = Asked(
            "azure_openai", "gpt-4.1", tokens, "given", epochs, months=months, region="swedencentral"
        )
        total = quote(asked, TODAY).total_usd
        assert total is not None
        totals.append(total)
    assert totals == sorted(totals)


@PATIENT
@given(st.sets(st.sampled_from(["hosting", "input", "output"]), min_size=1), COUNT)
def test_unknown_never_becomes_an_amount(missing: set[str], tokens: int) -> None:
    counted = Counted(10, tokens, tokens, tokens)
    prices = replace(PRICES, **dict.fromkeys(missing))
    facts = Facts(counted, prices, TODAY, questions=counted, answers=counted)
    found = estimate(SPECS[1], PLAN, facts)
    assert (found.total_usd, found.total_usd_upper, found.usd_per_usable_day) == (None, None, None)
    assert (found.hosting_usd_month is None) is ("hosting" in missing)
    assert (found.evaluation_usd is None) is bool(missing & {"input", "output"})
    assert len(found.unknown) == (found.hosting_usd_month is None) + (found.evaluation_usd is None)


@PATIENT
@given(st.sampled_from(["mcp", "manual", "openai", "azure_openai"]), st.integers(1, 10**12))
def test_a_model_that_no_table_knows_has_no_price_anywhere(provider: Any, tokens: int) -> None:
    found = quote(Asked(provider, "gpt-99", tokens, "given", 1), TODAY)
    assert (found.training_usd, found.total_usd) == (None, None)
    assert found.unknown


@PATIENT
@given(st.integers(1, 32_768), st.integers(1, 32_768), st.integers(1, 64))
def test_longer_samples_never_need_less_memory(one: int, other: int, batch: int) -> None:
    low, high = (vram_gb(SHAPE, 10_000_000, length, batch) for length in sorted((one, other)))
    assert low.gb <= high.gb
    assert low.gb_low <= low.gb <= low.gb_high
