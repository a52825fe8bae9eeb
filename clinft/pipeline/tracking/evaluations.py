"""evaluations.csv: each system of each evaluation on one row, with intervals."""

from collections.abc import Iterator, Mapping
from typing import Any

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import EvaluationReport, MetricResult, SystemResult
from clinft.pipeline.tracking.cells import Cell, Row
from clinft.pipeline.tracking.read import Evidence, TrackedRun

# F1, precision and recall are those of `averaging`: the first that was measured, whatever kind of task it is.
AVERAGED = ("f1", "precision", "recall")
AVERAGES = ("macro", "micro", "weighted")
NAMED = ("accuracy", *AVERAGED, "perplexity", "clinical_term_accuracy", "hallucination_rate")
CONFIDENCE = 0.95
TUNED, DEPLOYED = "tuned", "deployed"
COLUMNS = (
    "again", "evaluated_at", "system", "scoring", "model", "provider", "main_metric",
    "main_value", "main_low", "main_high",
    *(f"{name}{part}" for name in NAMED for part in ("", "_low", "_high")),
    "averaging", "n", "test_sha256", "notes",
)  # fmt: skip


def rows(run: TrackedRun) -> Iterator[Row]:
    if not run.is_over:
        return
    for evidence in (run.own, *run.again):
        artifact = evidence.stages.get("evaluate")
        if artifact is None:
            continue
        report: EvaluationReport = artifact.payload
        for system in report.systems:
            yield (
                f"evaluation-{evidence.again or 0}/{system.system}/{system.scoring}",
                evidence.again,
                artifact.created_at,
                system.system,
                system.scoring,
                *_model(run, system),
                report.main_metric,
                *_values(report, system),
                report.n,
                report.test_sha256,
                "; ".join(_notes(report, system, evidence)) or None,
            )


def _values(report: EvaluationReport, system: SystemResult) -> Iterator[Cell]:
    metrics = {metric.metric: metric for metric in system.metrics}
    averaging = _averaging(metrics)
    for name in (report.main_metric, *(_measured(name, averaging) for name in NAMED)):
        found = _interval(metrics, name)
        yield from (None,) * 3 if found is None else (found.value, found.low, found.high)
    yield averaging


def _averaging(metrics: Mapping[str, MetricResult]) -> str | None:
    for averaging in AVERAGES:
        if any(_interval(metrics, f"{averaging}_{name}") for name in AVERAGED):
            return averaging
    return None


def _measured(name: str, averaging: str | None) -> str:
    return f"{averaging}_{name}" if name in AVERAGED else name


def _interval(metrics: Mapping[str, MetricResult], name: str) -> Interval | None:
    found = metrics.get(name)
    return None if found is None else found.interval


def _model(run: TrackedRun, system: SystemResult) -> tuple[Cell, Cell]:
    """Which model answered and where, as far as the run's own evidence tells."""
    trained, estimated = run.own.stages.get("train"), run.own.stages.get("estimate")
    provider: Any = None if estimated is None else estimated.payload.plan.provider
    if system.system == TUNED:
        return (None, provider) if trained is None else (trained.payload.fine_tuned_model, provider)
    if system.system == DEPLOYED:
        return system.of_run, None
    if system.system.startswith("base_"):
        return (None, None) if estimated is None else (estimated.payload.plan.base_model.ref, provider)
    return system.system, None


def _notes(report: EvaluationReport, system: SystemResult, evidence: Evidence) -> Iterator[str]:
    """What has to be known beside the numbers: what is missing and why, what stands on fewer items."""
    averaging = _averaging({metric.metric: metric for metric in system.metrics})
    shown = {report.main_metric, *(_measured(name, averaging) for name in NAMED)}
    if evidence.again is not None:
        yield f"evaluated again, {evidence.again}"
    if system.stored is not None:
        yield f"stored answers of {system.stored}"
    for metric in system.metrics:
        if metric.metric not in shown:
            continue
        if metric.interval is None:
            yield f"{metric.metric} is missing: {metric.missing or 'no reason is recorded'}"
            continue
        if metric.interval.n != report.n:
            yield f"{metric.metric} on n = {metric.interval.n}"
        if metric.interval.confidence != CONFIDENCE:
            yield f"{metric.metric} at a confidence of {metric.interval.confidence}"
