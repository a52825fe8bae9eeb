"""The evaluation is available, and how it compares with what is in use."""

from collections.abc import Iterator

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import EvaluationReport, MetricChange, RegressionVerdict, ThresholdResult
from clinft.ports.sinks import Milestone, Threshold, Tone
from clinft.stages.report import numbers, words
from clinft.stages.report.milestones.form import About, standing, worst
from clinft.stages.report.returned.safety import RECOMMENDATIONS

CHANGES = {"PASS": "met", "WARN": "not certifiable", "FAIL": "not met", "NOT_COMPARABLE": "missing"}
CHECKS = {
    "PASS": "met",
    "WARN": "not certifiable",
    "FAIL": "not met",
    "CRITICAL": "not met",
    "NOT_CERTIFIABLE": "not certifiable",
    "NOT_MEASURED": "missing",
}
TONES: dict[str, Tone] = {
    "FIRST": "good",
    "PASS": "good",
    "WARN": "warning",
    "FAIL": "bad",
    "CRITICAL": "bad",
    "INCOMPARABLE": "warning",
}


def evaluation(about: About, report: EvaluationReport, again: int | None = None) -> Milestone:
    """`again`: number of the evaluation where it was made once more."""
    thresholds = tuple(_threshold(report, one) for one in report.thresholds)
    return about.says(
        "evaluation",
        f"evaluation/{about.run_id}" + _number(again),
        worst(thresholds) if thresholds else "neutral",
        f"evaluation available ({about.run_id}), thresholds: {standing(thresholds)}",
        _evaluated(report),
        thresholds,
    )


def _evaluated(report: EvaluationReport) -> Iterator[str]:
    yield f"measured on {numbers.count(report.n, 'held-out record')}"
    gain = words.smallest_gain(report)
    if gain is not None:
        against = words.system(gain.against)
        yield f"{words.metric(gain.metric)} against {against}: {numbers.difference(gain.difference)}"
    if report.looks is not None:
        yield f"looks at this test split so far: {report.looks}"
    if report.outputs is not None:
        yield (
            f"{numbers.count(report.outputs.outputs, 'answer')} audited, "
            f"{report.outputs.withheld} withheld for findings"
        )
    if report.caveats:
        yield f"{numbers.count(len(report.caveats), 'caveat')} in the report"


def _threshold(report: EvaluationReport, asked: ThresholdResult) -> Threshold:
    tuned = words.primary(report)
    found = None if tuned is None else words.find_metric(tuned, asked.metric)
    text = f"{words.metric(asked.metric)} {_value(None if found is None else found.interval)}; {asked.bound}"
    if not asked.certifiable:
        return Threshold(text, "not certifiable")
    if asked.met is None:
        missing = found is None or found.interval is None
        return Threshold(text, "missing" if missing else "not certifiable")
    return Threshold(text, "met" if asked.met else "not met")


def regression(about: About, verdict: RegressionVerdict, again: int | None = None) -> Milestone:
    thresholds = tuple(_compared(verdict))
    against = "nothing" if verdict.baseline_run_id is None else verdict.baseline_run_id
    return about.says(
        "regression",
        f"regression/{about.run_id}" + _number(again),
        "bad" if verdict.is_critical else TONES[verdict.status],
        f"regression test {verdict.status} ({about.run_id}): {words.REGRESSION[verdict.status]}",
        (
            f"compared with {against}; recommendation {verdict.recommendation}: "
            f"{RECOMMENDATIONS[verdict.recommendation]}",
            f"critical cases newly missed: {len(verdict.critical_flips)}",
            f"rules: {standing(thresholds)}",
            f"{numbers.count(len(verdict.caveats), 'caveat')} in the report" if verdict.caveats else "",
        ),
        thresholds,
    )


def _compared(verdict: RegressionVerdict) -> Iterator[Threshold]:
    for change in verdict.metrics:
        if change.primary:
            yield Threshold(_change(change), CHANGES[change.status])  # type: ignore[arg-type]  # the table's values
    for check in verdict.safety:
        measured = "" if check.measured is None else f": {_value(check.measured)}"
        text = f"{words.SAFETY[check.rule]}{measured}"
        yield Threshold(text, CHECKS[check.status])  # type: ignore[arg-type]  # the table's values


def _change(change: MetricChange) -> str:
    moved = "not comparable" if change.difference is None else numbers.difference(change.difference)
    return f"{words.metric(change.metric)}, difference {moved}; a loss of at most {change.margin:g}"


def _value(measured: Interval | None) -> str:
    return "missing" if measured is None else f"{numbers.interval(measured)}, n = {measured.n:,}"


def _number(again: int | None) -> str:
    return "" if again is None else f"/again-{again:02d}"
