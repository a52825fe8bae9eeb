"""The dated table of base models that stop."""

from datetime import date
from functools import cache
from importlib import resources

from clinft.spec import yaml
from clinft.spec.base import Line, Provider, Strict
from clinft.spec.eligibility import IsoDate
from clinft.stages.gate.inputs import Lifecycle

TABLE = "models.yaml"


class Row(Strict):
    provider: Provider
    base_model: str
    training_until: IsoDate | None = None
    serving_until: IsoDate | None = None
    as_of: IsoDate
    source: Line


class Table(Strict):
    models: list[Row]


@cache
def _table() -> Table:
    data = (resources.files("clinft") / "tables" / TABLE).read_bytes()
    return Table.model_validate(yaml.parse(data, TABLE).value)


def lifecycle_of(provider: str, base_model: str) -> Lifecycle | None:
    """None: no end is known."""
    for row in _table().models:
        if (row.provider, row.base_model) == (provider, base_model):
            return Lifecycle(
                training_until=_day(row.training_until),
                serving_until=_day(row.serving_until),
                source=row.source,
                as_of=row.as_of,
            )
    return None


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
