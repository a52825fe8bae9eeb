"""What a PASS leaves open: said with it, each time."""

from collections.abc import Iterator, Sequence

from clinft.artifacts.results import (
    EvaluationReport,
    MetricChange,
    RecordedEvaluation,
    Reference,
    SafetyCheck,
    SubgroupChange,
    TrendPoint,
)
from clinft.spec.evaluation import LOWER_IS_BETTER
from clinft.stages.regress.pairing import CLOSED, Pairing
from clinft.stages.regress.protocol import Protocol
from clinft.stages.regress.safety import HARMS


def of_protocol(protocol: Protocol) -> Iterator[str]:
    """What nobody asked for was not looked at."""
    if not protocol.sentinels:
        yield "No sentinel cases are named (regression.sentinels)."
    if protocol.critical_recall_min is None:
        yield "No bound on the recall of critical cases is set (regression.critical_recall_min)."


def of_engines(sentence: str | None) -> Iterator[str]:
    if sentence is not None:
        yield sentence


def of_split(same: bool) -> Iterator[str]:
    if not same:
        yield (
            "The baseline was measured on another test split: its model was asked again on this one, beside "
            "the candidate."
        )


def of_looks(looks: int | None) -> Iterator[str]:
    if looks is None:
        yield "How often this test split was looked at before is not known."
    elif looks > 1:
        yield (
            f"This test split was looked at {looks:,} times: the best of several models looks better on it "
            "than it is."
        )


def of_comparison(
    protocol: Protocol,
    pairing: Pairing,
    metrics: Sequence[MetricChange],
    checks: Sequence[SafetyCheck],
    subgroups: Sequence[SubgroupChange],
) -> Iterator[str]:
    for change in metrics:
        found, seen = change.difference, change.minimum_detectable
        worst = None if found is None else found.high if change.metric in LOWER_IS_BETTER else -found.low
        if found is not None and seen is not None and worst is not None and worst > 0.0:
            yield (
                f"{change.metric}: a loss below the margin of {change.margin:g} may be real (interval "
                f"{found.low:+.3f} to {found.high:+.3f}); a FAIL would have shown a loss of {seen:.3f} or "
                "more in four of five comparisons."
            )
    looked_at = {check.rule for check in checks}
    if "critical_flips" not in looked_at:
        yield "No item is known to be critical, so no critical case was looked at apart."
    if protocol.kind != "classification" and not looked_at.intersection(HARMS):
        yield "Hallucinations and critical omissions were not measured in both runs."
    if not subgroups:
        yield (
            f"No subgroup of {protocol.min_subgroup} items or more is known: whom a change hits was not "
            "looked at."
        )
    if pairing.scoring == CLOSED:
        yield "Label scores were compared: how often a free answer is no label was not."


def of_references(
    baseline: EvaluationReport, references: Sequence[Reference], approved: str | None
) -> Iterator[str]:
    """`baseline`: report of the first of the references."""
    if isinstance(baseline, RecordedEvaluation):
        yield "The baseline is recorded answers; the model behind them was not asked again."
    if approved is None:
        yield (
            "No approved baseline is fixed (regression.approved_baseline): small losses can add up from "
            "release to release."
        )
    elif references[0].role == "approved":
        yield f"Nothing is deployed: the approved baseline {approved} alone was compared with."
    elif len(references) == 1:
        yield f"The approved baseline {approved} is the deployed run itself."


def of_trend(points: Sequence[TrendPoint], run_id: str) -> Iterator[str]:
    for point in points:
        if point.run_id == run_id and point.flagged:
            yield f"{point.metric} drifts: over all runs its average has fallen beyond its limit."
