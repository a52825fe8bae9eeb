"""Renewing Azure's rows: what is said again is dated, what moved is changed, what is doubtful is kept and told."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from clinft.pipeline.prices import PriceTable, read_table
from clinft.pipeline.refreshing import Refreshed, meters
from clinft.pipeline.refreshing.azure import refresh_azure
from clinft.ports.pricing import Meter
from clinft.spec import yaml
from tests.conftest import REPOSITORY
from tests.fakes.azure_prices import Item, item, of_one_model
from tests.fakes.price_tables import HEAD, PRICES

TODAY = date(2026, 11, 26)
TRAINING = "gpt-4.1 FT Training regional Tokens"
SWEDEN = "azure_openai gpt-4.1-2025-04-14 training standard swedencentral"
HOSTING = "azure_openai gpt-4.1-2025-04-14 hosting"


def meter(line: Item) -> Meter:
    return Meter(
        line["meterName"],
        line["productName"],
        line["armRegionName"],
        line["unitOfMeasure"],
        Decimal(str(line["retailPrice"])),
        line["currencyCode"],
        date.fromisoformat(line["effectiveStartDate"][:10]),
    )


LISTED = tuple(meter(line) for line in of_one_model())


def refreshed(listed: Sequence[Meter] = LISTED, text: str = PRICES, today: date = TODAY) -> Refreshed:
    return refresh_azure(text, listed, today)


def rows(text: str) -> list[tuple[str, str, str]]:
    table = PriceTable.model_validate(yaml.parse(text, "prices.yaml").value)
    return [(str(row.value), row.as_of, row.source) for row in table.prices]


def kept(done: Refreshed) -> dict[str, str]:
    return {doubt.row: doubt.why for doubt in done.doubts}


def test_what_is_said_again_is_dated_and_nothing_else_changes() -> None:
    done = refreshed()
    before, after = rows(PRICES), rows(done.text)
    assert done.doubts == []
    assert not any(change.moved for change in done.changes if change.old is not None)
    # Others' rows are theirs: every byte of them stays, and so do comments.
    assert after[:2] == before[:2]
    assert done.text.startswith(HEAD)
    assert all(line in done.text for line in ("  # Regional.\n", "   # dearer\n", "# What was measured.\n"))
    assert [value for value, _, _ in after[:7]] == [value for value, _, _ in before]
    assert {as_of for _, as_of, _ in after[2:]} == {"2026-11-26"}
    assert after[3][2] == f"Azure Retail Prices API; meter {TRAINING}; a note that stays"
    assert after[5][2].startswith(
        "Azure Retail Prices API; meter 4.1 ft hosting Dz Unit and gpt-4.1-ft hosting"
    )
    # No meter is the fact that this row states.
    assert after[6][2] == "Azure Retail Prices API; no meter there, so no fee; removed after 24 hours"


def test_the_same_answers_change_nothing_byte_for_byte() -> None:
    first = refreshed()
    assert refreshed(text=first.text).text == first.text
    assert refreshed(tuple(reversed(LISTED))).text == first.text
    later = refreshed(text=first.text, today=date(2026, 12, 3)).text
    assert later == first.text.replace('"2026-11-26"', '"2026-12-03"')


def test_a_price_that_moved_is_written_and_told() -> None:
    done = refreshed(
        [
            replace(one, price=Decimal("0.0363"))
            if one.region == "swedencentral" and one.name == TRAINING
            else one
            for one in LISTED
        ]
    )
    (change,) = [change for change in done.changes if change.moved and change.old is not None]
    assert (change.row, change.old, change.value, change.old_as_of) == (
        SWEDEN,
        Decimal("30.25"),
        Decimal("36.30"),
        "2026-08-11",
    )
    assert 'value: "36.30", as_of: "2026-11-26",   # dearer' in done.text


def test_new_rows_are_those_that_nothing_said_where_the_model_is_trained() -> None:
    more = [
        meter(line)
        for line in (
            *item("gpt-4.1-ft input regional Tokens", 0.00242, "swedencentral", "northeurope"),
            *item("gpt-4.1-ft output global Tokens", 0.008, "swedencentral", "eastus2"),
            # No end of it is known; a place whose meters are strange; a model that no meter of ours names.
            *item("gpt-4.1-nano-ft input global Tokens", 0.0001, "swedencentral"),
            *item("gpt-4.1-dev-ft inpt glbl Tokens", 0.002, "swedencentral"),
            *item("gpt-9 FT Training global Tokens", 0.002, "swedencentral"),
            # Two that differ say nothing.
            *item("gpt-4.1-ft input global Tokens", 0.002, "swedencentral"),
            *item("gpt-4.1-ft input global Tokens", 0.003, "eastus2"),
        )
    ]
    done = refreshed([*LISTED, *more])
    new = [
        (change.row.removeprefix("azure_openai gpt-4.1-2025-04-14 "), str(change.value))
        for change in done.changes
        if change.old is None
    ]
    assert new == [
        ("input standard swedencentral", "2.42"),
        ("training data_zone", "27.50"),
        ("output global", "8.00"),
    ]
    assert done.doubts == []
    at = done.text.index("# What was measured.")
    assert done.text[:at].endswith(
        'source: "Azure Retail Prices API; meter gpt-4.1-ft output global Tokens"}\n'
    )
    assert 'region: swedencentral,\n     unit: usd_per_million_tokens, value: "2.42", as_of' in done.text


Change = Callable[[Meter], Meter | None]


def of_training(one: Meter, **changes: object) -> Meter:
    return replace(one, **changes) if one.region == "swedencentral" and one.name == TRAINING else one  # type: ignore[arg-type]  # fields of Meter


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda one: None if one.name == TRAINING and one.region == "swedencentral" else one, "no meter"),
        (lambda one: of_training(one, currency="EUR"), "in EUR, not in USD"),
        (
            lambda one: of_training(one, unit="1/Month"),
            "counted in 1/Month now, not in usd_per_million_tokens",
        ),
        (lambda one: of_training(one, unit="1 Hour"), "counted in usd_per_hour now"),
        (lambda one: of_training(one, price=Decimal("0.0908")), "jump from 30.25 to 90.8"),
        (lambda one: of_training(one, price=Decimal("0.01008")), "jump from 30.25 to 10.08"),
        (lambda one: of_training(one, price=Decimal(0)), "jump from 30.25 to 0"),
        (lambda one: of_training(one, price=Decimal("0.0302500001")), "no amount"),
        (lambda one: of_training(one, since=date(2026, 12, 1)), "no meter"),
    ],
    ids=["gone", "currency", "unit", "another unit", "dearer", "cheaper", "free", "too fine", "not yet"],
)
def test_a_doubtful_row_is_kept_and_told(change: Change, why: str) -> None:
    done = refreshed([one for listed in LISTED if (one := change(listed)) is not None])
    assert list(kept(done)) == [SWEDEN]
    assert why in kept(done)[SWEDEN]
    assert rows(done.text)[3] == rows(PRICES)[3]
    assert rows(done.text)[2][1] == "2026-11-26"


def test_three_times_is_still_believed() -> None:
    done = refreshed([of_training(one, price=Decimal("0.09075")) for one in LISTED])
    assert (done.doubts, rows(done.text)[3][0]) == ([], "90.75")


def test_meters_that_differ_are_doubtful_where_a_row_holds_for_all() -> None:
    dearer = [
        replace(one, price=Decimal("2.04"))
        if "hosting global" in one.name and one.region == "swedencentral"
        else one
        for one in LISTED
    ]
    assert kept(refreshed(dearer)) == {HOSTING: "its meters differ: 1.7, 2.04"}
    # But not for a region in which no row says that one can train, nor for a government's own cloud.
    apart = [
        meter(line)
        for line in (
            *item("gpt-4.1-ft hosting regional Unit", 2.04, "southeastasia"),
            *item("gpt-4.1-ft hosting global Unit", 2.04, "usgovvirginia"),
        )
    ]
    assert refreshed([*LISTED, *apart]).doubts == []


def test_a_fee_where_there_was_none_is_doubtful() -> None:
    fee = [meter(line) for line in item("gpt 4.1 dev ft hosting glbl Unit", 0.5, "swedencentral")]
    assert "jump from 0 to 0.5" in kept(refreshed([*LISTED, *fee]))[f"{HOSTING} developer"]


def test_an_empty_answer_keeps_every_row_and_says_so_of_each() -> None:
    done = refreshed(())
    assert (done.text, done.changes, len(done.doubts)) == (PRICES, [], 5)


def test_text_of_the_service_cannot_leave_its_value() -> None:
    quoted = [
        replace(one, name="GPT-4.1 ft training REGIONAL Tokens") if one.name == TRAINING else one
        for one in LISTED
    ]
    assert refreshed(quoted).doubts == []
    for name in ('gpt-4.1 ft"} training regional', "gpt-4.1 ft: [x] training regional"):
        assert meters.read(replace(LISTED[0], name=name)) is None


def test_the_shipped_table_is_renewed_row_by_row() -> None:
    """Of the real table: only the rows of gpt-4.1 have their meters here, and all others are kept."""
    text = (REPOSITORY / "clinft/tables/prices.yaml").read_text()
    done = refreshed(text=text)
    told = {change.row for change in done.changes if change.old is not None} | set(kept(done))
    table = PriceTable.model_validate(read_table("prices.yaml"))
    assert len(told) == sum(row.provider == "azure_openai" for row in table.prices)
    assert not any("gpt-4.1-2025-04-14" in row for row in kept(done))
    assert refreshed(text=done.text).text == done.text
