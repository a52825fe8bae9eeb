"""Ages by source, and what a refresh did: every row told, foreign text harmless."""

from datetime import date
from decimal import Decimal

from clinft.pipeline.refreshing import Change, Doubt, Refreshed, ages, words
from tests.fakes.price_tables import MACHINES, PRICES

TEXTS = {"prices.yaml": PRICES, "machines.yaml": MACHINES}
TODAY = date(2026, 12, 10)


def change(row: str, old: str | None, value: str, source: str = "Azure Retail Prices API") -> Change:
    before = None if old is None else Decimal(old)
    return Change("prices.yaml", row, "usd_per_hour", before, Decimal(value), "2026-08-11", source)


def test_rows_are_grouped_by_where_they_were_read_and_old_ones_named() -> None:
    found = ages.groups(TEXTS, TODAY, 120)
    told = [
        (one.table, one.provider, one.rows, one.oldest, one.newest, one.age_days, len(one.too_old))
        for one in found
    ]
    assert told == [
        ("prices.yaml", "openai", 1, "2026-10-01", "2026-10-01", 70, 0),
        ("prices.yaml", "azure_openai", 5, "2026-08-11", "2026-08-11", 121, 5),
        ("machines.yaml", "aws", 1, "2026-08-17", "2026-08-17", 115, 0),
        ("machines.yaml", "azure", 1, "2026-09-25", "2026-09-25", 76, 0),
        ("machines.yaml", "gcp", 1, "2026-10-13", "2026-10-13", 58, 0),
        ("machines.yaml", "lambda", 1, "2026-09-25", "2026-09-25", 76, 0),
        ("machines.yaml", "nebius", 1, "2026-09-25", "2026-09-25", 76, 0),
    ]
    # The day before it was in order; one's own machine never grows old.
    assert not any(one.too_old for one in ages.groups(TEXTS, date(2026, 12, 9), 120))
    text = words.ages(found, 120)
    assert "**5 rows are older**" in text
    assert "azure\\_openai gpt-4.1-2025-04-14 hosting developer" in text
    assert "older**" not in words.ages(ages.groups(TEXTS, TODAY, 121), 121)


def test_two_readings_of_one_source_are_one_group() -> None:
    newer = PRICES.replace('value: "27.50", as_of: "2026-08-11"', 'value: "27.50", as_of: "2026-11-01"')
    group = ages.groups({**TEXTS, "prices.yaml": newer}, TODAY, 120)[1]
    assert (group.rows, group.oldest, group.newest, len(group.too_old)) == (5, "2026-08-11", "2026-11-01", 4)


def test_the_pull_request_shows_old_new_and_difference_of_what_moved() -> None:
    moved = [change("dearer", "10.00", "12.50"), change("new one", None, "1.00"), change("same", "3", "3")]
    body = words.pull_request(
        [Refreshed("prices.yaml", "", moved, [Doubt("prices.yaml", "gone", "no meter")])], ["a note"]
    )
    assert "Rows with another price: 1; new ones: 1; read again and as they were: 1." in body
    assert "| dearer | USD per hour | 10.00 | 12.50 | +2.50 (+25.0 %) | Azure Retail Prices API |" in body
    assert "| new one | USD per hour | - | 1.00 | new | Azure Retail Prices API |" in body
    assert "| same |" not in body
    assert "- gone: no meter" in body
    assert "- a note" in body
    assert "role **engine** has to approve" in body
    assert "`clinft/tables/prices.yaml`" in body


def test_foreign_text_is_escaped_and_long_lists_are_cut() -> None:
    hostile = "x | @team <script> `y` [a](http://b) #12"
    many = [change(f"row {number}", "1", "2", hostile) for number in range(400)]
    doubts = [Doubt("prices.yaml", hostile, hostile)] * 400
    body = words.pull_request([Refreshed("prices.yaml", "", many, doubts)], [hostile])
    assert "<script>" not in body
    assert "@team" not in body
    assert "[a](" not in body
    assert "and 250 more rows" in body
    assert "and 250 more" in body
    assert len(body) < 60_000
