"""The plan and checks of prepared data as Markdown: every figure with its n, and where it comes from."""

import json
from collections.abc import Iterable

from clinft.artifacts.data import Record
from clinft.artifacts.data_plan import CodeUse, DataPlan, NearRepeats, Spread, VolumeAdvice
from clinft.stages.report import numbers
from clinft.stages.report.markdown import bullets, code, code_block, details, document, escape, table

# By what: figures that stand below, or elsewhere.
STANDINGS = {
    "too_few": "**too few** by {figures}",
    "enough_to_start": "enough to begin with by {figures}",
    "ample": "above the point from which on gains were small",
    "unknown": "unknown: no source gives a figure for this task",
}
SHOWN_CODES = 40
LONGEST_TEXT = 4_000
UNVERIFIED = " (unverified: quoted second-hand)"


def render(plan: DataPlan) -> str:
    return document(blocks(plan))


def blocks(plan: DataPlan) -> Iterable[str]:
    yield "## Plan and checks"
    yield _sampled(plan)
    yield from volume(plan)
    yield from _balance(plan)
    yield from _diversity(plan)
    yield from repeats(plan)
    yield from _lengths(plan)
    yield from terminology(plan)
    yield from _samples(plan)
    yield from schema(plan)
    yield "### HIPAA"
    yield bullets(map(escape, plan.hipaa))


def short(plan: DataPlan) -> str:
    """What a reviewer wants to know first; the whole is in the file that prepare leaves."""
    volume_of, exact = plan.volume, plan.exact_repeats
    standing = STANDINGS[volume_of.standing].format(figures="published figures")
    lines = [
        f"volume: {numbers.count(volume_of.train_records, 'training record')}, {standing}",
        f"exact repeats: {exact.repeated:,} of {exact.considered:,} records; "
        f"{exact.across_splits:,} texts stand in more than one split",
    ]
    for row in plan.near_repeats:
        if {row.split, row.against} == {"train", "test"}:
            lines.append(
                f"near repeats between train and test: {row.repeated:,} of {row.n:,} sampled records "
                f"of {escape(row.split)}"
            )
    for length in plan.lengths or ():
        if (length.split, length.field) == ("train", "text"):
            lines.append(
                f"tokens of a text: half have at most {length.p50:,}, 95 % at most {length.p95:,} "
                f"({escape(plan.counted_by or 'an unnamed tokenizer')}, n = {length.n:,})"
            )
    return bullets(lines)


def _sampled(plan: DataPlan) -> str:
    drawn = ", ".join(
        f"{escape(split)} {n:,} of {plan.records[split]:,}" for split, n in plan.sampled.items()
    )
    return (
        f"Balance, exact repeats and codes are counted over all records. What is sampled is drawn with seed "
        f"{plan.seed}: {drawn}."
    )


def volume(plan: DataPlan) -> Iterable[str]:
    found = plan.volume
    yield "### Volume"
    fewest = "" if found.fewest_per_label is None else f", {found.fewest_per_label:,} of the rarest label"
    standing = STANDINGS[found.standing].format(figures="the figures below")
    yield f"Training records: {found.train_records:,}{fewest}; {standing}."
    yield table(
        ("Begin with", "Enough", "Each label", "What was found", "Source", "Read"),
        (_advice(row) for row in found.advice),
    )
    yield (
        "These are starting points. A learning curve on your own data decides: train at each size, and look "
        "whether the last step still helps."
    )
    yield table(
        ("Part of train", "Records", "Rarest label, expected"),
        (
            (
                f"{point.percent} %",
                f"{point.records:,}",
                numbers.missing("the task has no labels")
                if point.fewest_per_label is None
                else f"{point.fewest_per_label:,}",
            )
            for point in found.curve
        ),
        numeric=(0, 1, 2),
    )


def _advice(row: VolumeAdvice) -> tuple[str, ...]:
    none = numbers.missing("the source names none")
    return (
        f"{row.at_least:,} {escape(row.unit)}",
        none if row.enough is None else f"{row.enough:,}",
        none if row.per_label is None else f"{row.per_label:,}",
        escape(row.finding),
        escape(row.source) + ("" if row.verified else UNVERIFIED),
        escape(row.as_of),
    )


def _balance(plan: DataPlan) -> Iterable[str]:
    yield "### Balance"
    yield table(
        ("Split", "Field", "n", "Values", "Smallest", "Largest", "Evenness"),
        (_spread(row) for row in plan.spreads),
        numeric=(2, 3, 4, 5, 6),
    )
    absent = [row for row in plan.spreads if row.absent]
    yield bullets(
        f"{escape(row.split)} has no record of {', '.join(map(code, row.absent[:20]))}" for row in absent
    )
    yield "Evenness is the entropy over that of equal counts; 1 means that all are equal."


def _spread(row: Spread) -> tuple[str, ...]:
    return (
        escape(row.split),
        row.field,
        f"{row.n:,}",
        f"{row.values:,}",
        f"{row.smallest:,}",
        f"{row.largest:,}",
        numbers.optional(row.evenness, "fewer than two values"),
    )


def _diversity(plan: DataPlan) -> Iterable[str]:
    yield "### Variety of wording"
    none = "no text is long enough"
    yield table(
        ("Split", "n", "Words", "distinct-1", "distinct-2", "distinct-3"),
        (
            (
                escape(row.split),
                f"{row.n:,}",
                f"{row.words:,}",
                numbers.optional(row.distinct_1, none),
                numbers.optional(row.distinct_2, none),
                numbers.optional(row.distinct_3, none),
            )
            for row in plan.diversity
        ),
        numeric=(1, 2, 3, 4, 5),
    )
    yield "Different runs of 1, 2 and 3 words over all of them; compare only splits with about as many words."


def repeats(plan: DataPlan) -> Iterable[str]:
    exact = plan.exact_repeats
    yield "### Repeats and leakage"
    part = (
        "all records"
        if exact.considered == exact.n
        else f"all {exact.considered:,} records of a random part of the texts, out of {exact.n:,}"
    )
    rate = numbers.missing("there are no records") if exact.rate is None else numbers.interval_n(exact.rate)
    yield (
        f"Exact repeats (blanks and case apart), counted over {part}: {exact.repeated:,}, a rate of {rate}. "
        f"Texts that stand in more than one split: {exact.across_splits:,}."
    )
    yield table(
        ("Split", "Compared with", "n", "Of", "Near repeats", "Rate"),
        (_near(row) for row in plan.near_repeats),
        numeric=(2, 3, 4),
    )
    yield (
        "A near repeat shares at least 80 % of its runs of three words (MinHash proposes, the runs decide). "
        "Among more records more are found, so these are lower bounds; rows of train beside another split "
        "are leakage. Wilson intervals at 95 %."
    )


def _near(row: NearRepeats) -> tuple[str, ...]:
    return (
        escape(row.split),
        "itself" if row.against == row.split else escape(row.against),
        f"{row.n:,}",
        f"{row.compared_with:,}",
        f"{row.repeated:,}",
        numbers.missing("there are no records") if row.rate is None else numbers.interval(row.rate),
    )


def _lengths(plan: DataPlan) -> Iterable[str]:
    yield "### Lengths"
    if plan.lengths is None:
        yield f"Tokens: {numbers.missing('no tokenizer is at hand')}."
        return
    yield table(
        ("Split", "Field", "n", "p5", "p50", "p95", "p99", "Longest"),
        (
            (
                escape(row.split),
                row.field,
                *(f"{value:,}" for value in (row.n, row.p5, row.p50, row.p95, row.p99, row.most)),
            )
            for row in plan.lengths
        ),
        numeric=range(2, 8),
    )
    yield f"In tokens of {escape(plan.counted_by or 'an unnamed tokenizer')}, without prompt."


def terminology(plan: DataPlan) -> Iterable[str]:
    yield "### Terminology"
    if not plan.codes:
        yield f"Codes: {numbers.missing('the records hold none in facts or answers')}."
        return
    yield table(
        ("System", "Code", "Name", "Records"),
        (_code(use) for use in plan.codes[:SHOWN_CODES]),
        numeric=(3,),
    )
    more = plan.more_codes + max(0, len(plan.codes) - SHOWN_CODES)
    if more:
        yield f"And {numbers.count(more, 'code')} that {'is' if more == 1 else 'are'} rarer."


def _code(use: CodeUse) -> tuple[str, ...]:
    name = escape(use.name) if use.name else numbers.missing("the records name none")
    return (escape(use.system), code(use.code), name, f"{use.records:,}")


def _samples(plan: DataPlan) -> Iterable[str]:
    yield "### Sample records"
    if plan.samples_missing is not None:
        yield f"Fewer than ten: {numbers.missing(plan.samples_missing)}."
    for record in plan.samples:
        yield details(f"Record {escape(record.id)}", _record(record))


def _record(record: Record) -> str:
    text = record.text if len(record.text) <= LONGEST_TEXT else record.text[:LONGEST_TEXT] + " (cut)"
    return "\n\n".join(
        (
            f"Style {code(record.style)}, answer {code(record.target[:LONGEST_TEXT])}",
            code_block(text, "text"),
            code_block(json.dumps(record.facts, ensure_ascii=False, indent=1)[:LONGEST_TEXT], "json"),
        )
    )


def schema(plan: DataPlan) -> Iterable[str]:
    yield "### Record schema"
    text = json.dumps(plan.record_schema, ensure_ascii=False, indent=1)
    yield details("JSON Schema of a record", code_block(text, "json"))
