"""`report.md`: what came out of a run, the verdict first, then what it rests on."""

from collections.abc import Iterable

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import LabelResult, SystemResult
from clinft.stages.report import (
    advice,
    clinical_accuracy,
    evaluation_plots,
    langsmith_by_hand,
    numbers,
    regression,
    risks,
    run_evidence,
    spending,
    words,
)
from clinft.stages.report import assessment_ladder as ladder
from clinft.stages.report.facts import RunFacts
from clinft.stages.report.markdown import bullets, code, document, escape, table
from clinft.stages.report.next_steps import next_steps
from clinft.stages.report.returned.safety import kept, recommended

# A wider table is not read.
METRICS_IN_A_TABLE = 4
TOP_ERRORS = 10


def render(facts: RunFacts) -> str:
    return document(
        (
            f"# {escape(facts.spec.name)}: run {code(facts.run_id)}",
            escape(facts.spec.summary),
            *_verdict(facts),
            *_shows(facts),
            *_gains(facts),
            *_classes(facts),
            *_errors(facts),
            *clinical_accuracy.kinds_of_errors(facts),
            *clinical_accuracy.subgroups(facts),
            *risks.sections(facts),
            *regression.sections(facts, measured_on(facts)),
            *_assessment(facts),
            *run_evidence.sections(facts),
            *_advice(facts),
            *langsmith_by_hand.sections(facts),
            *next_steps(facts),
        )
    )


def _advice(facts: RunFacts) -> Iterable[str]:
    if facts.estimate.advice is not None:
        yield "## Recommended settings"
        yield from advice.blocks(facts.estimate.advice)


def measured_on(facts: RunFacts) -> str:
    evaluation = facts.evaluation
    return f"Measured on the test split {numbers.short(evaluation.test_sha256)} (n = {evaluation.n:,})."


def thresholds_in_words(facts: RunFacts) -> str:
    results = facts.evaluation.thresholds
    if not results:
        return "none are set in evaluation.thresholds"
    met = sum(result.met is True for result in results)
    verdict = "all met" if facts.evaluation.thresholds_met else "not all met"
    return f"{verdict} ({met} of {len(results)})"


def _verdict(facts: RunFacts) -> Iterable[str]:
    verdict, audit = facts.regression, facts.audit
    if verdict.is_critical:
        yield (
            "> [!CAUTION]\n> **CRITICAL: this model is a danger to patients and must not be used.** "
            f"{escape(kept(verdict))}."
        )
    yield "## Verdict"
    rows = [
        ("Recommendation", f"**{verdict.recommendation}**: {escape(recommended(verdict))}"),
        ("Regression", f"**{verdict.status}**: {words.REGRESSION[verdict.status]}"),
        ("Thresholds", f"**{thresholds_in_words(facts)}**"),
        ("Audit", f"**{audit.verdict}**: {numbers.count(sum(audit.by_severity.values()), 'finding')}"),
    ]
    tuned, gain = words.primary(facts.evaluation), words.smallest_gain(facts.evaluation)
    main = words.metric(facts.evaluation.main_metric)
    found = words.find_metric(tuned, facts.evaluation.main_metric) if tuned else None
    if tuned is not None and found is not None and found.interval is not None:
        read = f"answer read as {escape(words.scoring(tuned.scoring))}"
        rows.append((f"{_capital(main)} of the tuned model", f"{numbers.interval_n(found.interval)}, {read}"))
    weakest = words.weakest_label(tuned) if tuned else None
    if weakest is not None:
        recall = f"recall {numbers.interval_n(weakest.recall)}"
        rows.append(("Weakest class of the tuned model", f"{code(weakest.label)}: {recall}"))
    if gain is not None:
        against = f"over the {escape(words.system(gain.against))} ({escape(words.scoring(gain.scoring))})"
        rows.append(
            (
                f"Smallest gain in {words.metric(gain.metric)}",
                f"{numbers.difference(gain.difference)} {against}",
            )
        )
    yield table(("Question", "Answer"), rows)
    yield escape(verdict.reason)
    yield measured_on(facts)
    if open_harms := risks.unbounded(facts):
        yield (
            f"**No threshold bounds these, so the verdict says nothing of them**: {'; '.join(open_harms)}."
        )
    if facts.evaluation.thresholds:
        yield table(
            ("Threshold", "Bound", "Met", "Measured"),
            (
                (
                    escape(words.metric(result.metric)),
                    escape(result.bound),
                    words.met(result),
                    escape(result.detail),
                )
                for result in facts.evaluation.thresholds
            ),
        )
    yield (
        "All records are synthetic. How the model does on notes of real patients is not known from this run."
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _shows(facts: RunFacts) -> Iterable[str]:
    systems = facts.evaluation.systems
    yield "## What this run shows"
    names = metrics_of(facts)
    for start in range(0, len(names), METRICS_IN_A_TABLE):
        shown = names[start : start + METRICS_IN_A_TABLE]
        headings = ("System", "Answer read as", "n", *(words.metric(name) for name in shown))
        yield table(headings, (_system_row(facts, result, shown) for result in systems), numeric={2})
        yield f"{measured_on(facts)} Brackets: {_methods(systems, shown)}."
    yield from _notes(facts)
    yield (
        "*Likeliest label*: the model scores every label and the best one counts, so that it cannot ramble. "
        "*Free answer*: what it writes; an answer that cannot be read counts as wrong. "
        "Perplexity is per token of the right answer; lower is better."
    )
    yield from spending.blocks(facts)
    for name, alt in evaluation_plots.shown(facts.evaluation).items():
        yield f"![{alt}]({name})"
    yield "![Loss per answer token over the training steps](plots/loss.svg)"
    yield (
        f"Validation loss: on the validation file {numbers.short(facts.model.validation_file)} "
        f"(n = {facts.prepared.splits['validation'].records:,})."
    )


def metrics_of(facts: RunFacts) -> list[str]:
    """The main one first, then as the spec has them."""
    asked = (found.metric for result in facts.evaluation.systems for found in result.metrics)
    return list(dict.fromkeys((facts.evaluation.main_metric, *facts.spec.evaluation.metrics, *asked)))


def _notes(facts: RunFacts) -> Iterable[str]:
    result = words.primary(facts.evaluation)
    notes = [(found.metric, found.note) for found in result.metrics if found.note] if result else []
    if notes:
        yield bullets(f"{_capital(words.metric(name))}: {escape(note)}" for name, note in notes)
    stored = [one for one in facts.evaluation.systems if one.stored is not None]
    if stored:
        yield bullets(
            f"{_capital(words.system(one.system))}: the stored answers of {code(one.stored or '')}."
            for one in stored
        )


def _system_row(facts: RunFacts, result: SystemResult, names: Iterable[str]) -> tuple[str, ...]:
    n = facts.evaluation.n
    values = (numbers.metric(words.find_metric(result, name), n) for name in names)
    return (escape(words.system(result.system)), escape(words.scoring(result.scoring)), f"{n:,}", *values)


def _methods(systems: Iterable[SystemResult], names: Iterable[str]) -> str:
    wanted = set(names)
    found: list[tuple[str, Interval]] = [
        (words.metric(measured.metric), measured.interval)
        for result in systems
        for measured in result.metrics
        if measured.metric in wanted and measured.interval is not None
    ]
    return numbers.methods(found) or "missing: no metric has an interval"


def _gains(facts: RunFacts) -> Iterable[str]:
    gains = facts.evaluation.gains
    yield "## Gain of the tuned model"
    if not gains:
        yield "missing: evaluation.compare names no base system beside the tuned model"
        return
    measure = words.metric(gains[0].metric)
    yield table(
        ("Against", "Answer read as", "n", f"Difference in {measure}", "p", "Intervals overlap"),
        (
            (
                escape(words.system(gain.against)),
                escape(words.scoring(gain.scoring)),
                f"{gain.difference.n:,}",
                numbers.difference(gain.difference),
                numbers.p_value(gain.p_value),
                "yes" if gain.intervals_overlap else "no",
            )
            for gain in gains
        ),
        numeric={2},
    )
    how = numbers.methods(("difference", gain.difference) for gain in gains)
    yield (
        f"{measured_on(facts)} Both systems answered the same items, so differences are paired. "
        f"Brackets: {how}."
    )


def _classes(facts: RunFacts) -> Iterable[str]:
    result = words.primary(facts.evaluation)
    if facts.spec.task.kind != "classification":
        return
    yield "## Per class, tuned model"
    if result is None or not result.labels:
        yield "missing: no per-class result of the tuned model was recorded"
        return
    critical = set(facts.spec.regression.critical_labels)
    yield table(
        ("Class", "Support", "Recall", "Precision", "F1"),
        (_class_row(label, critical) for label in result.labels),
        numeric={1},
    )
    how = numbers.methods(("recall", label.recall) for label in result.labels)
    marked = " † critical: a miss would harm a patient." if critical else ""
    yield (
        f"{measured_on(facts)} Answer read as: {escape(words.scoring(result.scoring))}. "
        f"Support is the n of each recall. Brackets: {how}. "
        f"Precision and F1 carry no interval in this version.{marked}"
    )


def _class_row(label: LabelResult, critical: set[str]) -> tuple[str, ...]:
    return (
        code(label.label) + (" †" if label.label in critical else ""),
        f"{label.support:,}",
        numbers.interval(label.recall),
        numbers.optional(label.precision, "never answered"),
        numbers.optional(label.f1, "no precision"),
    )


def _errors(facts: RunFacts) -> Iterable[str]:
    result = words.primary(facts.evaluation)
    if result is None or facts.spec.task.kind != "classification":
        return
    yield "## Most frequent errors, tuned model"
    errors = [
        (count, target, prediction)
        for target, row in result.confusion.items()
        for prediction, count in row.items()
        if prediction != target and count
    ]
    if not errors:
        yield f"No errors. {measured_on(facts)}"
        return
    support = {target: sum(row.values()) for target, row in result.confusion.items()}
    errors.sort(key=lambda error: (-error[0], error[1:]))
    yield table(
        ("Right answer", "Model's answer", "Errors"),
        (
            (code(target), code(prediction) or "(no answer)", numbers.share(count, support[target]))
            for count, target, prediction in errors[:TOP_ERRORS]
        ),
    )
    total = sum(count for count, _, _ in errors)
    yield (
        f"The {min(TOP_ERRORS, len(errors))} most frequent of {len(errors)} kinds of error; "
        f"{total} errors in all. {measured_on(facts)}"
    )


def _assessment(facts: RunFacts) -> Iterable[str]:
    assessment = facts.assessment
    yield "## Was fine-tuning needed?"
    if assessment is None:
        yield "missing: the prompt was not assessed in this run"
        return
    target = "none set" if assessment.target is None else numbers.number(assessment.target)
    yield from ladder.whole(assessment, "Strategy, base model")
    yield (
        f"Target: {escape(words.metric(assessment.target_metric))} {target}. "
        f"Recommended strategy without tuning: {code(assessment.recommended)}."
    )
