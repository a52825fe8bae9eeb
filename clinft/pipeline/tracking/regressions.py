"""regressions.csv: each comparison of a run with what is in use, and what it advises."""

from collections.abc import Iterator

from clinft.artifacts.results import RegressionVerdict
from clinft.pipeline.tracking.cells import Row
from clinft.pipeline.tracking.read import TrackedRun

COLUMNS = (
    "again", "compared_at", "baseline_run_id", "status", "regressions", "warnings", "critical_flips",
    "critical_flags", "recommendation", "keep",
)  # fmt: skip
FLAGGED = frozenset({"CRITICAL", "FAIL"})


def rows(run: TrackedRun) -> Iterator[Row]:
    if not run.is_over:
        return
    for evidence in (run.own, *run.again):
        artifact = evidence.stages.get("regress")
        if artifact is None:
            continue
        verdict: RegressionVerdict = artifact.payload
        yield (
            f"regression-{evidence.again or 0}",
            evidence.again,
            artifact.created_at,
            verdict.baseline_run_id,
            verdict.status,
            _metrics(verdict, "FAIL"),
            _metrics(verdict, "WARN"),
            len(verdict.critical_flips),
            " ".join(dict.fromkeys(c.rule for c in verdict.safety if c.status in FLAGGED)) or None,
            verdict.recommendation,
            verdict.keep,
        )


def _metrics(verdict: RegressionVerdict, status: str) -> str | None:
    """Against the model in use; empty where none got worse."""
    return " ".join(dict.fromkeys(m.metric for m in verdict.metrics if m.status == status)) or None
