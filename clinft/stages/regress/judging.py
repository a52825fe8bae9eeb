"""Three zones per metric against the margin of the spec.

PASS: the interval leaves no room for a loss of the margin. FAIL: the loss reaches the margin and is
significant. WARN: neither; the set is too small to tell. A difference of points alone never decides: on 100
items equal models differ by two points or more in a quarter of comparisons.
"""

from collections.abc import Sequence
from typing import Literal

from clinft.artifacts.results import MetricChange
from clinft.metrics import TABLE
from clinft.metrics.comparing import Change, compared
from clinft.spec.evaluation import Margin
from clinft.stages.regress.pairing import CLOSED, Pairing
from clinft.stages.regress.protocol import Protocol
from clinft.statistics.multiplicity import holm
from clinft.statistics.power import detectable_loss, items_for_margin, items_to_pass, smallest_detectable
from clinft.statistics.proportions import wilson_bounds

ALPHA = 0.05
ROUNDING = 1e-12


def change_of(metric: str, pairing: Pairing, protocol: Protocol) -> Change | str:
    """As the models would be used; where that does not tell, by label scores. Text: why neither does."""
    found = compared(metric, pairing.answered, protocol.question(pairing.scoring))
    if isinstance(found, Change) or pairing.scoring == CLOSED or not pairing.scored:
        return found
    return compared(metric, pairing.scored, protocol.question(CLOSED))


def judge(protocol: Protocol, pairings: Sequence[Pairing]) -> list[tuple[MetricChange, ...]]:
    """For each reference the metrics of `regression.margins`, in the order of the spec.

    Holm over all metrics and references together: that any of them is called a loss though none is, happens
    in at most 5 % of verdicts. All are counted, not only those that look worse: to look first would be to
    choose.
    """
    changes = [
        (margin, change_of(margin.metric, pairing, protocol))
        for pairing in pairings
        for margin in protocol.margins
    ]
    adjusted = iter(holm([change.p_worse for _, change in changes if isinstance(change, Change)]))
    judged = [
        _unmeasured(margin, change) if isinstance(change, str) else _judged(margin, change, next(adjusted))
        for margin, change in changes
    ]
    size = len(protocol.margins)
    return [tuple(judged[start * size : (start + 1) * size]) for start in range(len(pairings))]


def _unmeasured(margin: Margin, why: str) -> MetricChange:
    return MetricChange(
        metric=margin.metric,
        baseline=None,
        candidate=None,
        difference=None,
        margin=margin.margin,
        status="NOT_COMPARABLE",
        detail=why,
    )


def _judged(margin: Margin, change: Change, p_adjusted: float) -> MetricChange:
    needed = _needed(margin, change)
    status, detail = _zone(margin, change, p_adjusted, needed)
    notes = [detail]
    if not TABLE[margin.metric].higher_is_better:
        notes.append("above 0 is worse")
    if change.unit:
        notes.append(f"difference and margin are shares{change.unit}")
    notes.append(change.test)
    return MetricChange(
        metric=margin.metric,
        baseline=change.baseline,
        candidate=change.candidate,
        difference=change.difference,
        margin=margin.margin,
        status=status,
        detail="; ".join(notes),
        p_value=change.p_worse,
        p_adjusted=p_adjusted,
        worse=change.worse,
        better=change.better,
        minimum_detectable=detectable(change, margin.margin),
        items_needed=needed,
    )


def _zone(
    margin: Margin, change: Change, p_adjusted: float, needed: int | None
) -> tuple[Literal["PASS", "WARN", "FAIL"], str]:
    found = change.difference
    lost = loss(margin.metric, found.value)
    if lost > 0.0 and lost >= margin.margin - ROUNDING and p_adjusted <= ALPHA:
        return "FAIL", f"the loss reaches the margin and is no accident (p = {p_adjusted:.2g})"
    if max(loss(margin.metric, found.low), loss(margin.metric, found.high)) < margin.margin:
        return "PASS", "the interval leaves no room for a loss of the margin"
    return (
        "WARN",
        f"inconclusive: a loss of the margin is neither shown nor ruled out; {_more(change, needed)}",
    )


def loss(metric: str, difference: float) -> float:
    """Positive: the candidate is worse."""
    return -difference if TABLE[metric].higher_is_better else difference


def _variance(change: Change) -> float:
    """Where the two never differed: as much disagreement as so few items may still hide."""
    n = change.difference.n
    return change.variance or wilson_bounds(0, n, change.difference.confidence)[1]


def _needed(margin: Margin, change: Change) -> int | None:
    """For the interval that decides, so with its level on one side; None: no number of items does."""
    variance = _variance(change)
    if margin.margin == 0.0 or variance == float("inf"):
        return None
    confidence = change.difference.confidence
    if change.independent:
        return items_to_pass(min(1.0, variance), margin.margin, confidence)
    return items_for_margin(variance, margin.margin, alpha=(1.0 - confidence) / 2.0)


def _more(change: Change, needed: int | None) -> str:
    n = change.difference.n
    if needed is None:
        return "no number of items rules out a loss of nothing"
    if change.variance == 0.0:
        return f"the two never differed, so at most about {needed:,} items rule it out for equal models"
    if needed <= n:
        return f"about {needed:,} items would have done for equal models, so a smaller loss may be real"
    power = f"{needed:,} items rule it out for equal models with 80 % power"
    return f"about {needed - n:,} more cases needed ({power})"


def detectable(change: Change, margin: float) -> float | None:
    """The loss that a FAIL would have shown with 80 % power; exact for yes or no of independent items."""
    n, variance = change.difference.n, _variance(change)
    if variance == float("inf"):
        return None
    if change.independent:
        return detectable_loss(n, variance, margin, ALPHA)
    return max(margin, smallest_detectable(n, variance, ALPHA))
