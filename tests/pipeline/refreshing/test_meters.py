"""Names of meters: each row is one that Azure's list had on 2026-08-11, or a near miss of one."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from clinft.pipeline.refreshing import meters
from clinft.ports.pricing import Meter

DAY = date(2026, 5, 1)


def meter(name: str, unit: str = "1K", price: str = "0.025", **more: Any) -> Meter:
    return Meter(
        **{
            "name": name,
            "product": "Azure OpenAI",
            "region": "swedencentral",
            "unit": unit,
            "price": Decimal(price),
            "currency": "USD",
            "since": DAY,
            **more,
        }
    )


G41, G4O, MINI, O4 = (
    "gpt-4.1-2025-04-14",
    "gpt-4o-2024-08-06",
    "gpt-4.1-mini-2025-04-14",
    "o4-mini-2025-04-16",
)
G4O_MINI, NANO = "gpt-4o-mini-2024-07-18", "gpt-4.1-nano-2025-04-14"
OSS, LLAMA, MINISTRAL = "gpt-oss-20b", "Llama-3.3-70B-Instruct", "Ministral-3B"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("gpt-4.1 FT Training regional Tokens", (G41, "training", "standard")),
        ("4.1 ft training Dz Tokens", (G41, "training", "data_zone")),
        ("gpt 4.1 dev ft training glbl Tokens", (G41, "training", "developer")),
        ("gpt-4.1-ft hosting global Unit", (G41, "hosting", "global")),
        ("gpt-4.1-ft cached input regional Tokens", (G41, "cached_input", "standard")),
        ("4.1 ft cd inp Dz Tokens", (G41, "cached_input", "data_zone")),
        ("4.1 mini ft opt Dz Tokens", (MINI, "output", "data_zone")),
        ("gpt-4.1-mini-ft cached input regnl Tokens", (MINI, "cached_input", "standard")),
        ("gpt-4.1-nano FT Training global Tokens", (NANO, "training", "global")),
        ("gpt-4o-0806-FT-Trng-glbl tkn Tokens", (G4O, "training", "global")),
        ("gpt-4o-0806-FT-Hstng-regnl Unit", (G4O, "hosting", "standard")),
        ("gpt-4o-0806-cached-FT-inp-datazone Tokens", (G4O, "cached_input", "data_zone")),
        ("gpt 4o dev ft training glbl Tokens", (G4O, "training", "developer")),
        ("4o mini 0718 ft hosting Dz Unit", (G4O_MINI, "hosting", "data_zone")),
        ("gpt-4o-mini-0718-FT-Outp-glbl Tokens", (G4O_MINI, "output", "global")),
        ("o4-mini RFT Training regional Unit", (O4, "training", "standard")),
        ("o4 mini dev RFT Training glb Unit", (O4, "training", "developer")),
        ("20b FT regnl Tokens", (OSS, "training", "standard")),
        ("OSS-20b FT Tokens", (OSS, "training", "global")),
        ("OSS 20b FT DZ Deployment Hosting Unit", (OSS, "hosting", "data_zone")),
        ("GPT-OSS-20b-IN-FT Tokens", (OSS, "input", "global")),
        ("3.3 70b FT regnl Tokens", (LLAMA, "training", "standard")),
        ("Llama3.3-Out-FT Tokens", (LLAMA, "output", "global")),
        ("Ministral 3bFTregnl Deployment Hosting Unit", (MINISTRAL, "hosting", "standard")),
        ("Ministral 3B Model In-FT Tokens", (MINISTRAL, "input", "global")),
        ("Mnstrl 3b FT DZ Tokens", (MINISTRAL, "training", "data_zone")),
        # Of the base model, of other work, of another model: nobody's row.
        ("gpt 4.1 mini Inp regnl Tokens", None),
        ("gpt 4.1 mini Batch Inp glbl Tokens", None),
        ("4.1 mini pp Inp Dz Tokens", None),
        ("gpt-4.1-mini-ft mdl grdr inpt Tokens", None),
        ("gpt-4o-ft model grader output Tokens", None),
        ("o3-mini RFT Training global Unit", None),
        ("gpt-4-8K-FT-Trng-regnl Unit", None),
        ("gpt-4.15 FT Training global Tokens", None),
        ("gpt-4.1 FT Training Tokens", None),
        ("gpt-4.1 FT Training global regional Tokens", None),
        ("gpt-4.1 FT Training hosting global Tokens", None),
        ("gpt-4.1 FT cached output global Tokens", None),
        ("gpt-4.1 dev FT training regional Tokens", None),
        ("gpt-4.1", None),
        ("", None),
        ("OSS 120b FT Tokens", None),
    ],
)
def test_a_name_says_model_work_and_place_or_nothing(name: str, meant: tuple[str, ...] | None) -> None:
    found = meters.read(meter(name))
    assert (None if found is None else (found.base_model, found.what, found.training_type)) == meant


@pytest.mark.parametrize(
    ("unit", "price", "ours", "value"),
    [
        ("1K", "0.0275", "usd_per_million_tokens", "27.5"),
        ("1M", "27.5", "usd_per_million_tokens", "27.5"),
        ("1 Hour", "1.7", "usd_per_hour", "1.7"),
        ("1/Hour", "1.7", "usd_per_hour", "1.7"),
        ("1/Month", "1.7", None, "1.7"),
        ("1k", "0.0275", None, "0.0275"),
    ],
)
def test_what_is_counted(unit: str, price: str, ours: str | None, value: str) -> None:
    found = meters.read(meter("gpt-4.1 FT Training global Tokens", unit, price))
    assert found is not None
    assert (found.unit, found.value) == (ours, Decimal(value))


def test_the_newest_line_that_holds_today_counts() -> None:
    old, now = meter("m", price="1"), meter("m", price="2", since=DAY + timedelta(days=9))
    later, other = meter("m", price="3", since=DAY + timedelta(days=99)), meter("m", region="eastus2")
    listed = [now, later, old, other]
    assert meters.in_force(listed, DAY + timedelta(days=10)) == (now, other)
    assert meters.in_force(listed, DAY) == (old, other)
    assert meters.in_force(listed, DAY - timedelta(days=1)) == ()
    twin = meter("m", price="4", since=now.since)
    assert set(meters.in_force([now, twin], now.since)) == {now, twin}
