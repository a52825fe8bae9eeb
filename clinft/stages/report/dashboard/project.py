"""A project's page: metrics over its runs, verdicts, the audit's 18 rows, money, end dates, documents."""

from collections.abc import Iterator, Sequence

from clinft.artifacts.audit import SEVERITIES, AuditReport, CategoryResult
from clinft.stages.report import audit_words, numbers
from clinft.stages.report.dashboard import frame, money, plain, trends
from clinft.stages.report.dashboard.addresses import page_name
from clinft.stages.report.dashboard.charts import figure
from clinft.stages.report.dashboard.frame import Place, more, section, table
from clinft.stages.report.dashboard.markup import Child, Html, joined, lines, link, tag
from clinft.stages.report.dashboard.overview import quarantined, spend_table, standing, stepper
from clinft.stages.report.dashboard.runs_table import runs_table
from clinft.stages.report.dashboard.views import Life, Project, Run, Verdict

UP = "../../"
BLOCKING = ("CRITICAL", "HIGH")
# US dollars.
COST = (
    "Run", "Began", "Training: estimate", "at most", "measured", "Evaluation: estimate", "measured",
    "Both: at most",
)  # fmt: skip


def render(project: Project) -> str:
    if project.quarantined:
        place = Place(project.name, UP, trail=((f"{UP}index.html", "Projects"),))
        return frame.page(place, tag("h1", project.name), quarantined())
    return frame.page(
        Place(project.name, UP, trail=((f"{UP}index.html", "Projects"),), charts=bool(project.runs)),
        tag("h1", project.name),
        tag("p", " ".join(project.about.get("Summary", ())), class_="lede"),
        stepper(project),
        frame.facts(_standing(project), "facts figures"),
        _about(project),
        section("Metrics", *_metrics(project), id_="metrics"),
        section("Regression history", _regressions(project), id_="regressions"),
        section("Audit: the 18 identifiers", *_audit(project), id_="audit"),
        section("Cost", *_costs(project), id_="cost"),
        section("Lifecycle", _lives(project), id_="lifecycle"),
        section("Documents", _documents(project), id_="documents"),
        section("Runs", *_runs(project), id_="runs"),
    )


def _standing(project: Project) -> Iterator[tuple[str, Child]]:
    yield "Runs", f"{len(project.runs):,}"
    for name, value in standing(project):
        yield name, _from_here(project, value)


def _from_here(project: Project, value: Child) -> Child:
    """Its own pages lie beside this one."""
    own = f'href="projects/{project.name}/'
    return Html(value.replace(own, 'href="')) if isinstance(value, Html) else value


def _about(project: Project) -> Html | None:
    rows = [(name, texts) for name, texts in project.about.items() if name != "Summary"]
    if not rows:
        return frame.empty("project.yaml cannot be read; clinft validate says what is wrong with it.")
    return more("What it is for, and what not", frame.facts((name, _listed(texts)) for name, texts in rows))


def _listed(texts: Sequence[str]) -> Child:
    return texts[0] if len(texts) == 1 else tag("ul", [tag("li", text) for text in texts])


def _metrics(project: Project) -> Iterator[Child]:
    runs = trends.measured_runs(project)
    if not runs:
        yield frame.empty("No run of this project has been evaluated yet.")
        return
    yield tag(
        "p",
        "Points with their intervals, by the day a run began. A line joins runs that were measured on the "
        "same test split; without one they cannot be compared by eye.",
        class_="lede",
    )
    yield tag("div", lines(*(figure(chart) for chart in trends.charts_of(project))), class_="charts")
    yield more("Metrics of every run, as a table", _metrics_table(runs))


def _metrics_table(runs: Sequence[Run]) -> Html:
    names = trends.shown_metrics(runs)
    rows = [
        (_run(run), tag("code", (run.test_sha256 or "")[:8]), *_values(run, names)) for run in reversed(runs)
    ]
    return table(("Run", "Test split", *map(plain.metric, names)), rows, "Metrics of every run")


def _values(run: Run, names: Sequence[str]) -> Iterator[Child]:
    found = {one.metric: one for one in run.metrics}
    for name in names:
        one = found.get(name)
        yield plain.interval(None if one is None else one.tuned)


def _run(run: Run) -> Html:
    return link(f"runs/{run.run_id}.html", tag("code", run.run_id))


def _regressions(project: Project) -> Html:
    found = [(run, verdict) for run in reversed(project.runs) for verdict in reversed(run.verdicts)]
    if not found:
        return frame.empty("Nothing was compared yet.")
    headings = ("Compared", "Run", "Verdict", "Baseline", "Recommendation", "Critical cases lost", "Why")
    return table(headings, (_verdict(run, one) for run, one in found), "Regression history", numeric={5})


def _verdict(run: Run, found: Verdict) -> Sequence[Child]:
    again = None if found.again is None else tag("span", f" again, {found.again}", class_="of")
    return (
        plain.moment(found.at),
        joined(_run(run), again),
        plain.verdict(found),
        tag("code", found.baseline) if found.baseline else plain.absent("none"),
        found.recommendation,
        f"{found.flips:,}",
        tag("span", found.reason, class_="why"),
    )


def _audit(project: Project) -> Iterator[Child]:
    run = next((run for run in reversed(project.runs) if run.audit is not None), None)
    if run is None or run.audit is None:
        yield frame.empty("No run of this project has an audit in the record.")
        return
    audit = run.audit
    yield tag(
        "p",
        plain.badge(audit.verdict, "good" if audit.verdict == "PASS" else "bad"),
        f" {plain.capital(audit_words.VERDICTS[audit.verdict])}, in ",
        _run(run),
        f": {numbers.count(audit.records_scanned, 'record')}, {audit.characters_scanned:,} characters. "
        f"Findings: {_severities(audit)}. Never a statement that data are compliant: it says what this "
        "method found, and how much of what was planted it finds.",
        class_="lede",
    )
    headings = ("Identifier", "Letter", "Result", "Findings", "Planted ones found, the worse of two sets")
    rows = (_category(category, audit) for category in audit.categories)
    yield table(
        headings, rows, f"The 18 identifiers of {audit_words.CITATION}", numeric={3, 4}, class_="audit"
    )
    if audit.limits:
        yield more("What this audit cannot see", tag("ul", [tag("li", limit) for limit in audit.limits]))


def _severities(audit: AuditReport) -> str:
    told = [f"{count:,} {name}" for name, count in audit.by_severity.items() if count]
    return ", ".join(told) or "none"


def _category(category: CategoryResult, audit: AuditReport) -> Sequence[Child]:
    sure = audit_words.by_letter(audit).get(category.letter)
    least = None if sure is None else audit_words.least(sure)
    info = audit_words.infos(audit)[category.letter]
    return (
        category.title,
        category.letter,
        _result(category, sure is not None and sure.status == "certified", info, _worst(category, audit)),
        f"{category.findings:,}",
        plain.absent() if least is None else audit_words.measured(least),
    )


def _worst(category: CategoryResult, audit: AuditReport) -> str | None:
    there = {one.severity for one in audit.findings if one.safe_harbor == category.letter}
    return next((one for one in SEVERITIES if one in there), None)


def _result(category: CategoryResult, certified: bool, info: int, worst: str | None) -> Html:
    """As the documents put it: never more than this method can know."""
    if category.findings and info == category.findings:
        return plain.badge("found, INFO only", "neutral")
    if category.findings or category.status == "found":
        # Red is what blocks.
        milder = worst is not None and worst not in BLOCKING
        return plain.badge(f"found, {worst}" if worst else "found", "warning" if milder else "bad")
    if category.status == "not_text_checkable":
        return plain.badge("text cannot hold one", "neutral")
    if certified:
        return plain.badge("not found by this method", "good")
    return plain.badge("not found; needs human evidence", "warning")


def _costs(project: Project) -> Iterator[Child]:
    drawn = [money.against_estimate(project.runs), money.by_month(project.money)]
    charts = [figure(chart) for chart in drawn if chart is not None]
    if not charts:
        yield frame.empty("No run of this project has an estimate in the record.")
        return
    yield tag("div", lines(*charts), class_="charts")
    rows = (_cost(run) for run in reversed(money.priced(project.runs)))
    yield more(
        "Cost of every run, as a table", table(COST, rows, "Cost of every run", numeric={2, 3, 4, 5, 6, 7})
    )
    yield spend_table(project.money, UP)


def _cost(run: Run) -> Sequence[Child]:
    assert run.cost is not None, "money.priced has seen to it"
    cost = run.cost
    return (
        _run(run),
        plain.day(run.started_at),
        f"{cost.estimated:,.2f}",
        plain.usd(cost.upper, "unknown"),
        plain.usd(cost.actual),
        plain.usd(cost.evaluation_estimated, "unknown"),
        plain.usd(cost.evaluation_actual),
        f"{cost.both_upper:,.2f}",
    )


def _lives(project: Project) -> Html:
    if not project.lives:
        return frame.empty("No run of this project names a base model in the record.")
    headings = ("Base model", "Provider", "Trained until", "Served until", "As recorded in the run", "Source")
    return table(headings, map(_life, project.lives), "End dates of base models")


def _life(life: Life) -> Sequence[Child]:
    none = "no end is known" if life.source is None else "not told"
    instead = f", then {life.replacement}" if life.replacement else ""
    until = life.recorded_until
    return (
        life.base_model,
        life.provider,
        life.training_until or plain.absent(none),
        joined(life.serving_until, instead) if life.serving_until else plain.absent(none),
        f"served until {until}" if until else plain.absent("no end was known"),
        f"{life.source} (read {life.as_of})"
        if life.source
        else plain.absent("no row in the table of end dates"),
    )


def _documents(project: Project) -> Html:
    if not project.documents:
        return frame.empty("None is committed yet.")
    return tag(
        "ul", [tag("li", link(document_page(name), name)) for name in project.documents], class_="links"
    )


def document_page(name: str) -> str:
    """Beside the project's page, whatever folder the Markdown lies in."""
    return f"documents/{page_name(name)}.html"


def _runs(project: Project) -> Iterator[Child]:
    if not project.runs:
        yield frame.empty("No run is in the record yet.")
        return
    yield runs_table(project.runs[::-1], UP, of_projects=False, page_of_project=True)
