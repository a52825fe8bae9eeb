"""Three zones per metric against the margin of the spec.

PASS: the interval leaves no room for a loss of the margin. FAIL: the loss reaches the margin and is
significant. WARN: neither; the set is too small to tell. A difference of points alone never decides: on 100
items equal models differ by two points or more in a quarter of comparisons.
"""

from typing import Literal

from clinft.artifacts.results import MetricChange
from clinft.spec.evaluation import Margin
from clinft.spec.project import ProjectSpec
from clinft.stages.regress.changes import LOWER_IS_BETTER, Change, Unmeasured, change_of
from clinft.stages.regress.pairing import Pairing
from clinft.statistics.multiplicity import holm
from clinft.statistics.power import items_for_margin
from clinft.statistics.proportions import wilson_bounds

ALPHA = 0.05


def judge(spec: ProjectSpec, pairing: Pairing) -> tuple[MetricChange, ...]:
    """The metrics of `regression.margins`, in the order of the spec."""
    critical_labels, confidence = spec.regression.critical_labels, spec.evaluation.confidence
    margins = spec.regression.margins
    changes = [change_of(margin.metric, pairing, critical_labels, confidence) for margin in margins]
    # Only a loss that reaches its margin claims a FAIL; Holm guards against claiming many.
    claims = {
        margin.metric: change.p_worse
        for margin, change in zip(margins, changes, strict=True)
        if isinstance(change, Change) and _loss(margin.metric, change.difference.value) >= margin.margin
    }
    adjusted = dict(zip(claims, holm(list(claims.values())), strict=True))
    return tuple(
        _unmeasured(margin, change)
        if isinstance(change, Unmeasured)
        else _judged(margin, change, adjusted.get(margin.metric))
        for margin, change in zip(margins, changes, strict=True)
    )


def _unmeasured(margin: Margin, change: Unmeasured) -> MetricChange:
    return MetricChange(
        metric=margin.metric,
        baseline=None,
        candidate=None,
        difference=None,
        margin=margin.margin,
        status="NOT_COMPARABLE",
        detail=change.reason,
    )


def _judged(margin: Margin, change: Change, p_adjusted: float | None) -> MetricChange:
    status, detail = _zone(margin, change, p_adjusted)
    notes = [detail]
    if margin.metric in LOWER_IS_BETTER:
        notes.append("above 0 is worse")
    if change.unit:
        notes.append(f"difference and margin are shares{change.unit}")
    return MetricChange(
        metric=margin.metric,
        baseline=change.baseline,
        candidate=change.candidate,
        difference=change.difference,
        margin=margin.margin,
        status=status,
        detail="; ".join(notes),
    )


def _zone(
    margin: Margin, change: Change, p_adjusted: float | None
) -> tuple[Literal["PASS", "WARN", "FAIL"], str]:
    found = change.difference
    if p_adjusted is not None and p_adjusted <= ALPHA:
        return "FAIL", f"the loss reaches the margin and is no accident (p = {p_adjusted:.2g})"
    if max(_loss(margin.metric, found.low), _loss(margin.metric, found.high)) < margin.margin:
        return "PASS", "the interval leaves no room for a loss of the margin"
    return "WARN", f"a loss of the margin can be neither shown nor ruled out; {_needed(margin, change)}"


def _loss(metric: str, difference: float) -> float:
    """Positive: the candidate is worse."""
    return difference if metric in LOWER_IS_BETTER else -difference


def _needed(margin: Margin, change: Change) -> str:
    n = change.difference.n
    if margin.margin == 0.0:
        return "no number of items rules out a loss of nothing"
    if change.variance == 0.0:
        # The two never disagreed: as much disagreement as so few items may still hide.
        unseen = wilson_bounds(0, n, change.difference.confidence)[1]
        needed = items_for_margin(unseen, margin.margin)
        return f"the two never differed, so at most about {needed:,} items rule it out for equal models"
    needed = items_for_margin(change.variance, margin.margin)
    if needed <= n:
        return f"about {needed:,} items would have done for equal models, so a smaller loss may be real"
    return f"about {needed:,} items rule it out for equal models with 80 % power"
