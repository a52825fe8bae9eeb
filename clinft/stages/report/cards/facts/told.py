"""What was measured, in sentences: results, subgroups, thresholds, memory, the verdict."""

from collections.abc import Iterable, Iterator

from clinft.artifacts.fact_sheet import EvaluationFacts, Result, Statement, VerdictFacts
from clinft.stages.report import words
from clinft.stages.report.cards.facts import figures
from clinft.stages.report.cards.facts.measured import main_result, of_system

SHOWN_SLICES = 40


def results(evaluation: EvaluationFacts) -> Iterator[tuple[str, Statement]]:
    main = main_result(evaluation)
    if main is None:
        yield "validity-internal", missing("no result of the tuned model was recorded")
    else:
        rows = of_system(evaluation, "tuned", main.scoring)
        yield (
            "validity-internal",
            _measured(
                f"{_told(rows)}; answer read as {words.scoring(main.scoring)}. "
                f"{evaluation.items.shown} synthetic test records; intervals: {evaluation.brackets}."
            ),
        )
    yield "fairness-internal", _fairness(evaluation)
    yield (
        "fairness-approach",
        _measured(
            "Results are given for every subgroup that the records name, each with n and interval or the "
            "reason why there is none. No equal result across groups was enforced in training."
        )
        if evaluation.slices
        else missing("no result by subgroup was recorded, and nothing was enforced in training"),
    )
    yield "thresholds", _thresholds(evaluation)
    yield "comparison", _comparison(evaluation)
    yield "memorisation", _memorisation(evaluation)
    yield "calibration", _calibration(evaluation)
    yield "weakest-class", _weakest(evaluation)


def _fairness(evaluation: EvaluationFacts) -> Statement:
    large = [row for row in evaluation.slices if row.figure.interval is not None]
    if not large:
        return missing(
            "no subgroup of the test records has enough items for a figure"
            if evaluation.slices
            else "no result by subgroup was recorded"
        )
    told = "; ".join(
        f"{row.name}, {(row.slice or '').replace('_', ' ')} {row.value}: {figures.plain(row.figure)}"
        for row in large[:SHOWN_SLICES]
    )
    small = len(evaluation.slices) - len(large)
    return _measured(
        f"{told}. Subgroups of synthetic records, as the generator drew them; subgroups with too few records "
        f"for a figure: {small}."
    )


def _thresholds(evaluation: EvaluationFacts) -> Statement:
    if not evaluation.thresholds:
        return missing("evaluation.thresholds of the spec sets none")
    verdicts = {True: "met", False: "not met", None: "not measurable or not certifiable at this n"}
    return _measured(
        "; ".join(
            f"{words.metric(row.metric)} {row.bound}: {verdicts[row.met]} ({row.detail})"
            for row in evaluation.thresholds
        )
        + "."
    )


def _comparison(evaluation: EvaluationFacts) -> Statement:
    if not evaluation.gains:
        return missing("evaluation.compare names no other system beside the tuned model")
    return _measured(
        "; ".join(
            f"{words.metric(gain.metric)} against the {words.system(gain.against)} "
            f"({words.scoring(gain.scoring)}): {figures.plain(gain.figure)}, p {gain.p_value}"
            for gain in evaluation.gains
        )
        + ". Both answered the same items."
    )


def _memorisation(evaluation: EvaluationFacts) -> Statement:
    continued, held_out = evaluation.memorised["continued"], evaluation.memorised["held-out"]
    if continued.basis == "missing":
        return missing(continued.missing or "not probed")
    return _measured(
        f"Training records that the model continues word for word: {figures.plain(continued)}; held-out "
        f"ones: {figures.plain(held_out)}; planted strings that it gives back: "
        f"{evaluation.memorised['planted'].shown}."
    )


def _calibration(evaluation: EvaluationFacts) -> Statement:
    wanted = {"calibration_error", "brier", "log_loss"}
    rows = [
        row
        for row in evaluation.results
        if row.system == "tuned" and row.metric in wanted and row.figure.interval is not None
    ]
    if not rows:
        return missing("no metric of calibration was measured")
    told = "; ".join(f"{row.name} {figures.plain(row.figure)}, {words.scoring(row.scoring)}" for row in rows)
    notes = dict.fromkeys(row.figure.note for row in rows if row.figure.note)
    return _measured(told + "".join(f"; {note}" for note in notes) + ".")


def _weakest(evaluation: EvaluationFacts) -> Statement:
    known = [row for row in evaluation.recalls if row.figure.interval is not None]
    if not known:
        return missing("the task has no classes, or none was measured")
    row = min(known, key=lambda one: (one.figure.interval.low if one.figure.interval else 1.0, one.label))
    return _measured(f"{row.label}, recall {figures.plain(row.figure)}.")


def verdict(found: VerdictFacts) -> Iterator[tuple[str, Statement]]:
    source = "regress.json"
    yield (
        "regression",
        Statement(
            basis="measured",
            text=f"{found.status} ({words.REGRESSION.get(found.status, 'see the reason')}), "
            f"recommendation {found.recommendation}: {found.reason}",
            source=source,
        ),
    )
    if not found.safety:
        yield "safety", missing("no rule of the safety tier was judged in this run", source)
    else:
        told = "; ".join(
            f"{row.rule.replace('_', ' ')} {row.status.replace('_', ' ')}: {row.detail}"
            for row in found.safety
        )
        yield "safety", Statement(basis="measured", text=f"{told}.", source=source)
    yield (
        "updates",
        Statement(
            basis="declared",
            text="A change of data, prompt or training is a pull request; every new model is compared with "
            "the deployed one on the same items before anybody may deploy it. How often that happens: "
            "missing: the project sets no schedule.",
            source="the process of clinft",
        ),
    )
    yield (
        "limitations",
        Statement(
            basis="declared",
            text="All records are synthetic: how the model does on notes of real patients was never "
            "measured. The model always answers, also where no answer fits; a person must read the text and "
            "decide. It is no medical device and no authority has reviewed it.",
            source="the process of clinft",
        ),
    )


def _told(rows: Iterable[Result]) -> str:
    return "; ".join(f"{words.metric(row.metric)} {figures.plain(row.figure)}" for row in rows)


def _measured(text: str) -> Statement:
    return Statement(basis="measured", text=text, source="evaluate.json")


def missing(reason: str, source: str = "evaluate.json") -> Statement:
    return Statement(basis="missing", text=reason, source=source)
