"""What a run that would be deployed says to whoever must agree, from the files its chain covers."""

from collections.abc import Iterator
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.audit import AuditReport
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.results import EvaluationReport, RegressionVerdict
from clinft.stages.report import numbers, words


def said_by(run: Path) -> Iterator[str]:
    """One sentence each: verdict, measures with intervals, audit, and who allowed the training."""
    verdict = run_folder.load(run, "regress", RegressionVerdict)
    if verdict is not None:
        yield f"Regression {verdict.payload.status}: {verdict.payload.reason}"
        yield from (f"Caveat: {caveat}" for caveat in verdict.payload.caveats)
        if verdict.payload.critical_flips:
            yield f"Critical cases newly missed: {len(verdict.payload.critical_flips)}."
    evaluated = run_folder.load(run, "evaluate", EvaluationReport)
    if evaluated is not None:
        yield from _measured(evaluated.payload)
    audited = run_folder.load(run, "audit", AuditReport)
    if audited is not None:
        counts = ", ".join(f"{n} {name}" for name, n in audited.payload.by_severity.items() if n)
        yield f"Audit before training: {audited.payload.verdict}; findings: {counts or 'none'}"
    decided = run_folder.load(run, "gate", GateDecision)
    if decided is not None:
        yield _allowed(decided.payload)
    yield f"To read: report.md and MODEL_CARD.md in projects/{run.parents[1].name}/runs/{run.name}/."


def _measured(report: EvaluationReport) -> Iterator[str]:
    tuned = words.primary(report)
    for metric in tuned.metrics if tuned is not None else ():
        if metric.interval is not None:
            yield f"{words.metric(metric.metric)}: {numbers.interval_n(metric.interval)}"
    for threshold in report.thresholds:
        if threshold.met is not True:
            yield f"Threshold not met: {words.metric(threshold.metric)} {threshold.bound}, {threshold.detail}"


def _allowed(decision: GateDecision) -> str:
    if decision.mode == "local":
        return "Training was allowed by one person's word on a machine, not by reviews of a pull request."
    said = ", ".join(f"{approval.role} by {approval.person}" for approval in decision.approvals)
    return f"Training was allowed by reviews: {said}"
