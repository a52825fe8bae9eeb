"""The dated table of base models that stop."""

from datetime import date
from functools import cache

from pydantic import Field

from clinft.pipeline.prices import read_table
from clinft.spec.base import Line, Provider, Strict
from clinft.spec.eligibility import IsoDate
from clinft.stages.gate.inputs import Lifecycle

TABLE = "models.yaml"


class Row(Strict):
    provider: Provider
    base_model: str
    aliases: list[Line] = Field(default=[])
    training_until: IsoDate | None = None
    serving_until: IsoDate | None = None
    replacement: Line | None = None
    as_of: IsoDate
    source: Line


class Table(Strict):
    models: list[Row]


@cache
def _table() -> Table:
    return Table.model_validate(read_table(TABLE))


def row_of(provider: str, base_model: str) -> Row | None:
    """None: no end is known."""
    for row in _table().models:
        if row.provider == provider and base_model in (row.base_model, *row.aliases):
            return row
    return None


def lifecycle_of(provider: str, base_model: str) -> Lifecycle | None:
    row = row_of(provider, base_model)
    if row is None:
        return None
    return Lifecycle(
        training_until=_day(row.training_until),
        serving_until=_day(row.serving_until),
        source=row.source,
        as_of=row.as_of,
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
