"""The regression verdict in words: what was compared, what changed, which critical cases were lost."""

from collections.abc import Iterable, Sequence

from clinft.artifacts.results import MetricChange, RegressionVerdict
from clinft.stages.report import numbers, words
from clinft.stages.report.pull_request.room import Room
from clinft.stages.report.returned import figures, names, safety
from clinft.stages.report.returned.fitting import Block, collapsed
from clinft.stages.report.returned.names import NOT_MEASURED

COMPARED = ("PASS", "WARN", "FAIL", "CRITICAL")
NEWLY_MISSED = "Critical cases that the baseline had right and this model has wrong"
# So many critical cases stand in the open; more are folded away under the count.
OPENNEWLY_MISSED = 10


def regression(
    verdict: RegressionVerdict, critical_labels: Sequence[str] | None, room: Room
) -> Iterable[str]:
    """`critical_labels`: of the spec; None where it is not at hand."""
    yield compared_with(verdict)
    yield (
        f"**{verdict.status}**: {words.REGRESSION[verdict.status]}. Recommendation: "
        f"**{verdict.recommendation}**, which means: {safety.recommended(verdict)}."
    )
    yield room.text(verdict.reason)
    yield critical(verdict, critical_labels)
    if verdict.critical_flips and len(verdict.critical_flips) <= OPENNEWLY_MISSED:
        yield flips(verdict, room)
    yield safety.rules(verdict, room)
    yield from changes(verdict.metrics, room)
    yield safety.references(verdict, room)
    yield from safety.caveats(verdict, room)


def many_flips(verdict: RegressionVerdict | None, room: Room) -> Iterable[Block]:
    if verdict is not None and len(verdict.critical_flips) > OPENNEWLY_MISSED:
        yield collapsed("Critical cases newly missed", flips(verdict, room))


def compared_with(verdict: RegressionVerdict) -> str:
    baseline = verdict.baseline_run_id
    if baseline is None:
        return "Nothing was compared: no baseline was there."
    if baseline == verdict.candidate_run_id:
        return f"{names.run(baseline)} was evaluated once more and compared with its own earlier evaluation."
    return f"{names.run(verdict.candidate_run_id)} was compared with the baseline {names.run(baseline)}."


def critical(verdict: RegressionVerdict, critical_labels: Sequence[str] | None) -> str:
    """How many critical cases were newly missed; a count of 0 says nothing where none can count."""
    if verdict.critical_flips:
        missed = f"{len(verdict.critical_flips):,}"
        return f"**{NEWLY_MISSED}: {missed}.** A clinician looks at each."
    if critical_labels is not None and not critical_labels:
        return "**The spec names no critical label, so no case counts as critical.**"
    if verdict.baseline_run_id is None or verdict.status not in COMPARED:
        return f"{NEWLY_MISSED}: {NOT_MEASURED}, since nothing was compared."
    return f"{NEWLY_MISSED}: 0."


def flips(verdict: RegressionVerdict, room: Room) -> str:
    """Ids and labels of synthetic cases; their texts stay in the data."""
    return room.grid(
        ("Synthetic case", "Right answer", "Answer of this model"),
        [
            (
                room.text(flip.item),
                room.text(flip.target or "a text"),
                "no label" if flip.prediction is None else room.text(flip.prediction),
            )
            for flip in verdict.critical_flips
        ],
    )


def changes(metrics: Sequence[MetricChange], room: Room) -> Iterable[str]:
    if not metrics:
        return
    yield room.grid(
        ("Metric", "Baseline", "This model", "Difference", "Margin", "Status", "Why"),
        [
            (
                room.text(words.metric(change.metric)),
                figures.value(change.baseline),
                figures.value(change.candidate),
                NOT_MEASURED
                if change.difference is None
                else f"{numbers.difference(change.difference)} (n = {change.difference.n:,})",
                numbers.number(change.margin),
                change.status if change.status == "PASS" else f"**{change.status.replace('_', ' ')}**",
                room.text(change.detail),
            )
            for change in metrics
        ],
    )
    found = [
        (room.text(words.metric(change.metric)), change.difference)
        for change in metrics
        if change.difference is not None
    ]
    yield (
        "Difference: this model minus the baseline, on the same records. Margin: the loss that still counts "
        f"as no worse. {figures.brackets(found, room)}"
    )
