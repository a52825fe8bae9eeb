"""A price without a project, recomputed by hand; on an injected day, so that no test turns red with the calendar."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from clinft.errors import SpecError
from clinft.pipeline import machines, quote
from clinft.pipeline.quote import Asked, Quote
from clinft.pipeline.summary import of_quote
from tests.fakes.frozen_tables import freeze

TODAY = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def tables(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)


def quoted(provider: Any, model: str, today: date = TODAY, instance: str | None = None, **more: Any) -> Quote:
    machine = None if instance is None else machines.instance_named(instance)
    asked = {"tokens": 10_000_000, "tokens_basis": "given", "epochs": 3, "machine": machine, **more}
    return quote.quote(Asked(provider, model, **asked), today)


def test_openai_by_hand() -> None:
    found = quoted("openai", "gpt-4.1-mini", months=12)
    assert found.trained_tokens == 30_000_000
    assert (found.training_usd, found.hosting_usd_month, found.total_usd) == (Decimal(150), 0, Decimal(150))
    assert [(price.what, str(price.value), price.unit) for price in found.prices] == [
        ("training", "5.00", "usd_per_million_tokens"),
        ("hosting", "0", "usd_per_hour"),
    ]
    life = found.lifecycle
    assert life is not None
    assert (life.training_until, life.serving_until, life.replacement, life.days_left) == (
        "2027-01-06",
        "2027-01-13",
        "gpt-6-luna",
        48,
    )


def test_azure_standard_in_sweden_with_hosting_by_hand() -> None:
    found = quoted("azure_openai", "gpt-4.1-mini", region="swedencentral", months=3)
    assert found.training_usd == Decimal("181.50")  # 30 × 6.05
    assert found.hosting_usd_month == Decimal("1241.00")  # 1.70 × 730
    assert found.total_usd == Decimal("3904.50")
    assert found.unknown == ()
    # (181.50) / 321 + 1241 × 12 / 365 = 0.565 + 40.8
    assert "41.37 USD per day of use" in of_quote(found, 3)


@pytest.mark.parametrize(
    ("kind", "usd", "noted"),
    [("global", "150", True), ("data_zone", "165", False), ("developer", "75", True)],
)
def test_azures_other_training_types(kind: Any, usd: str, noted: bool) -> None:
    found = quoted("azure_openai", "gpt-4.1-mini", training_type=kind)
    assert found.training_usd == Decimal(usd)
    assert any("leave the region" in note for note in found.notes) is noted


def test_peft_on_an_instance_by_the_flops_law_by_hand() -> None:
    found = quoted(
        "peft",
        "someone/model",
        epochs=1,
        instance="aws:g6e.xlarge:us-east-1",
        shape=quote.shape_of_size(quote.parameters_named("8B")),
    )
    # 4 × 8e9 × 1e7 / (362e12 × 0.30) = 2,946.6 s = 49.11 minutes; + 10; × 1.861 / 60 = 1.8334
    assert found.training_usd == Decimal("1.84")
    assert (found.hosting_usd_month, found.total_usd) == (0, Decimal("1.84"))
    assert found.prices[0].region == "us-east-1"
    assert found.lifecycle is None
    told = " ".join(found.notes)
    assert "49.1 minutes" in told
    assert "1358.53 USD" in told  # 1.861 × 730: what serving on the same machine would be


def test_short_samples_are_known_from_a_file() -> None:
    size = quote.shape_of_size(8_000_000_000)
    long, short = (
        quoted("peft", "m", epochs=1, instance="aws:g6e.xlarge:us-east-1", shape=size, samples=samples)
        for samples in (5_000, 100_000)
    )
    assert long.training_usd == Decimal("1.84")
    assert short.training_usd == Decimal("3.36")  # 98.22 minutes + 10


@pytest.mark.parametrize(
    ("provider", "model", "more", "said"),
    [
        ("mcp", "gpt-4.1", {}, "clinft cannot know it for mcp"),
        ("manual", "gpt-4.1", {}, "clinft cannot know it for manual"),
        ("openai", "gpt-9", {}, "no row"),
        ("azure_openai", "gpt-4.1", {}, "--region northcentralus, swedencentral"),
        ("azure_openai", "gpt-4.1", {"region": "westus"}, "--region northcentralus, swedencentral"),
        ("openai", "o4-mini", {}, "billed by the hour"),
        ("peft", "m", {}, "--instance"),
        ("peft", "m", {"instance": "aws:g6.xlarge:us-east-1"}, "--parameters"),
    ],
)
def test_an_unknown_price_is_none_and_says_why(provider: Any, model: str, more: Any, said: str) -> None:
    found = quoted(provider, model, **more)
    assert (found.training_usd, found.total_usd) == (None, None)
    assert said in found.unknown[0]
    shown = of_quote(found, 1)
    assert "training unknown" in shown
    assert "**total unknown**" in shown


@pytest.mark.parametrize(
    ("today", "left", "ended"),
    [
        (date(2027, 1, 6), 7, False),
        (date(2027, 1, 7), 6, True),
        (date(2027, 1, 13), 0, True),
        (date(2027, 6, 1), 0, True),
    ],
)
def test_the_end_of_a_model_is_told_on_any_day(today: date, left: int, ended: bool) -> None:
    found = quoted("openai", "gpt-4.1", today)
    assert found.lifecycle is not None
    assert found.lifecycle.days_left == left
    assert any("can no longer be trained" in note for note in found.notes) is ended
    assert ("per day of use" in of_quote(found, 1)) is (left > 0)


@pytest.mark.parametrize(("today", "old"), [(date(2027, 5, 22), False), (date(2027, 5, 23), True)])
def test_an_old_price_is_pointed_out(today: date, old: bool) -> None:
    found = quoted("openai", "gpt-4.1", today)
    assert any("look it up again" in note for note in found.notes) is old


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("8B", 8 * 10**9),
        ("135M", 135 * 10**6),
        ("1.7b", 1_700_000_000),
        ("7", 7),
        ("2k", 2000),
        ("1T", 10**12),
    ],
)
def test_sizes_of_models(text: str, count: int) -> None:
    assert quote.parameters_named(text) == count


@pytest.mark.parametrize("text", ["", "B", "-8B", "8 B", "8BB", "1e9", "0", "0.0000001", "٨B", "9" * 99])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match="--parameters"):
        quote.parameters_named(text)


def test_unknown_names_are_refused_with_the_known_ones() -> None:
    with pytest.raises(SpecError, match="azure_openai"):
        quote.provider_named("azure")
    with pytest.raises(SpecError, match="data_zone"):
        quote.training_type_named("regional")
    assert quote.provider_named("mcp") == "mcp"
    assert quote.training_type_named("global") == "global"
