"""The models that a candidate is compared with: the one in use, and the one that was approved and stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from clinft.artifacts.results import (
    EvaluationReport,
    ItemResult,
    MetricChange,
    RecordedEvaluation,
    Reference,
    SafetyCheck,
)
from clinft.stages.regress import reason, safety
from clinft.stages.regress.judging import judge
from clinft.stages.regress.pairing import DEPLOYED, TUNED, Incomparable, Pairing, pair
from clinft.stages.regress.protocol import Protocol

Baseline = tuple[EvaluationReport, Sequence[ItemResult], str]
Judged = Literal["PASS", "WARN", "FAIL", "CRITICAL"]


@dataclass(frozen=True)
class Comparison:
    """With one reference, or why there is none."""

    role: Literal["deployed", "approved"]
    run_id: str
    report: EvaluationReport
    pairing: Pairing | Incomparable
    metrics: tuple[MetricChange, ...] = ()
    checks: tuple[SafetyCheck, ...] = ()
    # That another engine gave the answers of the reference; None: the same one, or they are asked again.
    engines: str | None = None

    @property
    def status(self) -> Literal["PASS", "WARN", "FAIL", "CRITICAL", "INCOMPARABLE"]:
        if isinstance(self.pairing, Incomparable):
            return "INCOMPARABLE"
        return cast(Judged, safety.worst_of(self.metrics, self.checks))


def comparisons(
    protocol: Protocol,
    candidate: EvaluationReport,
    items: Sequence[ItemResult],
    baseline: Baseline | None,
    approved: Baseline | None,
) -> list[Comparison]:
    """The deployed model first. An approved run that is the deployed one is no second reference."""
    roles: list[tuple[Literal["deployed", "approved"], Baseline]] = []
    if baseline is not None:
        roles.append(("deployed", baseline))
    if approved is not None and (baseline is None or approved[2] != baseline[2]):
        roles.append(("approved", approved))
    pairings = [_paired(role, candidate, items, one) for role, one in roles]
    judged = iter(judge(protocol, [one for one in pairings if isinstance(one, Pairing)]))
    return [
        Comparison(role, run_id, report, pairing)
        if isinstance(pairing, Incomparable)
        else Comparison(
            role,
            run_id,
            report,
            pairing,
            next(judged),
            tuple(safety.compared(protocol, pairing)),
            None if _asked_again(role, candidate, run_id) else reason.engines(candidate, report),
        )
        for pairing, (role, (report, _, run_id)) in zip(pairings, roles, strict=True)
    ]


def _paired(
    role: str, candidate: EvaluationReport, items: Sequence[ItemResult], reference: Baseline
) -> Pairing | Incomparable:
    """The deployed model as this evaluation has asked it, beside the candidate, where its own run was
    measured on another test split or by another engine.
    """
    report, rows, run_id = reference
    if report.test_sha256 == candidate.test_sha256 and not (
        reason.engines(candidate, report) and _asked_again(role, candidate, run_id)
    ):
        return pair(items, rows)
    beside = [result for result in candidate.systems if result.system == DEPLOYED]
    if role != "deployed" or not beside or any(result.stored is not None for result in beside):
        return Incomparable("The two runs were measured on different test splits.")
    if any(result.of_run != run_id for result in beside):
        return Incomparable(
            "The two runs were measured on different test splits, and the deployed model that was asked "
            f"beside the candidate is not known to be that of {run_id}."
        )
    return pair(items, [row.model_copy(update={"system": TUNED}) for row in items if row.system == DEPLOYED])


def _asked_again(role: str, candidate: EvaluationReport, run_id: str) -> bool:
    """The deployed model, in the candidate's own evaluation."""
    beside = [result for result in candidate.systems if result.system == DEPLOYED]
    known = all(result.stored is None and result.of_run == run_id for result in beside)
    return role == "deployed" and bool(beside) and known


def grave(found: Sequence[Comparison]) -> tuple[SafetyCheck, ...]:
    return tuple(check for one in found for check in one.checks if check.status in ("CRITICAL", "FAIL"))


def told(found: Sequence[Comparison], measured_on: Mapping[str, str]) -> tuple[Reference, ...]:
    return tuple(
        Reference(
            role=one.role,
            run_id=one.run_id,
            status=one.status,
            measured_on=day_of(one, measured_on),
            metrics=one.metrics,
            reason=one.pairing.reason
            if isinstance(one.pairing, Incomparable)
            else " ".join(
                (*reason.of_safety(one.checks), *reason.of_metrics(one.metrics), *_words(one.engines))
            ),
        )
        for one in found
    )


def _words(sentence: str | None) -> tuple[str, ...]:
    return () if sentence is None else (sentence,)


def day_of(one: Comparison, measured_on: Mapping[str, str]) -> str | None:
    told = (
        one.report.source.asked_until[:10]
        if isinstance(one.report, RecordedEvaluation)
        else measured_on.get(one.run_id)
    )
    return None if reason.day(told) is None else told
