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
    RegressionVerdict,
    SafetyCheck,
    VerdictStatus,
)
from clinft.spec.project import ProjectSpec
from clinft.stages.regress import caveats, reason, references, safety, sentinels, subgroups
from clinft.stages.regress.pairing import CLOSED, GENERATED, TUNED, Incomparable, Pairing
from clinft.stages.regress.protocol import Protocol, protocol_of
from clinft.stages.regress.references import Baseline, Comparison, Judged
from clinft.stages.regress.trend import History, trend

STAGE_VERSION = 2

SEVERITY: tuple[Judged, ...] = ("PASS", "WARN", "FAIL", "CRITICAL")


@dataclass(frozen=True)
class Known:
    """What is known of the project beside the two runs.

    `approved`: the second reference. `measured_on`: day of each reference's evaluation, UTC; `today`: that
    of the candidate's. `history`: earlier runs and their reports, the oldest first. `earlier`: the run that
    was in use before the one that is, and may be again.
    """

    approved: Baseline | None = None
    measured_on: Mapping[str, str] = field(default_factory=dict)
    today: str | None = None
    history: History = ()
    earlier: str | None = None


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
    one does, so that this one is not called the first. With nothing deployed the approved run is compared
    with.
    """
    known = known or Known()
    protocol = protocol_of(spec, candidate.main_metric)
    own = tuple(_own_checks(protocol, candidate_items))
    metrics = (candidate.main_metric, *(margin.metric for margin in protocol.margins))
    alike = [one for one in known.history if _engine(one[1]) == _engine(candidate)]
    points = trend(metrics, (*alike, (candidate_run_id, candidate)))
    found = references.comparisons(protocol, candidate, candidate_items, baseline, known.approved)
    base = RegressionVerdict(
        status="INCOMPARABLE",
        baseline_run_id=found[0].run_id if found else None,
        candidate_run_id=candidate_run_id,
        metrics=(),
        critical_flips=(),
        recommendation="iterate",
        reason="",
        safety=own,
        references=references.told(found, known.measured_on),
        protocol_sha256=protocol.sha256,
        looks=candidate.looks,
        trend=points,
    )
    if baseline is None and pending:
        base = base.model_copy(update={"baseline_run_id": None})
        why = reason.waiting(pending)
        return _uncompared(base, why, protocol, candidate_items, found, deployed, known)
    if not found:
        return _first(base, protocol, candidate, candidate_items)
    if isinstance(found[0].pairing, Incomparable):
        why = reason.incomparable(found[0].pairing.reason, found[0].report)
        return _uncompared(base, why, protocol, candidate_items, found, deployed, known)
    return _compared(base, protocol, candidate, found, found[0].pairing, deployed, known, spec)


def _engine(report: EvaluationReport) -> str | None:
    """Its name: a drift over many runs may not be the step from one engine to another."""
    return None if report.engine is None else report.engine.name


def _own_checks(protocol: Protocol, items: Sequence[ItemResult]) -> Sequence[SafetyCheck]:
    rows = _answered(items)
    return list(safety.alone(protocol, rows, protocol.question(rows[0].scoring if rows else GENERATED)))


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
    rows = _answered(items)
    checks = (*base.safety, *sentinels.alone(protocol, rows))
    safe = bool(rows) and all(check.status == "PASS" for check in checks)
    good = candidate.thresholds_met and safe
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


def _uncompared(
    base: RegressionVerdict,
    why: str,
    protocol: Protocol,
    items: Sequence[ItemResult],
    found: Sequence[Comparison],
    deployed: bool,
    known: Known,
) -> RegressionVerdict:
    """Not with the model in use. What its own rows and the approved model show against it counts even so."""
    grave = references.grave(found)
    alone = () if _sentinels_in(grave) else tuple(sentinels.alone(protocol, _answered(items)))
    checks = (*base.safety, *alone, *grave)
    shown = [one.status for one in found if one.status in ("CRITICAL", "FAIL")]
    if any(check.status == "CRITICAL" for check in checks):
        shown.append("CRITICAL")
    status: VerdictStatus = _status(shown) if shown else "INCOMPARABLE"
    keep = _keep(status, base.candidate_run_id, found, deployed, known)
    flips = {
        flip.item: flip
        for one in found
        if isinstance(one.pairing, Pairing)
        for flip in safety.flips(protocol, one.pairing)
    }
    others = [one for one in base.references if one.status != "INCOMPARABLE"]
    return base.model_copy(
        update={
            "status": status,
            "critical_flips": tuple(flips[item] for item in sorted(flips)),
            "recommendation": _recommendation(status, thresholds_met=False, deployed=deployed),
            "reason": " ".join(
                (*reason.critical(checks, keep), why, *reason.of_safety(checks), *reason.others(others))
            ),
            "safety": checks,
            "keep": keep,
        }
    )


def _sentinels_in(checks: Sequence[SafetyCheck]) -> bool:
    return any(check.rule == "sentinels" for check in checks)


def _compared(
    base: RegressionVerdict,
    protocol: Protocol,
    candidate: EvaluationReport,
    found: Sequence[Comparison],
    pairing: Pairing,
    deployed: bool,
    known: Known,
    spec: ProjectSpec,
) -> RegressionVerdict:
    main = found[0]
    groups = subgroups.groups(protocol, pairing.answered)
    changed = subgroups.changes(protocol, pairing, groups)
    # As the pairs have them: what one of two rows knows of a case, both know.
    own = safety.alone(protocol, pairing.used, protocol.question(pairing.used[0].scoring))
    checks = (*own, *main.checks, *subgroups.check(protocol, pairing, groups, changed))
    # Of what the approved model shows, the worst counts too; the rest stands in its reference.
    grave = references.grave(found[1:])
    status = _status([safety.worst_of(main.metrics, (*checks, *grave)), *(one.status for one in found[1:])])
    keep = _keep(status, base.candidate_run_id, found, deployed, known)
    told = reason.compared(
        candidate, main.report, pairing, main.metrics, (*checks, *grave), base.references[1:], keep,
        protocol.confidence, main.engines,
    )  # fmt: skip
    said = (
        *caveats.of_engines(main.engines),
        *caveats.of_split(candidate.test_sha256 == main.report.test_sha256),
        *caveats.of_comparison(protocol, pairing, main.metrics, checks, changed),
        *caveats.of_protocol(protocol),
        *caveats.of_references(main.report, base.references, spec.regression.approved_baseline),
        *caveats.of_looks(candidate.looks),
        *caveats.of_trend(base.trend, base.candidate_run_id),
    )
    return base.model_copy(
        update={
            "status": status,
            "metrics": main.metrics,
            "critical_flips": tuple(safety.flips(protocol, pairing)),
            "recommendation": _recommendation(status, candidate.thresholds_met, deployed),
            "reason": f"{told} {reason.age(references.day_of(main, known.measured_on), known.today)}",
            "safety": (*checks, *grave),
            "subgroups": changed,
            "caveats": said if status == "PASS" else (),
            "keep": keep,
        }
    )


def _status(statuses: Sequence[str]) -> VerdictStatus:
    """The worst; what could not be compared with the approved model was not shown to be as good."""
    known = ["WARN" if status == "INCOMPARABLE" else status for status in statuses]
    return max(cast(Sequence[Judged], known), key=SEVERITY.index)


def _keep(
    status: VerdictStatus, candidate: str, found: Sequence[Comparison], deployed: bool, known: Known
) -> str | None:
    """The model in use; where that is the candidate itself, the one before it, else the approved one."""
    if status not in ("FAIL", "CRITICAL"):
        return None
    before = [known.earlier] if deployed else []
    named = (
        run_id for run_id in (*before, *(one.run_id for one in found)) if run_id not in (None, candidate)
    )
    return next(named, None)


def _recommendation(
    status: VerdictStatus, thresholds_met: bool, deployed: bool
) -> Literal["deploy", "iterate", "rollback"]:
    if status == "CRITICAL" or (status == "FAIL" and deployed):
        return "rollback"
    return "deploy" if status == "PASS" and thresholds_met else "iterate"
