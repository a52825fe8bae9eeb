"""Charts of measured figures over the runs of a project: each with its interval, beside the base model."""

from collections.abc import Iterator, Sequence
from typing import Any

from clinft.artifacts.planning import Interval
from clinft.stages.report import numbers, words
from clinft.stages.report.dashboard import charts, plain
from clinft.stages.report.dashboard.charts import BASE, TUNED, Chart, is_moment, only
from clinft.stages.report.dashboard.views import Measured, Project, Run

# More are not read; the table has them all.
MOST = 6
COLUMNS = ("at", "series", "value", "low", "high", "n", "test", "run")
SHORT_TEST = 8
BOUNDS = (("value", "Value"), ("low", "From"), ("high", "To"))


def measured_runs(project: Project) -> list[Run]:
    return [run for run in project.runs if run.metrics and is_moment(run.started_at)]


def shown_metrics(runs: Sequence[Run]) -> list[str]:
    """The main one of the newest run first, then those that its thresholds bound, then the rest."""
    newest = runs[-1]
    bounded = [bound.metric for bound in newest.bounds]
    every = [one.metric for run in reversed(runs) for one in run.metrics]
    named = dict.fromkeys((newest.main_metric or "", *bounded, *every))
    return [name for name in named if any(_of(run, name) for run in runs)]


def charts_of(project: Project) -> Iterator[Chart]:
    runs = measured_runs(project)
    if runs:
        for name in shown_metrics(runs)[:MOST]:
            yield trend(runs, name)


def trend(runs: Sequence[Run], name: str) -> Chart:
    found = [(run, one) for run in runs if (one := _of(run, name)) is not None]
    rows = [row for run, one in found for row in _rows(run, one)]
    has_base = any(one.base is not None for _, one in found)
    deployed = next((one.tuned for run, one in found if run.deployed and one.tuned), None)
    key = [(TUNED, "tuned model")]
    key += [(BASE, _base_word(runs))] if has_base else []
    key += [("deployed", "deployed run, the baseline")] if deployed else []
    return Chart(
        title=plain.capital(plain.metric(name)),
        summary=_summary(runs, found, name, deployed),
        key=key,
        spec=charts.whole(_layers(found, deployed)),
        columns=COLUMNS,
        rows=rows,
    )


def _of(run: Run, name: str) -> Measured | None:
    return next((one for one in run.metrics if one.metric == name and one.tuned is not None), None)


def _rows(run: Run, one: Measured) -> Iterator[list[Any]]:
    at, test = charts.millis(run.started_at or ""), (run.test_sha256 or "")[:SHORT_TEST]
    for series, found in ((BASE, one.base), (TUNED, one.tuned)):
        if found is not None:
            bounds = map(_short, (found.value, found.low, found.high))
            yield [at, series, *bounds, found.n, test, run.run_id]


def _short(value: float) -> float:
    """As fine as anybody can see."""
    return float(f"{value:.4g}")


def _layers(found: Sequence[tuple[Run, Measured]], deployed: Interval | None) -> list[dict[str, Any]]:
    x = charts.over_time([run.started_at or "" for run, _ in found])
    y = {
        "field": "value",
        "type": "quantitative",
        "title": None,
        "scale": {"zero": False, "nice": True},
        "axis": {"tickCount": 4},
    }
    tooltip = [
        {"field": "run", "title": "Run"},
        *({"field": name, "title": title, "format": ".3f"} for name, title in BOUNDS),
        {"field": "n", "title": "n"},
        {"field": "test", "title": "Test split"},
    ]
    layers: list[dict[str, Any]] = []
    if deployed is not None:
        layers.append(
            {
                "data": {"values": [{"value": _short(deployed.value)}]},
                "mark": {"type": "rule", "strokeDash": [5, 4], "color": "var(--ink)", "strokeWidth": 1.2},
                "encoding": {"y": y},
            }
        )
    for series in (BASE, TUNED):
        layers.append(charts.bars(series, x, {**y, "field": "low"}, "high"))
        layers.append(charts.points(series, x, y, tooltip))
    # A line joins only what was measured on the same items.
    line = {
        "transform": only(TUNED),
        "mark": {"type": "line", "color": "var(--tuned)", "strokeWidth": 1.2, "opacity": 0.6},
        "encoding": {"x": x, "y": y, "detail": {"field": "test"}},
    }
    return [*layers[:-2], line, *layers[-2:]]


def _base_word(runs: Sequence[Run]) -> str:
    named = {run.base_system for run in runs if run.base_system is not None}
    return words.system(named.pop()) if len(named) == 1 else "base model"


def _summary(
    runs: Sequence[Run], found: Sequence[tuple[Run, Measured]], name: str, deployed: Interval | None
) -> str:
    newest = found[-1][1]
    better = "higher is better" if newest.higher_is_better else "lower is better"
    told = [f"{numbers.count(len(found), 'run')}, {better}"]
    same = deployed is not None and deployed == newest.tuned
    if newest.tuned is not None:
        told.append(f"newest{' and deployed' if same else ''} {numbers.interval_n(newest.tuned)}")
    told += [f"deployed {numbers.interval_n(deployed)}"] if deployed is not None and not same else []
    told += [f"threshold {bound.bound}" for bound in runs[-1].bounds if bound.metric == name][:1]
    return "; ".join(told)
