"""The table of prices: every row dated and sourced, the narrowest row found, nothing guessed, nothing too old."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from clinft.artifacts.planning import Price
from clinft.errors import PolicyViolation
from clinft.pipeline import prices
from clinft.pipeline.prices import PriceRow, check_age, price_of, price_table, prices_of, regions_of
from clinft.spec.eligibility import TrainingType
from clinft.spec.training import TrainingSpec
from clinft.stages.gate.places import OWN_MACHINES
from tests.fakes.frozen_tables import freeze

# Of the table as it is shipped, which a refresh changes; amounts are compared with a frozen one.
ROWS = price_table().prices
READ = Price(
    what="training",
    value=Decimal(5),
    unit="usd_per_million_tokens",
    as_of="2026-08-11",
    source="a page",
)


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)


def value(*asked: Any) -> str | None:
    found = price_of(*asked)
    return None if found is None else str(found.value)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.provider} {row.base_model} {row.what}")
def test_every_row_says_when_it_was_read_and_where(row: PriceRow) -> None:
    assert date(2026, 1, 1) <= date.fromisoformat(row.as_of) <= date(2030, 1, 1)
    assert len(row.source.split()) >= 4
    assert (row.unit == "usd_per_hour") or row.what != "hosting"
    # Only what nobody bills is free by itself; elsewhere a 0 has to be a fact about hosting.
    assert row.value > 0 or row.provider in OWN_MACHINES or row.what == "hosting"


def test_no_two_rows_say_the_same_and_no_two_answer_equally() -> None:
    for row in ROWS:
        like = [
            other
            for other in ROWS
            if (other.provider, other.what, other.training_type, other.region)
            == (row.provider, row.what, row.training_type, row.region)
            and {other.base_model, *other.aliases} & {row.base_model, *row.aliases}
        ]
        assert like == [row]


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (("training", "openai", "gpt-4.1-mini-2025-04-14"), "5.00"),
        (("training", "openai", "gpt-4.1-mini"), "5.00"),
        (("training", "openai", "gpt-4o"), "25.00"),
        (("output", "openai", "gpt-4o-mini"), "1.20"),
        (("hosting", "openai", "gpt-4.1"), "0"),
        (("training", "azure_openai", "gpt-4.1", "standard", "swedencentral"), "30.25"),
        (("training", "azure_openai", "gpt-4.1", "standard", "northcentralus"), "27.50"),
        (("training", "azure_openai", "gpt-4.1", "global", "swedencentral"), "25.00"),
        (("training", "azure_openai", "gpt-4.1", "developer", None), "12.50"),
        (("training", "azure_openai", "gpt-oss-20b", "data_zone", None), "4.00"),
        (("hosting", "azure_openai", "gpt-4.1", "standard", "swedencentral"), "1.70"),
        (("hosting", "azure_openai", "gpt-4.1", "developer", None), "0"),
        (("hosting", "azure_openai", "gpt-oss-20b", "global", None), "0.30"),
        (("hosting", "azure_openai", "gpt-oss-20b", "data_zone", None), "0.33"),
        (("input", "azure_openai", "gpt-4.1-mini", "standard", "swedencentral"), "0.484"),
        # Nothing says it, so nothing is guessed.
        (("training", "azure_openai", "gpt-4.1", "standard", None), None),
        (("training", "azure_openai", "gpt-4.1", "standard", "westus"), None),
        (("input", "azure_openai", "gpt-4.1", "global", None), None),
        (("training", "openai", "gpt-9"), None),
        (("training", "openai", "GPT-4.1"), None),
        (("training", "mcp", "gpt-4.1"), None),
        (("training", "manual", "gpt-4.1"), None),
        (("training", "peft", "any/model"), "0"),
    ],
)
def test_the_narrowest_row_counts(asked: Any, found: str | None) -> None:
    assert value(*asked) == found


@pytest.mark.parametrize("model", ["gpt-4.1", "gpt-4.1-mini", "gpt-4o", "gpt-4o-mini"])
def test_what_is_shipped_knows_openais_models_and_orders_their_tokens(model: str) -> None:
    amounts = [price_of(what, "openai", model) for what in ("cached_input", "input", "output", "training")]
    known = [found.value for found in amounts if found is not None]
    assert len(known) == len(amounts)
    assert known[:3] == sorted(known[:3])
    assert price_of("hosting", "openai", model) is not None


@pytest.mark.parametrize("model", ["gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano", "gpt-4o", "gpt-4o-mini"])
def test_what_is_shipped_says_that_azure_asks_more_the_nearer_data_stay(model: str) -> None:
    kinds: tuple[TrainingType, ...] = ("developer", "global", "data_zone")
    wide = [price_of("training", "azure_openai", model, kind) for kind in kinds]
    regions = regions_of("azure_openai", model)
    regional = [price_of("training", "azure_openai", model, "standard", region) for region in regions]
    developer, anywhere, zone = (found.value for found in wide if found is not None)
    assert developer <= anywhere <= zone
    assert "swedencentral" in regions
    assert all(found is not None and found.value >= anywhere for found in regional)


@pytest.mark.usefixtures("frozen")
def test_azure_trains_in_the_region_unless_it_is_told_otherwise() -> None:
    region = prices_of("azure_openai", "gpt-4.1", None, "swedencentral")
    assert region.training is not None
    assert (region.training.value, region.training.region) == (Decimal("30.25"), "swedencentral")
    assert prices_of("azure_openai", "gpt-4.1", "global", "swedencentral").training == price_of(
        "training", "azure_openai", "gpt-4.1", "global"
    )
    assert regions_of("azure_openai", "gpt-4.1") == ("northcentralus", "swedencentral")
    assert regions_of("openai", "gpt-4.1") == ()


@pytest.mark.parametrize(
    ("today", "most", "old"),
    [
        (date(2026, 12, 9), 120, False),  # 120 days after
        (date(2026, 12, 10), 120, True),
        (date(2026, 12, 10), 121, False),
        (date(2026, 1, 1), 1, False),  # a clock before the day of reading
    ],
)
def test_a_price_is_too_old_the_day_after_the_policys_limit(today: date, most: int, old: bool) -> None:
    if not old:
        check_age([READ], today, most)
        return
    with pytest.raises(PolicyViolation, match="121 days ago") as refused:
        check_age([READ], today, most)
    assert "max_price_age_days" in str(refused.value)
    assert "a page" in str(refused.value)
    assert prices.age_days([READ, READ.model_copy(update={"as_of": "2026-12-01"})], today) == 121
    assert prices.age_days([], today) is None


@pytest.mark.parametrize(
    "change",
    [
        {"value": "-1"},
        {"as_of": "2026-13-01"},
        {"unit": "eur"},
        {"source": ""},
        {"note": "x"},
        {"what": "tax"},
    ],
)
def test_a_row_that_is_not_whole_is_no_row(change: dict[str, Any]) -> None:
    row = {"provider": "openai", "base_model": "m", "what": "training", "unit": "usd_per_hour", "value": "1"}
    good = {**row, "as_of": "2026-01-01", "source": "a page"}
    PriceRow.model_validate(good)
    with pytest.raises(ValidationError):
        PriceRow.model_validate({**good, **change})


def test_the_digest_covers_every_table(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = prices.table_digest.__wrapped__  # the tables of a package stay as they are while it runs
    before, read = digest(), prices.read_table
    assert prices.table_digest() == before
    for changed in prices.TABLES:

        def other(name: str, changed: str = changed) -> object:
            return "changed" if name == changed else read(name)

        monkeypatch.setattr(prices, "read_table", other)
        assert digest() != before


@pytest.mark.usefixtures("frozen")
def test_a_speed_is_found_for_the_recipe_that_was_measured_only() -> None:
    measured = TrainingSpec.model_validate(
        {"provider": "peft", "base_model": "builtin:smollm2-135m", "lora": {"top_layers": 10}}
    )
    found = prices.throughput_of(measured)
    assert found is not None
    assert found.tokens_per_second == 831
    assert "measured 2026-11-24" in found.basis
    assert prices.throughput_of(measured.model_copy(update={"method": "qlora"})) is None
