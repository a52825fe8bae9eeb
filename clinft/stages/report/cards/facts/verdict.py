"""The regression verdict as facts: what was compared with what, the safety tier, subgroups, caveats."""

from collections.abc import Iterable

from clinft.artifacts.fact_sheet import Change, Figure, SafetyRow, SubgroupRow, VerdictFacts
from clinft.artifacts.results import MetricChange
from clinft.stages.report import numbers
from clinft.stages.report.cards.facts import figures
from clinft.stages.report.facts import RunFacts


def verdict(facts: RunFacts) -> VerdictFacts:
    found, data = facts.regression, facts.evaluation.test_sha256
    changes = [_change("baseline", change, data) for change in found.metrics]
    for reference in found.references:
        if reference.run_id != found.baseline_run_id:
            name = f"{reference.role} {reference.run_id}"
            changes += [_change(name, change, data) for change in reference.metrics]
    return VerdictFacts(
        status=found.status,
        recommendation=found.recommendation,
        reason=found.reason,
        baseline_run_id=found.baseline_run_id,
        keep=found.keep,
        protocol_sha256=found.protocol_sha256,
        changes=tuple(changes),
        safety=tuple(_safety(facts)),
        subgroups=tuple(
            SubgroupRow(
                slice=row.slice,
                value=row.value,
                metric=row.metric,
                figure=figures.estimated(row.difference, data, signed=True),
                p_value=numbers.p_value(row.p_value),
                p_adjusted=numbers.p_value(row.p_adjusted),
            )
            for row in found.subgroups
        ),
        caveats=found.caveats,
        critical_flips=tuple(flip.item for flip in found.critical_flips),
    )


def _change(reference: str, change: MetricChange, data: str) -> Change:
    return Change(
        reference=reference,
        metric=change.metric,
        status=change.status,
        margin=numbers.number(change.margin),
        difference=figures.missing(change.detail)
        if change.difference is None
        else figures.estimated(change.difference, data, signed=True),
        detail=change.detail,
    )


def _safety(facts: RunFacts) -> Iterable[SafetyRow]:
    data = facts.evaluation.test_sha256
    for check in facts.regression.safety:
        figure: Figure
        if check.measured is not None:
            figure = figures.estimated(check.measured, data)
        elif check.n is not None and check.status != "NOT_MEASURED":
            figure = figures.part(len(check.items), check.n, data)
        else:
            figure = figures.missing(check.detail)
        yield SafetyRow(
            rule=check.rule,
            status=check.status,
            detail=check.detail,
            figure=figure,
            items=check.items,
        )
