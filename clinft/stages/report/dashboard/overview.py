"""The first page: every project with its state in the pipeline, all runs, what they cost."""

from collections.abc import Iterator

from clinft.stages.report import numbers
from clinft.stages.report.dashboard import frame, money, plain
from clinft.stages.report.dashboard.charts import figure
from clinft.stages.report.dashboard.frame import Place
from clinft.stages.report.dashboard.markup import Child, Html, joined, lines, link, tag
from clinft.stages.report.dashboard.runs_table import runs_table
from clinft.stages.report.dashboard.views import Money, Project, Site, Step

SPEND = (
    "Estimated: training and first evaluation of the month's runs, as far as a price was known. Measured and "
    "cumulative: what was measured of training and of every evaluation; what nobody measured is counted."
)


def render(site: Site) -> str:
    spend = money.by_month(site.money)
    return frame.page(
        Place("Overview", charts=spend is not None),
        tag("h1", "Projects"),
        tag(
            "p",
            "Language models fine-tuned on synthetic clinical data: where each project stands.",
            class_="lede",
        ),
        _unreadable(site),
        frame.facts(_figures(site), "facts figures"),
        lines(*map(_project, site.projects)) if site.projects else _nothing(),
        frame.section("Runs", runs_table(site.runs, "", of_projects=True), id_="runs") if site.runs else None,
        frame.section("Spend", figure(spend), spend_table(site.money), id_="spend")
        if spend is not None
        else None,
    )


def _nothing() -> Html:
    return frame.empty("No project lies below projects/ yet: `clinft new <name>` writes one.")


def _unreadable(site: Site) -> Html | None:
    if not site.incomplete:
        return None
    runs = ", ".join(site.incomplete)
    return tag(
        "p",
        plain.badge("unreadable", "bad"),
        f" Evidence of {numbers.count(len(site.incomplete), 'run')} is not what its record covers: {runs}. "
        "clinft verify says what differs.",
        class_="warn",
    )


def _figures(site: Site) -> Iterator[tuple[str, Child]]:
    deployed = sum(project.deployed is not None for project in site.projects)
    yield "Projects", f"{len(site.projects):,}"
    yield "Runs", f"{len(site.runs):,}"
    yield "Deployed models", f"{deployed:,}"
    critical = sum(run.verdict is not None and run.verdict.critical for run in site.runs)
    yield "Critical verdicts", f"{critical:,}"
    yield "Spend", _spend(site.money)


def _spend(found: Money) -> Child:
    if not found.known:
        return plain.absent()
    of_all = f"{found.known:,} of {found.known + found.unknown:,} costs measured"
    return joined(numbers.usd(found.total), " ", tag("small", of_all))


def _project(project: Project) -> Html:
    home = f"projects/{project.name}/index.html"
    if project.quarantined:
        return tag("article", lines(tag("h2", link(home, project.name)), quarantined()), class_="project")
    summary = " ".join(project.about.get("Summary", ()))
    return tag(
        "article",
        lines(
            tag("h2", link(home, project.name)),
            tag("p", summary, class_="summary") if summary else None,
            stepper(project),
            frame.facts(standing(project)),
        ),
        class_="project",
    )


def quarantined() -> Html:
    return tag(
        "p",
        plain.badge("in quarantine", "bad"),
        " Real patient data may lie in this project, so nothing of it is shown or counted here. "
        "QUARANTINE.yaml in its folder says since when.",
        class_="warn",
    )


def stepper(project: Project) -> Html:
    return tag("ol", lines(*map(_step, project.steps)), class_="steps", aria_label="State in the pipeline")


def _step(step: Step) -> Html:
    sign = tag("span", plain.STEP_SIGNS[step.state], class_="sign", aria_hidden="true")
    word = plain.STEP_WORDS[step.state]
    said = tag("span", f": {word}", class_="only-read") if step.detail else None
    return tag(
        "li",
        sign,
        tag("span", plain.capital(step.name), said, class_="name"),
        tag("span", step.detail or word, class_="detail"),
        class_=step.state,
    )


def standing(project: Project) -> Iterator[tuple[str, Child]]:
    newest, home = project.newest, f"projects/{project.name}/"
    yield "Last verdict", _last_verdict(project)
    deployed: Child = plain.absent("none")
    if project.deployed is not None:
        known = any(run.run_id == project.deployed for run in project.runs)
        code = tag("code", project.deployed)
        deployed = link(f"{home}runs/{project.deployed}.html", code) if known else code
    yield "Deployed run", deployed
    yield "Newest run", plain.absent("none yet") if newest is None else plain.day(newest.started_at)
    yield "Spend", _spend(project.money)
    if project.changed_since:
        yield "Spec", plain.badge("changed since the newest run", "warning")


def _last_verdict(project: Project) -> Child:
    found = next((run.verdict for run in reversed(project.runs) if run.verdict is not None), None)
    if found is None:
        return plain.absent("none")
    return joined(plain.verdict(found), " ", tag("span", found.recommendation, class_="of"))


def spend_table(money: Money, up: str = "") -> Html:
    """What the chart shows, and what was not measured."""
    rows = [
        (
            one.month,
            link(f"{up}projects/{one.project}/index.html", one.project) if one.project else "all",
            f"{one.estimated:,.2f}",
            f"{one.actual:,.2f}",
            f"{one.unknown:,}",
            f"{one.cumulative:,.2f}",
        )
        for one in reversed(money.months)
    ]
    headings = ("Month", "Project", "Estimated, USD", "Measured, USD", "Not measured", "Cumulative, USD")
    return frame.more(
        "Spend by month, as a table",
        tag("p", SPEND, class_="lede"),
        frame.table(headings, rows, "Spend by month", numeric={2, 3, 4, 5}),
    )
