"""What was spent, month by month: added up where it is shown, never stored."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from clinft.pipeline.tracking.amounts import amount
from clinft.pipeline.tracking.cells import Sheet

ALL = ""


@dataclass(frozen=True)
class Cost:
    """One row of costs.csv. `month`: YYYY-MM. None: nobody knows."""

    project: str
    run_id: str
    month: str
    what: str
    estimated_usd: Decimal | None
    actual_usd: Decimal | None


@dataclass(frozen=True)
class Spend:
    """A month of a project, or of `ALL`. Sums are of what is known; `unknown` rows have no actual cost."""

    month: str
    project: str
    estimated_usd: Decimal
    actual_usd: Decimal
    unknown: int
    cumulative_estimated_usd: Decimal
    cumulative_actual_usd: Decimal
    cumulative_unknown: int


def spent(sheet: Sheet) -> Iterator[Cost]:
    """Of `tables(projects)["costs"]`."""
    columns, rows = sheet
    for row in rows:
        named = dict(zip(columns, row, strict=True))
        yield Cost(
            project=named["project"],
            run_id=named["run_id"],
            month=named["at"][:7],
            what=named["what"],
            estimated_usd=amount(named["estimated_usd"] or None),
            actual_usd=amount(named["actual_usd"] or None),
        )


def cumulative(costs: Iterable[Cost]) -> tuple[Spend, ...]:
    """By project, all of them together last, and by month; months without a cost are left out."""
    listed = tuple(costs)
    projects = sorted({cost.project for cost in listed})
    found = [line for name in projects for line in _months(name, [c for c in listed if c.project == name])]
    return (*found, *_months(ALL, listed))


def _months(project: str, listed: Iterable[Cost]) -> Iterator[Spend]:
    costs = tuple(listed)
    estimated, actual, unknown = Decimal(0), Decimal(0), 0
    for month in sorted({cost.month for cost in costs}):
        now = [cost for cost in costs if cost.month == month]
        planned = sum((cost.estimated_usd or Decimal(0) for cost in now), Decimal(0))
        paid = sum((cost.actual_usd or Decimal(0) for cost in now), Decimal(0))
        missing = sum(cost.actual_usd is None for cost in now)
        estimated, actual, unknown = estimated + planned, actual + paid, unknown + missing
        yield Spend(month, project, planned, paid, missing, estimated, actual, unknown)
