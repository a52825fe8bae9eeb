"""Regress: two evaluations in, one verdict out. Pairs where there are pairs, three zones per metric.

PASS: the interval leaves no room for a loss of the margin. FAIL: the loss reaches the margin and is
significant. WARN: neither; the set is too small to tell. A difference of points alone never decides: on 100
items equal models differ by two points or more in a quarter of comparisons.
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
from clinft.spec.evaluation import Margin
from clinft.spec.project import ProjectSpec
from clinft.stages.regress.changes import LOWER_IS_BETTER, Change, change_of
from clinft.stages.regress.pairing import Incomparable, Pair, Pairing, pair
from clinft.statistics.multiplicity import holm
from clinft.statistics.paired import mcnemar_one_sided
from clinft.statistics.power import items_for_margin, smallest_detectable

STAGE_VERSION = 1
ALPHA = 0.05
# Harm is looked for with less proof than a loss of points.
ALPHA_CRITICAL = 0.10

Baseline = tuple[EvaluationReport, Sequence[ItemResult], str]
Status = Literal["FIRST", "PASS", "WARN", "FAIL", "INCOMPARABLE"]


def regress(
    spec: ProjectSpec,
    candidate: EvaluationReport,
    candidate_items: Sequence[ItemResult],
    candidate_run_id: str,
    baseline: Baseline | None,
    deployed: bool = False,
) -> RegressionVerdict:
    """`baseline`: report, items and run id to compare with; `deployed`: the candidate is in use."""
    if baseline is None:
        return _first(candidate, candidate_run_id)
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
            reason=f"{pairing.reason} Evaluate both runs on the same test split first.",
        )
    metrics = _metrics(spec, pairing)
    critical = [one for one in pairing.answered if one.candidate.target in spec.regression.critical_labels]
    flips = [one for one in critical if one.baseline.correct and not one.candidate.correct]
    gained = sum(not one.baseline.correct and one.candidate.correct for one in critical)
    harm = bool(flips) and mcnemar_one_sided(len(flips), gained) <= ALPHA_CRITICAL
    status = _status(metrics, bool(flips), harm)
    return RegressionVerdict(
        status=status,
        baseline_run_id=run_id,
        candidate_run_id=candidate_run_id,
        metrics=metrics,
        critical_flips=tuple(
            CriticalFlip(
                item=one.candidate.item, target=one.candidate.target, prediction=one.candidate.prediction
            )
            for one in flips
        ),
        recommendation=_recommendation(status, candidate.thresholds_met, deployed),
        reason=" ".join(
            (
                *_why(metrics, len(flips), gained, harm),
                *_thresholds(candidate),
                _power(pairing.answered),
            )
        ),
    )


def _first(candidate: EvaluationReport, run_id: str) -> RegressionVerdict:
    what = _thresholds(candidate) or (
        "Every threshold is met." if candidate.thresholds else "The spec sets no threshold.",
    )
    return RegressionVerdict(
        status="FIRST",
        baseline_run_id=None,
        candidate_run_id=run_id,
        metrics=(),
        critical_flips=(),
        recommendation="deploy" if candidate.thresholds_met else "iterate",
        reason=" ".join(("No run is deployed yet, so there is nothing to compare with.", *what)),
    )


def _metrics(spec: ProjectSpec, pairing: Pairing) -> tuple[MetricChange, ...]:
    margins = spec.regression.margins
    changes = {
        margin.metric: change_of(
            margin.metric, pairing, spec.regression.critical_labels, spec.evaluation.confidence
        )
        for margin in margins
    }
    # Only a loss that reaches its margin claims a FAIL; Holm guards against claiming many.
    claims = [
        margin.metric
        for margin in margins
        if isinstance(change := changes[margin.metric], Change)
        and _loss(margin.metric, change.difference.value) >= margin.margin
    ]
    p_values = [change.p_worse for name in claims if isinstance(change := changes[name], Change)]
    adjusted = dict(zip(claims, holm(p_values), strict=True))
    return tuple(_judged(margin, changes[margin.metric], adjusted.get(margin.metric)) for margin in margins)


def _judged(margin: Margin, change: object, p_adjusted: float | None) -> MetricChange:
    if not isinstance(change, Change):
        return MetricChange(
            metric=margin.metric,
            baseline=None,
            candidate=None,
            difference=None,
            margin=margin.margin,
            status="NOT_COMPARABLE",
            detail=getattr(change, "reason", "not measured"),
        )
    found = change.difference
    worst = max(_loss(margin.metric, found.low), _loss(margin.metric, found.high))
    if p_adjusted is not None and p_adjusted <= ALPHA:
        status, detail = "FAIL", f"the loss reaches the margin and is no accident (p = {p_adjusted:.2g})"
    elif worst < margin.margin:
        status, detail = "PASS", "the interval leaves no room for a loss of the margin"
    else:
        status, detail = (
            "WARN",
            f"a loss of the margin can be neither shown nor ruled out{_needed(margin, change)}",
        )
    return MetricChange.model_validate(
        {
            "metric": margin.metric,
            "baseline": change.baseline,
            "candidate": change.candidate,
            "difference": found,
            "margin": margin.margin,
            "status": status,
            "detail": detail + (f"; difference and margin are shares{change.unit}" if change.unit else ""),
        }
    )


def _loss(metric: str, difference: float) -> float:
    """Positive: the candidate is worse."""
    return difference if metric in LOWER_IS_BETTER else -difference


def _needed(margin: Margin, change: Change) -> str:
    if not change.discordance or not margin.margin:
        return ""
    needed = items_for_margin(change.discordance, margin.margin)
    return f"; about {needed:,} items would rule it out if the models were equal"


def _status(metrics: Sequence[MetricChange], flips: bool, harm: bool) -> Status:
    found = {change.status for change in metrics}
    if harm or "FAIL" in found:
        return "FAIL"
    # A flip is at least for a person to look at, and what was not compared was not shown to be safe.
    return "WARN" if flips or "WARN" in found or "NOT_COMPARABLE" in found else "PASS"


def _recommendation(
    status: Status, thresholds_met: bool, deployed: bool
) -> Literal["deploy", "iterate", "rollback"]:
    if status == "FAIL" and deployed:
        return "rollback"
    return "deploy" if status == "PASS" and thresholds_met else "iterate"


def _why(metrics: Sequence[MetricChange], flips: int, gained: int, harm: bool) -> list[str]:
    said = []
    failed = [change.metric for change in metrics if change.status == "FAIL"]
    open_ones = [change.metric for change in metrics if change.status in ("WARN", "NOT_COMPARABLE")]
    if failed:
        said.append(f"Worse than the baseline by more than the margin: {', '.join(failed)}.")
    if open_ones:
        said.append(f"Not shown to be as good as the baseline: {', '.join(open_ones)}.")
    if not failed and not open_ones:
        said.append("No metric lost as much as its margin.")
    if flips:
        weight = "more than chance explains" if harm else "which chance may explain; a clinician must look"
        said.append(
            f"{flips:,} critical cases that were right are now wrong and {gained:,} the other way round, "
            f"{weight}."
        )
    return said


def _thresholds(candidate: EvaluationReport) -> tuple[str, ...]:
    unmet = [result.metric for result in candidate.thresholds if not result.met]
    return (f"Thresholds not met: {', '.join(unmet)}.",) if unmet else ()


def _power(pairs: Sequence[Pair]) -> str:
    lost = sum(one.baseline.correct and not one.candidate.correct for one in pairs)
    won = sum(one.candidate.correct and not one.baseline.correct for one in pairs)
    text = f"Of {len(pairs):,} items {lost:,} were lost and {won:,} won"
    if lost + won == 0:
        return f"{text}."
    seen = smallest_detectable(len(pairs), (lost + won) / len(pairs))
    return f"{text}; a loss of {100 * seen:.1f} points or more would have shown with 80 % power."
