"""Charts of money: what was estimated against what was measured, and what all of it came to."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from clinft.stages.report import numbers
from clinft.stages.report.dashboard import charts
from clinft.stages.report.dashboard.charts import ACTUAL, ESTIMATED, Chart, is_moment
from clinft.stages.report.dashboard.views import Money, Run


def _dollars(most: float) -> dict[str, Any]:
    """From nothing on; where nothing was spent, up to one dollar."""
    scale: dict[str, Any] = {"domain": [0, 1]} if most == 0 else {"domainMin": 0, "nice": True}
    axis = {"tickCount": 4, "format": ",~f"}
    return {"field": "usd", "type": "quantitative", "title": "US dollars", "scale": scale, "axis": axis}


def priced(runs: Sequence[Run]) -> list[Run]:
    """In the order in which they began."""
    known = [run for run in runs if run.cost is not None and is_moment(run.started_at)]
    return sorted(known, key=lambda run: (run.started_at or "", run.run_id))


def against_estimate(runs: Sequence[Run]) -> Chart | None:
    known = priced(runs)
    if not known:
        return None
    rows: list[list[Any]] = []
    for run in known:
        assert run.cost is not None, "priced has seen to it"
        at, cost = charts.millis(run.started_at or ""), run.cost
        upper = None if cost.upper is None else float(cost.upper)
        shown = numbers.usd(cost.estimated) + (
            "" if cost.upper is None else f", at most {numbers.usd(cost.upper)}"
        )
        rows.append([at, ESTIMATED, float(cost.estimated), upper, run.run_id, shown])
        if cost.actual is not None:
            rows.append([at, ACTUAL, float(cost.actual), None, run.run_id, numbers.usd(cost.actual)])
    x = charts.over_time([run.started_at or "" for run in known])
    tooltip = [{"field": "run", "title": "Run"}, {"field": "shown", "title": "Training"}]
    y = _dollars(max(float(row[3] or row[2]) for row in rows))
    layers = [
        charts.bars(ESTIMATED, x, y, "upper"),
        charts.points(ESTIMATED, x, y, tooltip),
        charts.points(ACTUAL, x, y, tooltip),
    ]
    actual = [run.cost.actual for run in known if run.cost is not None and run.cost.actual is not None]
    unbounded = sum(run.cost is not None and run.cost.upper is None for run in known)
    return Chart(
        title="Training: estimate against measured cost, each run",
        summary=f"{numbers.count(len(known), 'run')} with an estimate, {len(actual):,} with a measured cost, "
        f"{numbers.usd(sum(actual, Decimal(0)))} together. All of training alone, bounds too; evaluation is "
        "in the table" + (f". {unbounded:,} without a bound of training alone" if unbounded else ""),
        key=((ACTUAL, "training, as measured"), (ESTIMATED, "training, as estimated, up to its bound")),
        spec=charts.whole(layers),
        columns=("at", "series", "usd", "upper", "run", "shown"),
        rows=rows,
    )


def by_month(money: Money) -> Chart | None:
    """Added up where it is shown, and stored nowhere."""
    if not money.months or not money.known:
        return None
    months = money.months
    rows = [
        [
            one.month,
            float(one.actual),
            float(one.cumulative),
            numbers.usd(one.actual),
            numbers.usd(one.cumulative),
        ]
        for one in months
    ]
    y = _dollars(float(money.total))
    axis = {"labelAngle": 0, "labelOverlap": True, "grid": False, "ticks": False}
    x = {"field": "month", "type": "ordinal", "title": None, "axis": axis}
    tooltip = [
        {"field": "month", "title": "Month"},
        {"field": "spent", "title": "In the month"},
        {"field": "until", "title": "Until its end"},
    ]
    bar = {"type": "bar", "color": "var(--base)", "opacity": 0.75, "width": {"band": 0.5}}
    line = {"type": "line", "color": "var(--tuned)", "strokeWidth": 2}
    point = {"type": "point", "filled": True, "opacity": 1, "size": 50, "color": "var(--tuned)"}
    layers = [
        {"mark": bar, "encoding": {"x": x, "y": {**y, "field": "usd"}, "tooltip": tooltip}},
        {"mark": line, "encoding": {"x": x, "y": {**y, "field": "sum"}}},
        {"mark": point, "encoding": {"x": x, "y": {**y, "field": "sum"}, "tooltip": tooltip}},
    ]
    return Chart(
        title="Spend, month by month",
        summary=f"{numbers.usd(money.total)} in {numbers.count(len(months), 'month')}; {told(money)}",
        key=(("actual", "cumulative, as measured"), ("estimated", "in the month, as measured")),
        spec=charts.whole(layers),
        columns=("month", "usd", "sum", "spent", "until"),
        rows=rows,
    )


def told(money: Money) -> str:
    """How much of the money is known, in words."""
    of_all = f"measured in {money.known:,} of {numbers.count(money.known + money.unknown, 'cost')}"
    return f"{of_all} of training and evaluation"
