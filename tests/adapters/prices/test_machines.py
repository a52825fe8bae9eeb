"""The catalogue of machines: gpuhunt's interface, as version 0.1.34 has it, in front of a folder of CSV files."""

import csv
import sys
from decimal import Decimal
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from clinft.adapters.prices.machines import GpuhuntPrices
from clinft.errors import MissingExtra, ServiceError
from clinft.ports.pricing import Offer

HEADINGS = "instance_name,location,price,cpu,memory,gpu_count,gpu_name,gpu_memory,spot,disk_size,gpu_vendor"
AWS = f"""{HEADINGS}
g6.xlarge,us-east-1,0.8048,4,16.0,1,L4,24.0,False,,nvidia
g6.xlarge,us-east-1,0.3,4,16.0,1,L4,24.0,True,,nvidia
t3.micro,us-east-1,0.0104,2,1.0,0,,,False,,
"""


class Catalog:
    """What of it is used: `load` downloads, `query` reads the folder of GPUHUNT_CATALOG_DIR."""

    folder = Path()
    loaded = 0

    def __init__(self, *, balance_resources: bool, auto_reload: bool) -> None:
        assert not balance_resources
        assert not auto_reload, "it would download behind our back"

    def load(self) -> None:
        Catalog.loaded += 1
        raise OSError("the bucket cannot be reached")

    def query(self, *, provider: list[str], spot: bool) -> list[Any]:
        found = []
        for name in provider:
            with (Catalog.folder / f"{name}.csv").open() as file:
                found += [_item(name, row) for row in csv.DictReader(file)]
        return [one for one in found if one.spot == spot]


def _item(provider: str, row: dict[str, str]) -> Any:
    return SimpleNamespace(
        provider=provider,
        instance_name=row["instance_name"],
        location=row["location"],
        price=float(row["price"]),
        gpu_count=int(row["gpu_count"]),
        gpu_memory=float(row["gpu_memory"]) if row["gpu_memory"] else None,
        spot=row["spot"] == "True",
    )


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    module = ModuleType("gpuhunt")
    module.Catalog = Catalog  # type: ignore[attr-defined]  # a module of ours in its place
    monkeypatch.setitem(sys.modules, "gpuhunt", module)
    monkeypatch.setattr(Catalog, "folder", tmp_path)
    monkeypatch.setattr(Catalog, "loaded", 0)
    return tmp_path


def test_offers_on_demand_come_with_exact_prices(catalog: Path) -> None:
    (catalog / "aws.csv").write_text(AWS)
    machine, without_a_card = GpuhuntPrices(offline=True).offers(["aws"])
    assert machine == Offer("aws", "g6.xlarge", "us-east-1", Decimal("0.8048"), 1, Decimal("24.0"))
    assert (without_a_card.gpus, without_a_card.memory_gb) == (0, None)
    assert Catalog.loaded == 0


def test_without_a_folder_it_is_downloaded_and_a_failure_is_told(catalog: Path) -> None:
    (catalog / "aws.csv").write_text(AWS)
    with pytest.raises(ServiceError, match="catalogue of gpuhunt could not be read"):
        GpuhuntPrices().offers(["aws"])
    assert Catalog.loaded == 1


@pytest.mark.parametrize("text", [None, HEADINGS, "price\nx\n"], ids=["absent", "empty", "damaged"])
def test_a_catalogue_that_is_none_is_an_error(catalog: Path, text: str | None) -> None:
    if text is not None:
        (catalog / "aws.csv").write_text(text)
    with pytest.raises(ServiceError, match="could not be read"):
        GpuhuntPrices(offline=True).offers(["aws"])


@pytest.mark.parametrize("line", ["a\x1b[31mb,us,1", "a,us,inf", "a,us,nan", "a,us,-1", f"{'a' * 201},us,1"])
def test_an_offer_that_cannot_be_is_left_out(catalog: Path, line: str) -> None:
    (catalog / "aws.csv").write_text(f"{AWS}{line},4,16.0,1,L4,24.0,False,,nvidia\n")
    assert len(GpuhuntPrices(offline=True).offers(["aws"])) == 2


def test_the_library_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gpuhunt", None)
    with pytest.raises(MissingExtra) as missing:
        GpuhuntPrices(offline=True).offers(["aws"])
    assert "[prices]" in str(missing.value)
