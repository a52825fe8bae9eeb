"""What a stage says when it is done: a few lines of Markdown for the terminal and the step summary."""

from collections import Counter
from collections.abc import Iterator, Sequence

from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.model import TrainedModel
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.prompt_assessment import GivenAssessment, PromptAssessment
from clinft.artifacts.pull_request import ChangeSet
from clinft.artifacts.results import EvaluationReport, RegressionVerdict, RunReport
from clinft.pipeline.quote import Quote
from clinft.stages.estimate.money import per_usable_day
from clinft.stages.regress.files import FilesVerdict
from clinft.stages.report import (
    assessment_ladder,
    assessment_tables,
    costs,
    data_plan,
    numbers,
    regression,
    words,
)
from clinft.stages.report.markdown import bullets, code, document, escape, table

MEANINGS = {
    "plan": "plan: may be trained",
    "deployment": "deployment",
    "evidence": "evidence of runs",
    "quarantine": "quarantine: begins, or the role privacy ends it",
    "document": "document",
    "data": "generated data, not to be committed",
    "hidden": "not to be committed",
    "engine": "what judges pull requests",
    "policy": "policy",
    "neutral": "read by people only",
}
SHOWN_PATHS = 50


# The row of the data dictionary that says which terms changed nothing.
UNMATCHED = "terminology_focus"


def of_changes(changes: ChangeSet) -> str:
    """What a pull request changes, and what that means for it."""
    projects = changes.projects("plan")
    head = f"**{len(projects)} project{'' if len(projects) == 1 else 's'} to check**" + (
        ": " + ", ".join(map(code, projects)) if projects else ""
    )
    rows = [(code(path.path), path.status, MEANINGS[path.kind]) for path in changes.paths[:SHOWN_PATHS]]
    grid = table(("path", "change", "what it is"), rows) if rows else ""
    left = len(changes.paths) - len(rows)
    return "\n\n".join(part for part in (head, grid, f"{left} more." if left else "") if part)


def of_files(data: PreparedDataset, written: Sequence[tuple[str, int, str]]) -> str:
    """Path, records and sha256 of each file that was made without a project."""
    rows = [(code(path), f"{records:,}", numbers.short(sha256)) for path, records, sha256 in written]
    grid = table(("file", "records", "sha256"), rows, (1,))
    twice = numbers.count(data.duplicate_texts, "text") + (
        " occurs" if data.duplicate_texts == 1 else " occur"
    )
    return f"{grid}\n\nTraining and test share {_shared(data)}; {twice} twice."


def _shared(data: PreparedDataset) -> str:
    scenarios = numbers.count(data.shared_scenarios, "scenario")
    return f"{scenarios} and {numbers.count(data.shared_styles, data.wording)}"


def of_prepare(data: PreparedDataset) -> str:
    rows = [
        (
            name,
            f"{split.records:,}",
            f"{split.scenarios:,}",
            str(len(split.by_label)),
            str(len(split.by_style)),
            numbers.short(split.sha256),
        )
        for name, split in data.splits.items()
    ]
    grid = table(("split", "records", "scenarios", "labels", "note styles", "sha256"), rows, (1, 2, 3, 4))
    shared = _shared(data)
    if not data.styles_known:
        shared = f"{numbers.count(data.shared_scenarios, 'scenario')}; of note styles nothing is known"
    unmatched = [field.example for field in data.fields if field.name == UNMATCHED]
    if unmatched:
        shared += f". **No record bears these terms of `terminology_focus`**: {escape(unmatched[0])}"
    told = "" if data.plan is None else f"\n\n{data_plan.short(data.plan)}"
    return f"{grid}\n\nTraining and test share {shared}.{told}"


def of_assess(assessment: PromptAssessment) -> str:
    return "\n\n".join(assessment_ladder.whole(assessment))


def of_given(found: GivenAssessment) -> str:
    seconds = [
        f"{code(name)} {value:.3g} s" for name, value in found.seconds_mean.items() if value is not None
    ]
    parts = (
        assessment_tables.verdict(found.decision).strip(),
        assessment_ladder.rungs(found.rungs, assessment_ladder.WIDE, where=""),
        f"Brackets: {numbers.methods(assessment_ladder.measured(found.rungs))}.",
        f"Mean time of an answer: {', '.join(seconds)}." if seconds else "",
        *assessment_ladder.why(found.decision, found.neighbours),
    )
    return "\n\n".join(part for part in parts if part)


def of_estimate(estimate: CostEstimate) -> str:
    minutes = "" if estimate.minutes is None else f"about {estimate.minutes:g} minutes: "
    return bullets(
        (
            *costs.totals(estimate),
            f"cost {numbers.usd(estimate.cost_usd)}, at most {numbers.usd(estimate.cost_usd_upper)}: "
            + escape(estimate.formula),
            f"price of {escape(estimate.price.as_of)}: {escape(estimate.price.source)}",
            f"time {minutes}{escape(estimate.throughput_basis)}",
            f"tokens counted by {estimate.tokens_basis}; plan {numbers.short(estimate.plan_digest)}",
            *costs.after_training(estimate),
            *map(escape, estimate.notes),
        )
    )


def of_quote(quote: Quote, months: int) -> str:
    """`clinft estimate` without a project: amounts, how they are made, prices, and the end of the model."""
    training, hosting, total = map(
        costs.known, (quote.training_usd, quote.hosting_usd_month, quote.total_usd)
    )
    lines = [
        f"training {training}: {quote.tokens:,} tokens ({escape(quote.tokens_basis)}) × {quote.epochs} "
        f"{'epoch' if quote.epochs == 1 else 'epochs'} = {quote.trained_tokens:,} trained tokens",
        f"hosting {hosting} a month",
        f"**total {total}** with {numbers.count(months, 'month')} of hosting",
        *(f"**unknown** {escape(gap)}" for gap in quote.unknown),
        *(costs.price(price) for price in quote.prices),
        *_ends(quote, months),
        *map(escape, quote.notes),
    ]
    return f"**{escape(quote.model)}** at {escape(quote.provider)}\n\n{bullets(lines)}"


def _ends(quote: Quote, months: int) -> Iterator[str]:
    life = quote.lifecycle
    if life is None:
        yield "no end of the model is known"
        return
    left = "" if life.days_left is None else f" ({numbers.count(life.days_left, 'day')} left)"
    instead = "" if life.replacement is None else f"; the provider's replacement: {escape(life.replacement)}"
    yield (
        f"trained until {life.training_until or 'no known day'}, served until "
        f"{life.serving_until or 'no known day'}{left}{instead} ({escape(life.source)}, read {life.as_of})"
    )
    if life.days_left and quote.training_usd is not None and quote.hosting_usd_month is not None:
        day = per_usable_day(quote.training_usd, quote.hosting_usd_month, life.days_left)
        yield f"{numbers.usd(day)} per day of use, trained today and used until then"


def of_gate(decision: GateDecision) -> str:
    if decision.allowed:
        said = ", ".join(
            f"{escape(approval.person)} ({words.APPROVALS[approval.kind]})" for approval in decision.approvals
        )
        notes = [f"{one.code}: {escape(one.message)}" for one in decision.reasons]
        return f"**allowed**: approved by {said}" + (f"\n\n{bullets(notes)}" if notes else "")
    lines = [
        f"{reason.code}: {escape(reason.message)} **Way out:** {escape(reason.way_out)}"
        for reason in decision.reasons
        if reason.blocks
    ]
    return f"**refused**\n\n{bullets(lines)}"


def of_train(model: TrainedModel) -> str:
    first = next((point.training_loss for point in model.loss if point.training_loss is not None), None)
    last = next((p.validation_loss for p in reversed(model.loss) if p.validation_loss is not None), None)
    steps = "an unknown number of" if model.steps is None else f"{model.steps:,}"
    parts = [f"{steps} steps over {model.samples:,} samples"]
    if model.trainable_parameters is not None:
        parts.append(f"{model.trainable_parameters:,} trained parameters")
    if first is not None:
        parts.append(f"first training loss {first:.3f}")
    if last is not None:
        parts.append(f"last validation loss {last:.3f} nats per answer token")
    if model.declared_by is not None:
        parts.append(f"**declared by {escape(model.declared_by)}, not measured**")
    return ", ".join(parts)


def of_evaluate(report: EvaluationReport) -> str:
    """In the main metric of the kind; then what is not met, not there, or odd."""
    rows = [
        (
            words.system(result.system),
            words.scoring(result.scoring),
            numbers.metric(words.find_metric(result, report.main_metric), report.n),
        )
        for result in report.systems
    ]
    main = words.metric(report.main_metric)
    parts = [table(("system", "answer read as", f"{main} (n = {report.n:,})"), rows)]
    gain = words.smallest_gain(report)
    if gain is not None:
        overlap = "overlap" if gain.intervals_overlap else "do not overlap"
        parts.append(
            f"Smallest gain {numbers.difference(gain.difference)} against the "
            f"{words.system(gain.against)} ({words.scoring(gain.scoring)}); the intervals {overlap}."
        )
    told = [
        *(
            f"{words.metric(one.metric)} {one.bound}: {one.detail}"
            for one in report.thresholds
            if not one.met
        ),
        *(f"{words.system(name)} is absent: {why}" for name, why in report.absent.items()),
        *report.caveats,
    ]
    return "\n\n".join((*parts, *((bullets(map(escape, told)),) if told else ())))


def of_regress(verdict: RegressionVerdict) -> str:
    counts = Counter(change.status for change in verdict.metrics)
    tail = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    told = f"**{verdict.status}** → {verdict.recommendation}: {escape(verdict.reason)}"
    return "\n\n".join((told, *((tail,) if tail else ()), *regression.caveats(verdict.caveats)))


def of_regressed(found: FilesVerdict) -> str:
    """Two files of answers: the verdict, then what it rests on."""
    return document(
        (
            f"**{found.verdict}**: {escape(found.reason)}",
            *regression.metrics(found.metrics),
            *regression.safety(found.safety),
            *regression.flips(found.critical_flips),
            *regression.subgroups(found.subgroups),
            *regression.caveats(found.caveats),
        )
    ).rstrip("\n")


def of_report(report: RunReport) -> str:
    return escape(report.headline)
