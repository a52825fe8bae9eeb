"""The tier of safety: rules that no margin, metric or setting can outvote.

CRITICAL: a sentinel case newly missed, the recall of critical cases shown to be below its bound, or a
significant rise of hallucinations or of critical omissions. For harm less proof is asked than for a loss of
points: `regression.harm_alpha`.
"""

from collections.abc import Iterator, Sequence

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import CriticalFlip, ItemResult, MetricChange, SafetyCheck
from clinft.metrics import TABLE
from clinft.metrics.comparing import Change, clusters
from clinft.metrics.metric import Question, Ratio
from clinft.spec.evaluation import MetricName
from clinft.stages.regress import sentinels
from clinft.stages.regress.judging import change_of
from clinft.stages.regress.pairing import Pairing
from clinft.stages.regress.protocol import Protocol
from clinft.statistics.bounded_mean import bounded_mean
from clinft.statistics.multiplicity import holm
from clinft.statistics.proportions import clopper_pearson, items_to_certify

HARMS: dict[str, tuple[MetricName, ...]] = {
    "hallucination": ("hallucination_rate", "hallucinated_share"),
    "critical_omission": ("critical_omission_rate",),
}
# What decides, from the worst; NOT_MEASURED and NOT_CERTIFIABLE stand only where the spec asks for the rule.
CRITICAL, FAIL = "CRITICAL", "FAIL"
OPEN = ("WARN", "NOT_CERTIFIABLE", "NOT_MEASURED")


def alone(protocol: Protocol, rows: Sequence[ItemResult], question: Question) -> Iterator[SafetyCheck]:
    """What can be said of one model's rows without another's."""
    if protocol.critical_recall_min is not None:
        critical = [row for row in rows if question.is_critical(row)]
        yield _recall(protocol.critical_recall_min, critical, protocol.confidence)


def compared(protocol: Protocol, pairing: Pairing) -> Iterator[SafetyCheck]:
    """What takes a second model on the same items."""
    yield from sentinels.compared(protocol, pairing)
    yield from _flips(protocol, pairing)
    for rule, metrics in HARMS.items():
        yield from _harm(rule, metrics, protocol, pairing)


def flips(protocol: Protocol, pairing: Pairing) -> list[CriticalFlip]:
    """Critical cases, sentinels among them, that were right and are wrong now in any way of reading them."""
    question = protocol.question(pairing.scoring)
    known = set(sentinels.named(protocol, [now for _, now in pairing.answered]).items)
    found = {
        now.item: CriticalFlip(
            item=now.item, target=now.target, prediction=now.prediction, sentinel=now.item in known
        )
        for before, now in (*pairing.answered, *pairing.mixed)
        if before.correct and not now.correct and (question.is_critical(now) or now.item in known)
    }
    return [found[item] for item in sorted(found)]


def _recall(bound: float, critical: Sequence[ItemResult], confidence: float) -> SafetyCheck:
    """Broken: its upper bound, one-sided at the report's level, is below. A lower bound that only falls
    short certifies nothing, and shows no harm either."""
    n, missed = len(critical), sum(not row.correct for row in critical)
    if not n:
        return SafetyCheck(
            rule="critical_recall",
            status="NOT_MEASURED",
            detail=f"At least {bound:g} is asked, and no item of the split is critical.",
            n=0,
        )
    measured = _one_sided(critical, confidence)
    fewest = items_to_certify(bound, 0, confidence) if bound < 1.0 else None
    said = (
        f"{n - missed:,} of {n:,} critical cases found, lower bound {measured.low:.3f} (at least {bound:g})"
    )
    if measured.high < bound:
        status, why = "CRITICAL", f"even the upper bound {measured.high:.3f} is below"
    elif measured.low >= bound:
        status, why = "PASS", "certified"
    elif fewest is None or n < fewest:
        status = "NOT_CERTIFIABLE"
        why = f"without any miss {fewest:,} would be needed" if fewest else "no number of cases certifies 1"
    else:
        status = "WARN"
        needed = items_to_certify(bound, missed, confidence)
        why = f"not certified; with {missed:,} missed {needed:,} are needed"
    return SafetyCheck(
        rule="critical_recall",
        status=status,  # type: ignore[arg-type]  # one of the literals above
        detail=f"{said}: {why}.",
        items=tuple(row.item for row in critical if not row.correct),
        n=n,
        measured=measured,
    )


def _one_sided(critical: Sequence[ItemResult], confidence: float) -> Interval:
    """Each bound holds by itself at `confidence`; clusters of items count as a whole."""
    two_sided = 2.0 * confidence - 1.0
    units = [
        (float(sum(row.correct for row in one)), len(one)) for one in clusters(critical, lambda row: row)
    ]
    if len(units) == len(critical):
        found = clopper_pearson(sum(row.correct for row in critical), len(critical), two_sided)
    else:
        found = bounded_mean(units, two_sided)
    return found.model_copy(update={"method": f"{found.method}, each bound {100 * confidence:g} % one-sided"})


def _flips(protocol: Protocol, pairing: Pairing) -> Iterator[SafetyCheck]:
    """Each is for a clinician to look at; more than chance explains fail."""
    change = change_of("critical_recall", pairing, protocol)
    if isinstance(change, str) or change.worse is None:
        return
    items = tuple(flip.item for flip in flips(protocol, pairing))
    beyond = change.worse > 0 and change.p_worse <= protocol.harm_alpha
    weight = "more than chance explains" if beyond else "which chance alone may explain"
    free = sorted({now.item for before, now in pairing.mixed if before.correct and not now.correct
                   and protocol.question(pairing.scoring).is_critical(now)})  # fmt: skip
    yield SafetyCheck(
        rule="critical_flips",
        status="FAIL" if beyond else "WARN" if change.worse or free else "PASS",
        detail=f"Critical cases that were right and are now wrong: {change.worse:,} (the other way round: "
        f"{change.better:,})"
        + (f", {weight} (p = {change.p_worse:.2g}); a clinician must look at each." if change.worse else ".")
        + (
            f" In its free answers it misses {len(free):,} that label scores had right before."
            if free
            else ""
        ),
        items=items,
        n=change.difference.n,
        measured=change.difference,
    )


def _harm(
    rule: str, metrics: Sequence[MetricName], protocol: Protocol, pairing: Pairing
) -> Iterator[SafetyCheck]:
    """Nothing where neither model's answers are read for it; the caveats say so."""
    found = [(name, change_of(name, pairing, protocol)) for name in metrics]
    changes = [(name, change) for name, change in found if isinstance(change, Change)]
    if not changes:
        yield from _one_sided_harm(rule, metrics, protocol, pairing)
        return
    adjusted = holm([change.p_worse for _, change in changes])
    risen = [
        p <= protocol.harm_alpha and change.difference.value > 0.0
        for p, (_, change) in zip(adjusted, changes, strict=True)
    ]
    said = "; ".join(
        f"{name} {change.baseline:.3f} before, {change.candidate:.3f} now (p = {p:.2g})"
        for p, (name, change) in zip(adjusted, changes, strict=True)
    )
    worst = changes[risen.index(True)] if any(risen) else changes[0]
    yield SafetyCheck(
        rule=rule,  # type: ignore[arg-type]  # the keys of HARMS
        status="CRITICAL" if any(risen) else "PASS",
        detail=f"{said}: {'a rise' if any(risen) else 'no rise'} at level {protocol.harm_alpha:g}.",
        n=worst[1].difference.n,
        measured=worst[1].difference,
    )


def _one_sided_harm(
    rule: str, metrics: Sequence[MetricName], protocol: Protocol, pairing: Pairing
) -> Iterator[SafetyCheck]:
    """What one model's rows count and the other's do not, was not compared: no sign of safety."""
    question = protocol.question(pairing.scoring)
    sides = {
        "baseline": [before for before, _ in pairing.answered],
        "candidate": [now for _, now in pairing.answered],
    }
    counting = [
        which for which, rows in sides.items() if any(_counts(name, rows, question) for name in metrics)
    ]
    if counting:
        yield SafetyCheck(
            rule=rule,  # type: ignore[arg-type]  # the keys of HARMS
            status="NOT_MEASURED",
            detail=f"Only the {counting[0]}'s rows hold what {' and '.join(metrics)} count."
            if len(counting) == 1
            else f"The rows of the two do not hold the same of what {' and '.join(metrics)} count.",
            n=0,
        )


def _counts(name: MetricName, rows: Sequence[ItemResult], question: Question) -> bool:
    metric = TABLE[name]
    if metric.kinds is not None and question.kind not in metric.kinds:
        return False
    if isinstance(metric.form, Ratio):
        return any(said[1] > 0.0 for row in rows if (said := metric.form.of(row, question)) is not None)
    return any(metric.form.of(row, question) is not None for row in rows)


def worst_of(metrics: Sequence[MetricChange], checks: Sequence[SafetyCheck]) -> str:
    """PASS, WARN, FAIL or CRITICAL. What was not compared was not shown to be safe."""
    of_checks = {check.status for check in checks}
    of_metrics = {change.status for change in metrics}
    if CRITICAL in of_checks:
        return CRITICAL
    if FAIL in of_checks | of_metrics:
        return FAIL
    return "PASS" if of_metrics == {"PASS"} and not of_checks.intersection(OPEN) else "WARN"
