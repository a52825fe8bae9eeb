"""The table of runs: plain as it stands; with JavaScript it sorts by any heading and filters as one types."""

from collections.abc import Sequence

from clinft.stages.report import numbers
from clinft.stages.report.dashboard import plain
from clinft.stages.report.dashboard.markup import Child, Html, joined, lines, link, tag
from clinft.stages.report.dashboard.views import Run

# Heading, and how its cells compare: by their text, or by the number in data-v.
HEADINGS = (
    ("Run", "text"), ("Started", "text"), ("Status", "text"), ("Verdict", "number"),
    ("Main metric", "number"), ("Thresholds", "number"), ("Audit", "text"),
    ("Base model", "text"), ("Training estimate, USD", "number"), ("Training cost, USD", "number"),
)  # fmt: skip
NUMERIC = {"Training estimate, USD", "Training cost, USD"}


def runs_table(runs: Sequence[Run], up: str, *, of_projects: bool, page_of_project: bool = False) -> Html:
    """`runs` newest first. `up`: to the site's root; on a project's own page runs lie beside it."""
    head = [
        tag("th", name, scope="col", data_sort=how, class_="n" if name in NUMERIC else None)
        for name, how in HEADINGS
    ]
    body = [_row(run, up, of_projects=of_projects, beside=page_of_project) for run in runs]
    table = tag(
        "table", tag("thead", tag("tr", head)), tag("tbody", lines(*body)),
        class_="runs projects" if of_projects else "runs",
    )  # fmt: skip
    return lines(
        _filter(len(runs)),
        tag("div", table, class_="scroll wide", role="region", aria_label="Runs", tabindex="0"),
    )


def _filter(count: int) -> Html:
    """Hidden where nothing would answer."""
    label = tag("label", "Filter runs", for_="filter")
    field = tag(
        "input", id="filter", type="search", autocomplete="off", spellcheck="false", aria_controls="runs"
    )
    said = tag("p", f"{numbers.count(count, 'run')}", class_="count", role="status")
    return tag("div", tag("div", label, field), said, class_="filter", hidden=True)


def address(run: Run, up: str = "", *, beside: bool = False) -> str:
    return f"runs/{run.run_id}.html" if beside else f"{up}projects/{run.project}/runs/{run.run_id}.html"


def _row(run: Run, up: str, *, of_projects: bool, beside: bool) -> Html:
    named = joined(
        link(address(run, up, beside=beside), tag("code", run.run_id)),
        tag("span", " deployed", class_="here") if run.deployed else None,
    )
    project = link(f"{up}projects/{run.project}/index.html", run.project, class_="whose")
    first = tag("th", project if of_projects else None, named, scope="row")
    if run.unreadable:
        return tag("tr", first, tag("td"), tag("td", plain.status(run)), [tag("td") for _ in HEADINGS[3:]])
    return tag("tr", first, _rest(run))


def _rest(run: Run) -> list[Html]:
    main = None if run.main is None else run.main.tuned
    met = sum(bound.state == "met" for bound in run.bounds)
    cost = run.cost
    actual = None if cost is None else cost.actual
    return [
        tag("td", plain.day(run.started_at)),
        tag("td", plain.status(run)),
        tag("td", plain.verdict(run.verdict), data_v=plain.gravity(run.verdict)),
        tag("td", _metric(run), data_v=None if main is None else f"{main.value:.6g}"),
        tag(
            "td",
            plain.bounds_met(run),
            data_v=f"{met / len(run.bounds):.4f}" if run.bounds else None,
        ),
        tag("td", _audit(run)),
        tag("td", _model(run)),
        tag(
            "td",
            None if cost is None else f"{cost.estimated:,.2f}",
            class_="n",
            data_v=_amount(cost and cost.estimated),
        ),
        tag(
            "td",
            plain.absent("–") if actual is None else f"{actual:,.2f}",
            class_="n",
            data_v=_amount(actual),
        ),
    ]


def _amount(value: object) -> str | None:
    return None if value is None else f"{value:f}"


def _metric(run: Run) -> Child:
    if run.main is None or run.main.tuned is None:
        return plain.absent()
    return joined(
        tag("span", plain.metric(run.main.metric), class_="of"), " ", plain.interval(run.main.tuned)
    )


def _audit(run: Run) -> Child:
    if run.audit is None:
        return plain.absent("none")
    return plain.badge(run.audit.verdict, "good" if run.audit.verdict == "PASS" else "bad")


def _model(run: Run) -> Child:
    if run.base_model is None:
        return plain.absent("not recorded")
    return joined(run.base_model, tag("span", f" {run.provider}", class_="of"))
