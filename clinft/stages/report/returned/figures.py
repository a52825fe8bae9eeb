"""The measures that every text after a run shows: tuned, base and baseline side by side, and thresholds."""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

from clinft.artifacts.audit import SEVERITIES, AuditReport
from clinft.artifacts.planning import Interval
from clinft.artifacts.results import EvaluationReport, MetricResult, RegressionVerdict, SystemResult
from clinft.stages.report import audit_words, numbers, words
from clinft.stages.report.markdown import bullets
from clinft.stages.report.pull_request.room import Room
from clinft.stages.report.returned import names
from clinft.stages.report.returned.names import NOT_MEASURED

Scoring: TypeAlias = Literal["closed_labels", "generated_text"]
Column: TypeAlias = tuple[str, SystemResult | None]
# What the column is called, and where its figures would come from.
Before: TypeAlias = tuple[str, EvaluationReport | None]

SYNTHETIC = "**All records are synthetic**: how the model does on notes of real patients is not known."
# What harms a patient stands above what is merely good on average.
FIRST_METRIC = "critical_recall"
BASES = ("base_prompt", "base_zero_shot")
MEANINGS = {
    "critical_recall": "of the records with a critical label, the share that is recognised",
    "accuracy": "the share of right answers",
    "macro_f1": "precision and recall in one number, every class counting alike",
    "macro_precision": "how often an answer is right, every class counting alike",
    "macro_recall": "how often a class is recognised, every class counting alike",
    "parse_failure_rate": "the share of answers that are no label",
    "perplexity": "how unsure the model is of the right answer, per token",
}
READ_AS: dict[Scoring, str] = {
    "generated_text": "The answer is what the model writes, as in use; an answer that is no label is wrong.",
    "closed_labels": "The answer is the label that the model scores highest, so that it cannot ramble.",
}


def measures(
    evaluation: EvaluationReport,
    regression: RegressionVerdict | None,
    baseline: EvaluationReport | None,
    room: Room,
) -> Iterable[str]:
    """As the model would be used. `baseline`: the evaluation of the run that `regression` compares with."""
    tuned = words.primary(evaluation)
    if tuned is None:
        yield f"The tuned model was {NOT_MEASURED}."
        return
    yield from _side_by_side(evaluation, tuned, _before(regression, baseline), room)
    yield _weakest(tuned, room)
    yield SYNTHETIC


def read_otherwise(
    evaluation: EvaluationReport,
    regression: RegressionVerdict | None,
    baseline: EvaluationReport | None,
    room: Room,
) -> Iterable[str]:
    """The same, answers read in the way that `measures` leaves out; nothing where there is no other."""
    shown = words.primary(evaluation)
    for tuned in evaluation.systems:
        if tuned.system == "tuned" and tuned is not shown:
            yield from _side_by_side(evaluation, tuned, _before(regression, baseline), room)


def thresholds(evaluation: EvaluationReport, room: Room) -> Iterable[str]:
    yield thresholds_in_words(evaluation)
    if evaluation.thresholds:
        yield room.grid(
            ("Threshold", "Bound", "Met", "Measured"),
            [
                (
                    room.text(words.metric(result.metric)),
                    room.text(result.bound),
                    {True: "yes", False: "**no**", None: NOT_MEASURED}[result.met],
                    room.text(result.detail),
                )
                for result in evaluation.thresholds
            ],
        )


def thresholds_in_words(evaluation: EvaluationReport) -> str:
    if not evaluation.thresholds:
        return "The spec sets no thresholds."
    met = sum(result.met is True for result in evaluation.thresholds)
    verdict = "all are met" if evaluation.thresholds_met else "**not all are met**"
    return f"Thresholds of the spec: {verdict} ({met} of {len(evaluation.thresholds)})."


def severities(audit: AuditReport) -> str:
    """Counts only, and never a word that is not one of ours."""
    counted = [f"{audit.by_severity[name]:,} {name}" for name in SEVERITIES if audit.by_severity.get(name)]
    unknown = sum(n for name, n in audit.by_severity.items() if name not in SEVERITIES)
    if unknown:
        counted.append(f"{unknown:,} of an unknown severity")
    return ", ".join(counted) or "none, which is no clearance"


def audited(audit: AuditReport) -> str:
    return f"**{audit.verdict}**; findings: {severities(audit)}; {audit_words.sensitivity_of(audit)}"


def brackets(found: Sequence[tuple[str, Interval]], room: Room) -> str:
    """How intervals were made, each way once with the metrics it was used for."""
    used: dict[str, dict[str, None]] = {}
    for name, measured in found:
        way = f"{numbers.percent(measured.confidence)} {room.text(measured.method)}"
        used.setdefault(way, {})[name] = None
    ways = room.inline([f"{way} ({room.inline([*metrics])})" for way, metrics in used.items()], "; ")
    return f"Brackets: {ways or NOT_MEASURED}."


def value(measured: float | None) -> str:
    return NOT_MEASURED if measured is None else numbers.number(measured)


def _before(regression: RegressionVerdict | None, baseline: EvaluationReport | None) -> Before | None:
    if regression is None or regression.baseline_run_id is None:
        return None
    run_id = regression.baseline_run_id
    again = run_id == regression.candidate_run_id
    return ("its earlier evaluation" if again else f"baseline {names.run(run_id)}"), baseline


def _side_by_side(
    evaluation: EvaluationReport, tuned: SystemResult, before: Before | None, room: Room
) -> Iterable[str]:
    columns: list[Column] = [(words.system("tuned"), tuned)]
    columns += [(words.system(base), _find(evaluation, base, tuned.scoring)) for base in BASES]
    compared = None
    if before is not None:
        compared = _comparable(evaluation, before[1], tuned.scoring)
        columns += [(before[0], compared)] if compared is not None else []
    ordered = sorted(tuned.metrics, key=lambda result: result.metric != FIRST_METRIC)
    shown = [metric for metric in ordered if any(_interval(found, metric) for _, found in columns)]
    yield room.grid(
        ("Metric", *(heading for heading, _ in columns)),
        [(_name(metric, room), *(_cell(found, metric, room) for _, found in columns)) for metric in shown],
    )
    yield _caption(evaluation, tuned, columns, room)
    yield bullets(
        f"*{words.metric(each.metric)}*: {MEANINGS[each.metric]}" for each in shown if each.metric in MEANINGS
    )
    left = [room.text(words.metric(each.metric)) for each in tuned.metrics if each not in shown]
    yield f"{NOT_MEASURED.capitalize()} in this way of reading answers: {room.inline(left)}." if left else ""
    if before is not None and compared is None:
        yield f"No figures of the {before[0]} stand here: none are on these records, read in this way."


def _find(evaluation: EvaluationReport, system: str, scoring: str) -> SystemResult | None:
    alike = (result for result in evaluation.systems if (result.system, result.scoring) == (system, scoring))
    return next(alike, None)


def _comparable(
    evaluation: EvaluationReport, baseline: EvaluationReport | None, scoring: str
) -> SystemResult | None:
    """Figures on other test records would look like a comparison and be none."""
    if baseline is None or baseline.test_sha256 != evaluation.test_sha256:
        return None
    return _find(baseline, "tuned", scoring)


def _interval(found: SystemResult | None, metric: MetricResult) -> Interval | None:
    same = None if found is None else words.find_metric(found, metric.metric)
    return None if same is None else same.interval


def _name(metric: MetricResult, room: Room) -> str:
    name = room.text(words.metric(metric.metric))
    return name if metric.higher_is_better else f"{name} (lower is better)"


def _cell(found: SystemResult | None, metric: MetricResult, room: Room) -> str:
    interval = _interval(found, metric)
    if interval is not None:
        return numbers.interval_n(interval)
    same = None if found is None else words.find_metric(found, metric.metric)
    return f"{NOT_MEASURED}: {room.text(same.missing)}" if same is not None and same.missing else NOT_MEASURED


def _caption(evaluation: EvaluationReport, tuned: SystemResult, columns: Sequence[Column], room: Room) -> str:
    found = [
        (room.text(words.metric(each.metric)), each.interval)
        for _, result in columns
        if result is not None
        for each in result.metrics
        if each.interval is not None
    ]
    return (
        f"Measured on the test split {names.digest(evaluation.test_sha256)} (n = {evaluation.n:,} synthetic "
        f"records). {READ_AS[tuned.scoring]} {brackets(found, room)}"
    )


def _weakest(tuned: SystemResult, room: Room) -> str:
    seen = [label for label in tuned.labels if label.support]
    weakest = min(seen, key=lambda label: (label.recall.value, label.recall.low), default=None)
    if weakest is None:
        return f"Which class is recognised least often was {NOT_MEASURED}."
    recall = numbers.interval_n(weakest.recall)
    return f"The class that is recognised least often: {room.text(weakest.label)}, recall {recall}."
