"""`clinft prices`: ages with their exit code; `refresh` writes whole tables or none, and asks only whom it is told."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from clinft import wiring
from clinft.cli import pricing, show
from clinft.ports.pricing import Offer
from clinft.wiring import pricing as sources
from tests.fakes.azure_prices import Answer, AzurePriceServer, of_one_model
from tests.fakes.hospital import policy
from tests.fakes.price_tables import MACHINES, PRICES
from tests.pipeline.refreshing.test_machines import OFFERS

DAY = datetime(2026, 11, 26, 12, tzinfo=UTC)


class Offers:
    def offers(self, providers: object) -> tuple[Offer, ...]:
        return OFFERS


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[AzurePriceServer]:
    from clinft.adapters.prices.azure import AzurePrices

    with AzurePriceServer(of_one_model()) as running:
        monkeypatch.setattr(sources, "meters", lambda: AzurePrices(running.url, lambda _: None))
        yield running


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with small tables, and a working directory inside it."""
    monkeypatch.setattr(wiring, "SystemClock", type("At", (), {"now": lambda _: DAY}))
    folder = tmp_path / "clinft" / "tables"
    folder.mkdir(parents=True)
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "clinft.yml").write_text(policy())
    (folder / "prices.yaml").write_text(PRICES)
    (folder / "machines.yaml").write_text(MACHINES)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def gpuhunt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "offers", Offers)


def clinft(*args: str) -> Result:
    app = typer.Typer()
    app.callback()(lambda: None)
    pricing.register(app)
    show.forget_surroundings()
    return CliRunner().invoke(app, list(args))


def test_ages_are_shown_and_old_rows_are_a_no(tables: Path) -> None:
    shown = clinft("prices")
    assert shown.exit_code == 0, shown.output
    assert "The policy allows 180 days" in shown.output
    assert "Azure Retail Prices of 2026-08-11" in shown.output
    (tables / "prices.yaml").write_text(PRICES.replace("2026-08-11", "2026-05-29"))
    old = clinft("prices")
    assert old.exit_code == 1
    assert "5 rows are older" in old.output
    told = clinft("prices", "--json")
    assert told.exit_code == 1
    found = json.loads(told.stdout)
    assert found["max_price_age_days"] == 180
    assert [group["age_days"] for group in found["groups"]][:2] == [56, 181]


def test_a_refresh_writes_both_tables_and_the_next_one_nothing(
    tables: Path, server: AzurePriceServer, gpuhunt: None
) -> None:
    done = clinft("prices", "refresh")
    assert done.exit_code == 0, done.output
    assert "clinft/tables/prices.yaml, clinft/tables/machines.yaml written" in " ".join(done.output.split())
    written = {path.name: path.read_bytes() for path in tables.iterdir()}
    assert written.keys() == {"prices.yaml", "machines.yaml"}
    assert written["prices.yaml"].count(b'"2026-11-26"') == 6  # five renewed, one new
    again = clinft("prices", "refresh")
    assert "nothing is written" in again.output
    assert {path.name: path.read_bytes() for path in tables.iterdir()} == written


def test_only_whom_one_names_is_asked(
    tables: Path, server: AzurePriceServer, gpuhunt: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert clinft("prices", "refresh", "--machines").exit_code == 0
    assert server.asked == []
    assert (tables / "prices.yaml").read_text() == PRICES
    (tables / "machines.yaml").write_text(MACHINES)
    assert clinft("prices", "refresh", "--azure").exit_code == 0
    assert (tables / "machines.yaml").read_text() == MACHINES


def test_json_tells_changes_and_what_was_kept(tables: Path, server: AzurePriceServer) -> None:
    server.items = [one for one in server.items if one["armRegionName"] != "swedencentral"]
    done = clinft("prices", "refresh", "--azure", "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert [(one["row"], one["why"]) for one in told["kept"]] == [
        (
            "azure_openai gpt-4.1-2025-04-14 training standard swedencentral",
            "no meter of Azure's list prices it any more",
        )
    ]
    assert {"old": "27.50", "value": "27.50", "old_as_of": "2026-08-11"}.items() <= told["changes"][0].items()


def test_without_the_library_azure_is_asked_all_the_same_and_it_is_said(
    tables: Path, server: AzurePriceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gpuhunt", None)
    done = clinft("prices", "refresh")
    assert done.exit_code == 0, done.output
    assert "Machines were not asked for" in done.output
    assert "machines.yaml" not in done.output
    missing = clinft("prices", "refresh", "--machines")
    assert (missing.exit_code, "[prices]" in missing.output) == (2, True)


def test_a_service_that_fails_leaves_everything_as_it_was(
    tables: Path, server: AzurePriceServer, gpuhunt: None
) -> None:
    server.instead = [Answer(body=b"<html>")]
    done = clinft("prices", "refresh")
    assert done.exit_code == 3
    assert "is no list of prices" in done.output
    assert "Traceback" not in done.output
    assert [(tables / name).read_text() for name in ("prices.yaml", "machines.yaml")] == [PRICES, MACHINES]


@pytest.mark.parametrize(
    "args",
    [("prices", "--azure"), ("prices", "--publish"), ("prices", "renew"), ("prices", "refresh", "--all")],
)
def test_a_call_that_means_nothing_is_a_usage_error(tables: Path, args: tuple[str, ...]) -> None:
    assert clinft(*args).exit_code == 2


def test_elsewhere_there_is_nothing_to_renew(tables: Path, server: AzurePriceServer) -> None:
    (tables / "machines.yaml").unlink()
    done = clinft("prices", "refresh")
    assert done.exit_code == 2
    assert "has no clinft/tables/machines.yaml" in " ".join(done.output.split())
    assert server.asked == []
