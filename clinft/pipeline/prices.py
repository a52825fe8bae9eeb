"""Dated tables behind the estimate: prices as they were read, speeds as they were measured."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import Field

from clinft.artifacts.canonical import digest_json
from clinft.artifacts.planning import Price
from clinft.errors import PolicyViolation
from clinft.spec import yaml
from clinft.spec.base import Line, Provider, Strict, Usd
from clinft.spec.eligibility import IsoDate, Region, TrainingType
from clinft.spec.training import TrainingSpec
from clinft.stages.estimate import Prices, Throughput

TABLE = "prices.yaml"
TABLES = (TABLE, "machines.yaml", "models.yaml", "recipes.yaml")
ANY_MODEL = "*"
What = Literal["training", "hosting", "input", "cached_input", "output"]


class PriceRow(Strict):
    provider: Provider
    base_model: Line
    aliases: list[Line] = Field(default=[])
    what: What
    training_type: TrainingType | None = None
    region: Region | None = None
    unit: Literal["usd_per_million_tokens", "usd_per_hour"]
    value: Usd
    as_of: IsoDate
    source: Line

    def is_of(self, provider: str, base_model: str) -> bool:
        return self.provider == provider and base_model in (self.base_model, *self.aliases)

    @property
    def says(self) -> tuple[bool, bool, bool]:
        """How narrow it is: of two rows the narrower one counts."""
        return self.base_model != ANY_MODEL, self.training_type is not None, self.region is not None


class ThroughputRow(Strict):
    base_model: str
    method: str
    top_layers: int | None = None
    tokens_per_second: float
    measured_on: str
    machine: Line


class PriceTable(Strict):
    prices: list[PriceRow]
    throughput: list[ThroughputRow]


def read_table(name: str) -> object:
    data = (resources.files("clinft") / "tables" / name).read_bytes()
    return yaml.parse(data, name).value


@cache
def table_digest() -> str:
    """Of every table that an estimate rests on; they are part of the package and long to read."""
    return digest_json({name: read_table(name) for name in TABLES})


@cache
def price_table() -> PriceTable:
    return PriceTable.model_validate(read_table(TABLE))


def price_of(
    what: What,
    provider: str,
    base_model: str,
    training_type: TrainingType | None = None,
    region: str | None = None,
) -> Price | None:
    """None: no row says it, and an unknown price is never guessed."""
    rows = [
        row
        for row in price_table().prices
        if row.what == what
        and (row.is_of(provider, base_model) or row.is_of(provider, ANY_MODEL))
        and row.training_type in (None, training_type)
        and row.region in (None, region)
    ]
    row = max(rows, key=lambda row: row.says, default=None)
    if row is None:
        return None
    return Price(
        what=row.what, value=row.value, unit=row.unit, region=row.region, as_of=row.as_of, source=row.source
    )


def prices_of(
    provider: str, base_model: str, training_type: TrainingType | None, region: str | None
) -> Prices:
    """Azure trains in the region unless it is told otherwise."""
    kind = training_type or ("standard" if provider == "azure_openai" else None)
    return Prices(
        training=price_of("training", provider, base_model, kind, region),
        hosting=price_of("hosting", provider, base_model, kind, region),
        input=price_of("input", provider, base_model, kind, region),
        output=price_of("output", provider, base_model, kind, region),
    )


def regions_of(provider: str, base_model: str) -> tuple[str, ...]:
    """Regions for which the table knows what training costs there."""
    rows = (row for row in price_table().prices if row.what == "training")
    return tuple(sorted({row.region for row in rows if row.region and row.is_of(provider, base_model)}))


def age_days(prices: Iterable[Price], today: date) -> int | None:
    """Of the oldest one."""
    return max(((today - date.fromisoformat(price.as_of)).days for price in prices), default=None)


def check_age(prices: Iterable[Price], today: date, most_days: int) -> None:
    for price in prices:
        age = age_days((price,), today)
        if age is not None and age > most_days:
            raise PolicyViolation(
                f"The price of {price.what}, {price.value} {price.unit.replace('_', ' ')}, was read on "
                f"{price.as_of}, {age} days ago.",
                f"The policy allows {most_days} (budgets.max_price_age_days); its source: {price.source}.",
                "Read it again and renew the row in clinft/tables, or raise the policy's limit for approval.",
            )


def throughput_of(training: TrainingSpec) -> Throughput | None:
    for row in price_table().throughput:
        same = (row.base_model, row.method, row.top_layers) == (
            training.base_model,
            training.method,
            training.lora.top_layers,
        )
        if same and training.provider == "peft":
            return Throughput(row.tokens_per_second, f"measured {row.measured_on} on {row.machine}")
    return None
