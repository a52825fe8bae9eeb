"""Regress: evaluations in, one verdict out. Pairs where there are pairs, three zones per metric.

A newly missed critical case is never deployed, whatever the metrics say, and no spec can switch that off.
More of them than chance explains fail: a rollback for one case in a noisy comparison would itself do harm.
A missed sentinel case is CRITICAL: people named it beforehand as one that must never be missed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, cast

from clinft.artifacts.results import (
    EvaluationReport,
    ItemResult,
    MetricChange,
    RecordedEvaluation,
    Reference,
    RegressionVerdict,
    SafetyCheck,
    VerdictStatus,
)
from clinft.spec.project import ProjectSpec
from clinft.stages.regress import caveats, reason, safety, subgroups
from clinft.stages.regress.judging import judge
from clinft.stages.regress.pairing import CLOSED, DEPLOYED, GENERATED, TUNED, Incomparable, Pairing, pair
from clinft.stages.regress.protocol import Protocol, protocol_of
from clinft.stages.regress.trend import History, trend

STAGE_VERSION = 2

Baseline = tuple[EvaluationReport, Sequence[ItemResult], str]
Judged = Literal["PASS", "WARN", "FAIL", "CRITICAL"]
SEVERITY: tuple[Judged, ...] = ("PASS", "WARN", "FAIL", "CRITICAL")


@dataclass(frozen=True)
class Known:
    """What is known of the project beside the two runs.

    `approved`: the second reference. `measured_on`: day of each reference's evaluation, UTC; `today`: that
    of the candidate's. `history`: earlier runs and their reports, the oldest first.
    """

    approved: Baseline | None = None
    measured_on: Mapping[str, str] = field(default_factory=dict)
    today: str | None = None
    history: History = ()


@dataclass(frozen=True)
class _Comparison:
    """With one reference, or why there is none."""

    role: Literal["deployed", "approved"]
    run_id: str
    report: EvaluationReport
    pairing: Pairing | Incomparable
    metrics: tuple[MetricChange, ...] = ()
    checks: tuple[SafetyCheck, ...] = ()

    @property
    def status(self) -> Literal["PASS", "WARN", "FAIL", "CRITICAL", "INCOMPARABLE"]:
        if isinstance(self.pairing, Incomparable):
            return "INCOMPARABLE"
        return cast(Judged, safety.worst_of(self.metrics, self.checks))


def regress(
    spec: ProjectSpec,
    candidate: EvaluationReport,
    candidate_items: Sequence[ItemResult],
    candidate_run_id: str,
    baseline: Baseline | None,
    deployed: bool = False,
    pending: Sequence[str] = (),
    known: Known | None = None,
) -> RegressionVerdict:
    """`baseline`: report, items and run id to compare with; `deployed`: the candidate is in use.

    `pending`: runs with results that are not merged. One of them may become the deployed model before this
    one does, so that this one is not called the first.
    """
    known = known or Known()
    protocol = protocol_of(spec, candidate.main_metric)
    own = tuple(_own_checks(protocol, candidate_items))
    metrics = (candidate.main_metric, *(margin.metric for margin in protocol.margins))
    points = trend(metrics, (*known.history, (candidate_run_id, candidate)))
    base = RegressionVerdict(
        status="INCOMPARABLE",
        baseline_run_id=None if baseline is None else baseline[2],
        candidate_run_id=candidate_run_id,
        metrics=(),
        critical_flips=(),
        recommendation="iterate",
        reason="",
        safety=own,
        protocol_sha256=protocol.sha256,
        looks=candidate.looks,
        trend=points,
    )
    if baseline is None and pending:
        return base.model_copy(update={"reason": reason.waiting(pending)})
    if baseline is None:
        return _first(base, protocol, candidate, candidate_items)
    found = _comparisons(protocol, candidate, candidate_items, baseline, known.approved)
    if isinstance(found[0].pairing, Incomparable):
        why = reason.incomparable(found[0].pairing.reason, found[0].report)
        return base.model_copy(update={"reason": why, "references": _references(found, known)})
    return _compared(base, protocol, candidate, found, found[0].pairing, deployed, known, spec)


def _own_checks(protocol: Protocol, items: Sequence[ItemResult]) -> Sequence[SafetyCheck]:
    rows = _answered(items)
    return list(safety.alone(protocol, rows, protocol.question(rows[0].scoring))) if rows else []


def _answered(items: Sequence[ItemResult]) -> list[ItemResult]:
    """Of the tuned model, as it would be used."""
    for scoring in (GENERATED, CLOSED):
        rows = [row for row in items if row.system == TUNED and row.scoring == scoring]
        if rows:
            return rows
    return []


def _first(
    base: RegressionVerdict, protocol: Protocol, candidate: EvaluationReport, items: Sequence[ItemResult]
) -> RegressionVerdict:
    """Deployable where its thresholds are met and no rule of safety speaks against it."""
    checks = (*base.safety, *safety.missed_sentinels(protocol, _answered(items)))
    good = candidate.thresholds_met and not any(check.status != "PASS" for check in checks)
    return base.model_copy(
        update={
            "status": "FIRST",
            "recommendation": "deploy" if good else "iterate",
            "reason": reason.first(candidate, checks),
            "safety": checks,
            "caveats": (
                "Nothing is deployed, so nothing was compared.",
                *caveats.of_protocol(protocol),
                *caveats.of_looks(candidate.looks),
            )
            if good
            else (),
        }
    )


def _comparisons(
    protocol: Protocol,
    candidate: EvaluationReport,
    items: Sequence[ItemResult],
    baseline: Baseline,
    approved: Baseline | None,
) -> list[_Comparison]:
    """The deployed model first. An approved run that is the deployed one is no second reference."""
    roles: list[tuple[Literal["deployed", "approved"], Baseline]] = [("deployed", baseline)]
    if approved is not None and approved[2] != baseline[2]:
        roles.append(("approved", approved))
    pairings = [_paired(role, candidate, items, report, rows) for role, (report, rows, _) in roles]
    judged = iter(judge(protocol, [one for one in pairings if isinstance(one, Pairing)]))
    return [
        _Comparison(role, run_id, report, pairing)
        if isinstance(pairing, Incomparable)
        else _Comparison(
            role, run_id, report, pairing, next(judged), tuple(safety.compared(protocol, pairing))
        )
        for pairing, (role, (report, _, run_id)) in zip(pairings, roles, strict=True)
    ]


def _paired(
    role: str,
    candidate: EvaluationReport,
    items: Sequence[ItemResult],
    report: EvaluationReport,
    rows: Sequence[ItemResult],
) -> Pairing | Incomparable:
    """On another test split the deployed model counts where this evaluation has asked it again, beside."""
    if report.test_sha256 == candidate.test_sha256:
        return pair(items, rows)
    if role == "deployed" and _asked_again(candidate):
        beside = [row.model_copy(update={"system": TUNED}) for row in items if row.system == DEPLOYED]
        return pair(items, beside)
    return Incomparable("The two runs were measured on different test splits.")


def _asked_again(candidate: EvaluationReport) -> bool:
    return any(result.system == DEPLOYED and result.stored is None for result in candidate.systems)


def _compared(
    base: RegressionVerdict,
    protocol: Protocol,
    candidate: EvaluationReport,
    found: Sequence[_Comparison],
    pairing: Pairing,
    deployed: bool,
    known: Known,
    spec: ProjectSpec,
) -> RegressionVerdict:
    main = found[0]
    groups = subgroups.groups(protocol, pairing.answered)
    changed = subgroups.changes(protocol, pairing, groups)
    checks = (*base.safety, *main.checks, *subgroups.check(protocol, pairing, groups, changed))
    # Of what the approved model shows, the worst counts too; the rest stands in its reference.
    grave = tuple(
        check for other in found[1:] for check in other.checks if check.status in ("CRITICAL", "FAIL")
    )
    references = _references(found, known)
    status = _status([safety.worst_of(main.metrics, (*checks, *grave)), *(one.status for one in found[1:])])
    keep = _keep(status, base.candidate_run_id, [one.run_id for one in found])
    told = reason.compared(
        candidate, main.report, pairing, main.metrics, (*checks, *grave), references[1:], keep,
        protocol.confidence,
    )  # fmt: skip
    said = (
        *caveats.of_split(candidate.test_sha256 == main.report.test_sha256),
        *caveats.of_comparison(protocol, pairing, main.metrics, checks, changed),
        *caveats.of_protocol(protocol),
        *caveats.of_references(main.report, references[1:], spec.regression.approved_baseline),
        *caveats.of_looks(candidate.looks),
        *caveats.of_trend(base.trend, base.candidate_run_id),
    )
    return base.model_copy(
        update={
            "status": status,
            "metrics": main.metrics,
            "critical_flips": tuple(safety.flips(protocol, pairing)),
            "recommendation": _recommendation(status, candidate.thresholds_met, deployed),
            "reason": f"{told} {reason.age(_measured_on(main, known), known.today)}",
            "safety": (*checks, *grave),
            "subgroups": changed,
            "references": references,
            "caveats": said if status == "PASS" else (),
            "keep": keep,
        }
    )


def _status(statuses: Sequence[str]) -> VerdictStatus:
    """The worst; what could not be compared with the approved model was not shown to be as good."""
    known = ["WARN" if status == "INCOMPARABLE" else status for status in statuses]
    return max(cast(Sequence[Judged], known), key=SEVERITY.index)


def _keep(status: VerdictStatus, candidate: str, references: Sequence[str]) -> str | None:
    """The model in use, or the approved one where the candidate is in use itself."""
    if status not in ("FAIL", "CRITICAL"):
        return None
    return next((run_id for run_id in references if run_id != candidate), None)


def _references(found: Sequence[_Comparison], known: Known) -> tuple[Reference, ...]:
    return tuple(
        Reference(
            role=one.role,
            run_id=one.run_id,
            status=one.status,
            measured_on=_measured_on(one, known),
            metrics=one.metrics,
            reason=one.pairing.reason
            if isinstance(one.pairing, Incomparable)
            else " ".join((*reason.of_safety(one.checks), *reason.of_metrics(one.metrics))),
        )
        for one in found
    )


def _measured_on(one: _Comparison, known: Known) -> str | None:
    if isinstance(one.report, RecordedEvaluation):
        return one.report.source.asked_until[:10]
    return known.measured_on.get(one.run_id)


def _recommendation(
    status: VerdictStatus, thresholds_met: bool, deployed: bool
) -> Literal["deploy", "iterate", "rollback"]:
    if status == "CRITICAL" or (status == "FAIL" and deployed):
        return "rollback"
    return "deploy" if status == "PASS" and thresholds_met else "iterate"
