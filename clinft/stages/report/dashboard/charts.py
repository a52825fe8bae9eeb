"""Charts as Vega-Lite specifications: colours are the page's own variables, so light, dark and paper follow.

The rows stand beside the specification, once, as arrays; app.js makes objects of them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from clinft.stages.report.dashboard.markup import Html, tag

# Marks are told apart by shape and by colour.
TUNED, BASE, ESTIMATED, ACTUAL = "tuned", "base", "estimated", "actual"
FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Open Sans", sans-serif'
CONFIG: dict[str, Any] = {
    "background": "transparent",
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--muted)",
        "titleColor": "var(--muted)",
        "gridColor": "var(--line)",
        "domainColor": "var(--line-strong)",
        "tickColor": "var(--line-strong)",
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "labelPadding": 5,
    },
}
TICKS = 5
LONG = timedelta(days=300)
HEIGHT = 190


@dataclass(frozen=True)
class Chart:
    """`title` and `summary` say in words what is drawn; `key` is of marks and what they stand for."""

    title: str
    summary: str
    key: Sequence[tuple[str, str]]
    spec: dict[str, Any]
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


def figure(chart: Chart) -> Html:
    """Without JavaScript the caption and the table beside it remain."""
    said = f"{chart.title}. {chart.summary}"
    data = {"spec": {"description": said, **chart.spec}, "columns": chart.columns, "rows": chart.rows}
    return tag(
        "figure",
        tag(
            "figcaption",
            tag("strong", chart.title),
            tag("span", chart.summary, class_="summary"),
            _key(chart),
        ),
        tag("div", class_="plot", role="img", aria_label=said),
        embedded(data, "chart"),
        class_="chart",
    )


def embedded(data: object, kind: str) -> Html:
    """JSON that no HTML parser takes for the end of its element, or for anything else."""
    dumped = json.dumps(data, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    safe = dumped.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Html(f'<script type="application/json" data-kind="{kind}">{safe}</script>')


def _key(chart: Chart) -> Html:
    items = [
        tag("li", tag("span", class_=f"mark {mark}", aria_hidden="true"), word) for mark, word in chart.key
    ]
    return tag("ul", items, class_="key") if items else Html("")


def over_time(moments: Sequence[str]) -> dict[str, Any]:
    """The horizontal axis: whole days, a few of them written out, and room at both ends."""
    times = sorted(instant(moment) for moment in moments)
    span = max(times[-1] - times[0], timedelta(days=1))
    pad = max(span * 0.06, timedelta(hours=14))
    first, last = times[0] - pad, times[-1] + pad
    days = max(1, (last.date() - first.date()).days)
    step = max(1, -(-days // TICKS))
    midnight = datetime(first.year, first.month, first.day, tzinfo=UTC)
    ticks = [midnight + timedelta(days=number) for number in range(step, days + 1, step)]
    return {
        "field": "at",
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [_millis(first), _millis(last)], "nice": False, "zero": False},
        "axis": {
            "values": [_millis(tick) for tick in ticks if tick <= last],
            "labelExpr": f"utcFormat(datum.value, '{'%b %Y' if span > LONG else '%-d %b'}')",
            "grid": False,
            "labelOverlap": True,
        },
    }


def instant(moment: str) -> datetime:
    found = datetime.fromisoformat(moment)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def millis(moment: str) -> int:
    return _millis(instant(moment))


def is_moment(moment: str | None) -> bool:
    """One that an axis can have; a year 1 is no time of a run."""
    try:
        return moment is not None and 1970 <= instant(moment).year < 2200
    except (ValueError, OverflowError):
        return False


def whole(layers: Sequence[dict[str, Any]], height: int = HEIGHT) -> dict[str, Any]:
    return {
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "data": {"name": "rows"},
        "layer": [*layers],
        "config": CONFIG,
    }


Fields = dict[str, Any]
# How each series is drawn: colour, shape, and how far aside: marks of one moment do not cover each other.
LOOKS = {
    TUNED: ("var(--tuned)", "circle", 0),
    ACTUAL: ("var(--tuned)", "circle", 0),
    BASE: ("var(--base)", "square", 7),
    ESTIMATED: ("var(--base)", "square", 7),
}


def bars(series: str, x: Fields, low: Fields, high: str) -> dict[str, Any]:
    """From one value to another, e.g. an interval."""
    colour, _, aside = LOOKS[series]
    return {
        "transform": only(series),
        "mark": {"type": "rule", "color": colour, "strokeWidth": 2, "opacity": 0.55, "xOffset": aside},
        "encoding": {"x": x, "y": low, "y2": {"field": high}},
    }


def points(series: str, x: Fields, y: Fields, tooltip: Sequence[Fields]) -> dict[str, Any]:
    colour, shape, aside = LOOKS[series]
    mark = {"type": "point", "filled": True, "opacity": 1, "size": 55}
    return {
        "transform": only(series),
        "mark": {**mark, "shape": shape, "color": colour, "xOffset": aside},
        "encoding": {"x": x, "y": y, "tooltip": [*tooltip]},
    }


def only(series: str) -> list[dict[str, Any]]:
    return [{"filter": {"field": "series", "equal": series}}]


def _millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
