"""How old the tables' prices are, by where they were read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from clinft.pipeline import machines, prices
from clinft.pipeline.prices import PriceTable
from clinft.pipeline.refreshing.azure import name_of
from clinft.spec import yaml
from clinft.spec.base import Strict
from clinft.stages.gate.places import OWN_MACHINES


@dataclass(frozen=True)
class Dated:
    """One row that somebody sends bills for."""

    table: str
    provider: str
    row: str
    as_of: str
    source: str

    def age_days(self, today: date) -> int:
        return (today - date.fromisoformat(self.as_of)).days


class Group(Strict):
    """Rows of one provider from one source. `too_old`: those that an estimate would refuse."""

    table: str
    provider: str
    source: str
    rows: int
    oldest: str
    newest: str
    age_days: int
    too_old: tuple[str, ...]


def dated(texts: dict[str, str]) -> Iterator[Dated]:
    """`texts`: the tables by name. What costs nothing because it is one's own machine never grows old."""
    table = PriceTable.model_validate(yaml.parse(texts[prices.TABLE], prices.TABLE).value)
    for row in table.prices:
        if row.provider not in OWN_MACHINES:
            yield Dated(prices.TABLE, row.provider, name_of(row), row.as_of, row.source)
    of_machines = machines.Table.model_validate(yaml.parse(texts[machines.TABLE], machines.TABLE).value)
    for instance in of_machines.instances:
        provider = instance.name.partition(":")[0]
        yield Dated(machines.TABLE, provider, instance.name, instance.as_of, instance.source)


def groups(texts: dict[str, str], today: date, most_days: int) -> tuple[Group, ...]:
    """A source is named up to its first semicolon: what follows are notes on single rows."""
    found: dict[tuple[str, str, str], list[Dated]] = {}
    for row in dated(texts):
        found.setdefault((row.table, row.provider, row.source.partition(";")[0]), []).append(row)
    return tuple(
        Group(
            table=table,
            provider=provider,
            source=source,
            rows=len(rows),
            oldest=min(row.as_of for row in rows),
            newest=max(row.as_of for row in rows),
            age_days=max(row.age_days(today) for row in rows),
            too_old=tuple(row.row for row in rows if row.age_days(today) > most_days),
        )
        for (table, provider, source), rows in found.items()
    )
