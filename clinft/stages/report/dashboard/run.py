"""A run's page: what was decided, the chain of digests, its links, and its report."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from clinft.artifacts.planning import Interval
from clinft.stages.report import numbers
from clinft.stages.report.dashboard import frame, plain
from clinft.stages.report.dashboard.addresses import page_name
from clinft.stages.report.dashboard.frame import Place, section, table
from clinft.stages.report.dashboard.markup import Child, Html, joined, lines, link, tag
from clinft.stages.report.dashboard.views import Bound, Cost, Event, Input, Link, Measured, Run
from clinft.stages.report.html.render import body

UP = "../../../"
REPORT = "report.md"
HEADING = re.compile(r"<(/?)h([1-5])\b")


def render(
    run: Run, files: Mapping[str, bytes], repository: str | None, links: Mapping[str, str] | None = None
) -> str:
    """`links`: where the report's own lead."""
    trail = ((f"{UP}index.html", "Projects"), ("../index.html", run.project))
    if run.unreadable:
        return frame.page(Place(run.run_id, UP, trail), tag("h1", tag("code", run.run_id)), _unreadable(run))
    return frame.page(
        Place(run.run_id, UP, trail),
        tag("h1", tag("span", "Run ", class_="of"), tag("code", run.run_id)),
        frame.facts(_figures(run), "facts figures"),
        _reason(run),
        section("Thresholds", _bounds(run), id_="thresholds"),
        section("What was measured", _metrics(run), id_="measured"),
        section("Chain of digests", _chain(run), id_="chain", lede=CHAIN),
        section("History", _events(run), id_="history"),
        section("Links", _links(run, files, repository), id_="links"),
        section("Report", _report(files, links), id_="report"),
    )


CHAIN = (
    "Each step names the sha256 of what it read, so a changed byte breaks the chain; clinft verify replays "
    "it. Names that lead back to a step are links."
)


def _unreadable(run: Run) -> Html:
    return tag(
        "p",
        plain.status(run),
        f" What lies in projects/{run.project}/runs/{run.run_id} is not what its record covers, so none "
        "of it is shown. clinft verify on the folder says what differs; restore it from git.",
        class_="warn",
    )


def _figures(run: Run) -> Iterator[tuple[str, Child]]:
    yield "Status", plain.status(run)
    yield "Verdict", plain.verdict(run.verdict)
    if run.verdict is not None:
        yield "Recommendation", run.verdict.recommendation
    yield "Thresholds", plain.bounds_met(run)
    yield "Deployed", "yes" if run.deployed else "no"
    yield "Began", plain.moment(run.started_at)
    yield "Ended", plain.moment(run.ended_at)
    yield "Base model", run.base_model or plain.absent("not recorded")
    yield "Provider", " ".join(filter(None, (run.provider, run.method))) or plain.absent("not recorded")
    if run.cost is not None:
        yield from _costs(run.cost)


def _costs(cost: Cost) -> Iterator[tuple[str, Child]]:
    """Each beside what was said of the same thing before it."""
    bound = "" if cost.upper is None else f", at most {cost.upper:,.2f}"
    yield "Training cost", f"{_usd(cost.actual)}; estimated {cost.estimated:,.2f}{bound} USD"
    if cost.evaluation_actual is not None or cost.evaluation_estimated is not None:
        estimated = cost.evaluation_estimated
        said = "estimate unknown" if estimated is None else f"estimated {estimated:,.2f} USD"
        yield "Evaluation cost", f"{_usd(cost.evaluation_actual)}; {said}"
    yield "Training and evaluation", f"at most {cost.both_upper:,.2f} USD"


def _usd(amount: Decimal | None) -> str:
    return plain.NOT_MEASURED if amount is None else f"{amount:,.2f} USD"


def _reason(run: Run) -> Html | None:
    return None if run.verdict is None else tag("p", run.verdict.reason, class_="lede")


def _bounds(run: Run) -> Html:
    if not run.bounds:
        return frame.empty("evaluation.thresholds sets none, or nothing was evaluated.")
    measured = {one.metric: one.tuned for one in run.metrics}
    rows = (_bound(bound, measured.get(bound.metric)) for bound in run.bounds)
    return table(("Metric", "Bound", "Result", "Measured"), rows, f"Thresholds{_when(run)}")


def _when(run: Run) -> str:
    return "" if run.again is None else f", evaluated again ({run.again})"


def _bound(found: Bound, measured: Interval | None) -> Sequence[Child]:
    badge = plain.badge(found.state, plain.BOUND_TONES.get(found.state, "neutral"))
    whole = None if measured is None else tag("span", f" {numbers.interval_n(measured)}", class_="of")
    return plain.capital(plain.metric(found.metric)), found.bound, badge, joined(found.detail, whole)


def _metrics(run: Run) -> Html:
    if not run.metrics:
        return frame.empty("Nothing was evaluated.")
    rows = map(_measured, run.metrics)
    shown = table(("Metric", "Tuned model", "Base model"), rows, f"Metrics, n = {run.n or 0:,}{_when(run)}")
    methods = _methods(run)
    return lines(tag("p", f"Brackets: {methods}.", class_="lede") if methods else None, shown)


def _methods(run: Run) -> str:
    """How the intervals were made; every row has its n."""
    made: dict[str, dict[str, None]] = {}
    for one in run.metrics:
        for found in (one.tuned, one.base):
            if found is not None:
                level = f"{numbers.percent(found.confidence)} {found.method}"
                made.setdefault(level, {})[plain.metric(one.metric)] = None
    return "; ".join(f"{level} ({', '.join(names)})" for level, names in made.items())


def _measured(one: Measured) -> Sequence[Child]:
    tuned: Child = plain.interval(one.tuned)
    if one.tuned is None and one.missing:
        tuned = plain.absent(f"missing: {one.missing}")
    better = "higher is better" if one.higher_is_better else "lower is better"
    named = joined(plain.capital(plain.metric(one.metric)), tag("span", f" {better}", class_="of"))
    return named, tuned, plain.interval(one.base)


def _chain(run: Run) -> Html:
    if not run.chain:
        return frame.empty("The record lists no step.")
    plan = tag("li", tag("h3", "plan"), frame.facts((("Digest", plain.digest(run.plan_digest or "")),)))
    record = tag("li", tag("h3", "record"), frame.facts((("Digest", plain.digest(run.record_digest or "")),)))
    return tag("ol", lines(plan, *map(_link, run.chain), record), class_="chain")


def _link(found: Link) -> Html:
    pairs: list[tuple[str, Child]] = [("Digest", plain.digest(found.digest))]
    pairs.append(("File", joined(tag("code", f"{found.stage}.json"), " ", plain.digest(found.file_sha256))))
    pairs += [("Written", plain.moment(found.at))] if found.at else []
    pairs += [("Reads", tag("ul", [tag("li", _input(one)) for one in found.inputs]))] if found.inputs else []
    return tag("li", tag("h3", found.stage), frame.facts(pairs), id=f"stage-{found.stage}")


def _input(one: Input) -> Html:
    name: Child = link(f"#stage-{one.stage}", one.name) if one.stage is not None else one.name
    return joined(name, " ", plain.digest(one.sha256))


def _events(run: Run) -> Html:
    if not run.events:
        return frame.empty("No status is committed: a run of a laptop has none.")
    headings = ("At", "Status", "Workflow run", "Message")
    return table(headings, map(_event, run.events), "Changes of status")


def _event(event: Event) -> Sequence[Child]:
    number = plain.absent("none") if event.workflow_run is None else str(event.workflow_run)
    return plain.moment(event.at), event.status.replace("_", " "), number, event.message


def _links(run: Run, files: Mapping[str, bytes], repository: str | None) -> Html:
    items: list[Child] = [link(document_page(run, name), name) for name in run.documents if name in files]
    folder = f"projects/{run.project}/runs/{run.run_id}"
    if repository is None:
        items.append(joined("Evidence: ", tag("code", folder)))
        items += [f"Pull request #{run.pull_request}"] if run.pull_request is not None else []
    else:
        items.append(link(f"{repository}/tree/main/{folder}", "Evidence in the repository"))
        if run.pull_request is not None:
            items.append(link(f"{repository}/pull/{run.pull_request}", f"Pull request #{run.pull_request}"))
        works = dict.fromkeys(event.workflow_run for event in run.events if event.workflow_run is not None)
        items += [link(f"{repository}/actions/runs/{work}", f"Workflow run {work}") for work in works]
    return tag("ul", [tag("li", item) for item in items], class_="links")


def document_page(run: Run, name: str) -> str:
    """In a folder of the run's own, beside its page."""
    return f"{run.run_id}/{page_name(name)}.html"


def _report(files: Mapping[str, bytes], links: Mapping[str, str] | None) -> Html:
    report = files.get(REPORT)
    if report is None:
        return frame.empty("The run has no report, or the one that lies there is not the one in its record.")
    made = body(report.decode("utf-8", "replace"), pictures(files), links=links)
    # Under this page's own headings.
    return tag(
        "article", Html(HEADING.sub(lambda one: f"<{one[1]}h{int(one[2]) + 1}", made)), class_="document"
    )


def pictures(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: data for name, data in files.items() if name.endswith(".svg")}
