"""Dated tables behind the estimate: prices as they were read, speeds as they were measured."""

from decimal import Decimal
from functools import cache
from importlib import resources

from clinft.artifacts.canonical import digest_bytes
from clinft.artifacts.planning import PriceBasis
from clinft.errors import SpecError
from clinft.spec import yaml
from clinft.spec.base import Line, Strict
from clinft.spec.training import TrainingSpec
from clinft.stages.estimate import Throughput

TABLE = "prices.yaml"


class PriceRow(Strict):
    provider: str
    base_model: str
    usd_per_million_training_tokens: str
    as_of: str
    source: Line


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


def _bytes() -> bytes:
    return (resources.files("clinft") / "tables" / TABLE).read_bytes()


def table_digest() -> str:
    return digest_bytes(_bytes())


@cache
def _table() -> PriceTable:
    return PriceTable.model_validate(yaml.parse(_bytes(), TABLE).value)


def price_of(provider: str, base_model: str) -> PriceBasis:
    """The row of exactly this model, else the provider's row for any model (`*`)."""
    rows = [row for row in _table().prices if row.provider == provider]
    for row in rows:
        if row.base_model in (base_model, "*"):
            return PriceBasis(
                source=row.source,
                as_of=row.as_of,
                usd_per_million_training_tokens=Decimal(row.usd_per_million_training_tokens),
            )
    raise SpecError(
        f"There is no price for training this base model at {provider}.",
        "Prices are dated inputs; an unknown one is never guessed.",
        f"Add a row with source and date to clinft/tables/{TABLE}.",
    )


def throughput_of(training: TrainingSpec) -> Throughput | None:
    for row in _table().throughput:
        same = (row.base_model, row.method, row.top_layers) == (
            training.base_model,
            training.method,
            training.lora.top_layers,
        )
        if same and training.provider == "peft":
            return Throughput(row.tokens_per_second, f"measured {row.measured_on} on {row.machine}")
    return None
