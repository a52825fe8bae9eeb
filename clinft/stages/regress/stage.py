"""Regress: two evaluations in, one verdict out. Pairs where there are pairs, three zones per metric.

A newly missed critical case is never deployed, whatever the metrics say, and no spec can switch that off.
More of them than chance explains fail: a rollback for one case in a noisy comparison would itself do harm.
"""

from collections.abc import Sequence
from typing import Literal

from clinft.artifacts.results import (
    CriticalFlip,
    EvaluationReport,
    ItemResult,
    MetricChange,
    RegressionVerdict,
)
from clinft.spec.project import ProjectSpec
from clinft.stages.regress import reason
from clinft.stages.regress.judging import judge
from clinft.stages.regress.pairing import Incomparable, pair

STAGE_VERSION = 1

Baseline = tuple[EvaluationReport, Sequence[ItemResult], str]


def regress(
    spec: ProjectSpec,
    candidate: EvaluationReport,
    candidate_items: Sequence[ItemResult],
    candidate_run_id: str,
    baseline: Baseline | None,
    deployed: bool = False,
    pending: Sequence[str] = (),
) -> RegressionVerdict:
    """`baseline`: report, items and run id to compare with; `deployed`: the candidate is in use.

    `pending`: runs with results that are not merged. One of them may become the deployed model before this
    one does, so that this one is not called the first.
    """
    if baseline is None and pending:
        return RegressionVerdict(
            status="INCOMPARABLE",
            baseline_run_id=None,
            candidate_run_id=candidate_run_id,
            metrics=(),
            critical_flips=(),
            recommendation="iterate",
            reason=reason.waiting(pending),
        )
    if baseline is None:
        return RegressionVerdict(
            status="FIRST",
            baseline_run_id=None,
            candidate_run_id=candidate_run_id,
            metrics=(),
            critical_flips=(),
            recommendation="deploy" if candidate.thresholds_met else "iterate",
            reason=reason.first(candidate),
        )
    report, items, run_id = baseline
    pairing = pair(candidate, candidate_items, report, items)
    if isinstance(pairing, Incomparable):
        return RegressionVerdict(
            status="INCOMPARABLE",
            baseline_run_id=run_id,
            candidate_run_id=candidate_run_id,
            metrics=(),
            critical_flips=(),
            recommendation="iterate",
            reason=reason.incomparable(pairing.reason, report),
        )
    metrics = judge(spec, pairing)
    critical = [one for one in pairing.answered if one.candidate.target in spec.regression.critical_labels]
    flips = [one.candidate for one in critical if one.baseline.correct and not one.candidate.correct]
    gained = sum(not one.baseline.correct and one.candidate.correct for one in critical)
    status = _status(metrics, len(flips), gained)
    return RegressionVerdict(
        status=status,
        baseline_run_id=run_id,
        candidate_run_id=candidate_run_id,
        metrics=metrics,
        critical_flips=tuple(
            CriticalFlip(item=missed.item, target=missed.target, prediction=missed.prediction)
            for missed in flips
        ),
        recommendation=_recommendation(status, candidate.thresholds_met, deployed),
        reason=reason.compared(
            candidate, report, pairing, metrics, len(flips), gained, spec.evaluation.confidence
        ),
    )


def _status(metrics: Sequence[MetricChange], flips: int, gained: int) -> Literal["PASS", "WARN", "FAIL"]:
    found = {change.status for change in metrics}
    if "FAIL" in found or (flips and reason.beyond_chance(flips, gained)):
        return "FAIL"
    # What was not compared was not shown to be safe, and each flip is for a clinician to look at.
    return "PASS" if found == {"PASS"} and not flips else "WARN"


def _recommendation(
    status: Literal["PASS", "WARN", "FAIL"], thresholds_met: bool, deployed: bool
) -> Literal["deploy", "iterate", "rollback"]:
    if status == "FAIL" and deployed:
        return "rollback"
    return "deploy" if status == "PASS" and thresholds_met else "iterate"
