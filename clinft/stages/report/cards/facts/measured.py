"""What was measured on the test split, as facts: all systems, the classes and subgroups of the tuned one."""

from clinft.artifacts.fact_sheet import Bound, ErrorKind, EvaluationFacts, Figure, Gain, Recall, Result
from clinft.artifacts.results import EvaluationReport, SystemResult
from clinft.stages.report import numbers, words
from clinft.stages.report.cards.facts import figures
from clinft.stages.report.facts import RunFacts

NO_PROBE = "whether the model gives training text back was not probed"


def evaluation(facts: RunFacts) -> EvaluationFacts:
    report, data = facts.evaluation, facts.evaluation.test_sha256
    spoken_for = words.primary(report)
    results = tuple(one for system in report.systems for one in _results(system, data))
    slices = () if spoken_for is None else _slices(spoken_for, data)
    recalls = () if spoken_for is None else _recalls(facts, spoken_for)
    gains = tuple(_gains(report))
    errors = tuple(_errors(report))
    return EvaluationFacts(
        test_sha256=data,
        kind=facts.spec.task.kind,
        main_metric=report.main_metric,
        items=figures.counted(report.n, data),
        results=results,
        slices=slices,
        recalls=recalls,
        gains=gains,
        thresholds=tuple(
            Bound(metric=row.metric, bound=row.bound, met=row.met, detail=row.detail)
            for row in report.thresholds
        ),
        thresholds_met=report.thresholds_met,
        brackets=figures.brackets((words.metric(row.metric), row.figure) for row in results),
        slice_brackets=figures.brackets((words.metric(row.metric), row.figure) for row in slices),
        recall_brackets=figures.brackets(("recall", row.figure) for row in recalls),
        gain_brackets=figures.brackets(("difference", row.figure) for row in gains),
        looks=figures.missing("how often this test split was looked at was not counted")
        if report.looks is None
        else figures.counted(report.looks, data, n=report.looks),
        errors=errors,
        error_brackets=figures.brackets(("share of all errors", row.figure) for row in errors),
        absent=dict(sorted(report.absent.items())),
        stored={one.system: one.stored for one in report.systems if one.stored is not None},
        caveats=report.caveats,
        memorised=_memorised(facts),
        memorised_detail="" if report.memorised is None else report.memorised.detail,
        outputs=_outputs(report),
    )


def main_result(evaluation: EvaluationFacts) -> Result | None:
    """The main metric of the tuned model, answering freely where it was asked to."""
    mine = [
        row for row in evaluation.results if row.system == "tuned" and row.metric == evaluation.main_metric
    ]
    free = [row for row in mine if row.scoring == "generated_text"]
    return next(iter(free or mine), None)


def of_system(evaluation: EvaluationFacts, system: str, scoring: str | None = None) -> tuple[Result, ...]:
    return tuple(
        row
        for row in evaluation.results
        if row.system == system and (scoring is None or row.scoring == scoring)
    )


def _results(system: SystemResult, data: str) -> tuple[Result, ...]:
    return tuple(
        Result(
            system=system.system,
            scoring=system.scoring,
            metric=found.metric,
            name=words.metric(found.metric),
            level="" if found.interval is None else numbers.percent(found.interval.confidence),
            higher_is_better=found.higher_is_better,
            figure=figures.estimated_or_missing(found.interval, found.missing, data, note=found.note),
        )
        for found in system.metrics
    )


def _slices(system: SystemResult, data: str) -> tuple[Result, ...]:
    """Subgroups in a calm order; too small ones stay, as missing, so that nobody takes them for fine."""
    return tuple(
        Result(
            system=system.system,
            scoring=system.scoring,
            metric=row.metric,
            name=words.metric(row.metric),
            level="" if row.interval is None else numbers.percent(row.interval.confidence),
            slice=row.slice,
            value=row.value,
            figure=figures.estimated_or_missing(row.interval, row.missing, data),
        )
        for row in sorted(system.slices, key=lambda row: (row.metric, row.slice, row.value))
    )


def _recalls(facts: RunFacts, system: SystemResult) -> tuple[Recall, ...]:
    critical = frozenset(facts.spec.regression.critical_labels)
    return tuple(
        Recall(
            label=row.label,
            critical=row.label in critical,
            figure=figures.estimated(row.recall, facts.evaluation.test_sha256)
            if row.support
            else figures.missing("the test split has no case of it"),
        )
        for row in system.labels
    )


def _gains(report: EvaluationReport) -> list[Gain]:
    return [
        Gain(
            against=gain.against,
            scoring=gain.scoring,
            metric=gain.metric,
            figure=figures.estimated(gain.difference, report.test_sha256, signed=True),
            p_value=numbers.p_value(gain.p_value),
        )
        for gain in report.gains
    ]


def _errors(report: EvaluationReport) -> list[ErrorKind]:
    data = report.test_sha256
    return [
        ErrorKind(
            category=group.category,
            figure=figures.estimated(group.share, data),
            count=figures.counted(group.n, data, n=group.share.n),
            critical=figures.counted(group.critical, data, n=group.n),
        )
        for group in report.errors
    ]


def _memorised(facts: RunFacts) -> dict[str, Figure]:
    """Of training records, of held-out ones beside them, and of planted strings."""
    found, splits = facts.evaluation.memorised, facts.prepared.splits
    if found is None:
        return {name: figures.missing(NO_PROBE) for name in ("continued", "held-out", "planted")}
    reason = found.detail or NO_PROBE
    return {
        "continued": figures.estimated_or_missing(found.continued, reason, splits["train"].sha256),
        "held-out": figures.estimated_or_missing(found.held_out, reason, splits["test"].sha256),
        "planted": figures.part(found.planted_back, found.planted, splits["train"].sha256)
        if found.planted
        else figures.missing("the training data hold no planted string"),
    }


def _outputs(report: EvaluationReport) -> dict[str, Figure]:
    found, data = report.outputs, report.test_sha256
    if found is None:
        reason = "what the systems wrote was not searched for identifiers"
        return {name: figures.missing(reason) for name in ("searched", "withheld")}
    return {
        "searched": figures.counted(found.outputs, data),
        "withheld": figures.part(found.withheld, found.outputs, data),
        **{
            f"findings, {severity}": figures.counted(count, data, n=found.outputs)
            for severity, count in sorted(found.by_severity.items())
        },
    }
