"""What was measured: all systems side by side, classes, subgroups, what the model gives away."""

from collections.abc import Iterable, Sequence

from clinft.artifacts.fact_sheet import EvaluationFacts, FactSheet, Figure, Result
from clinft.stages.report import numbers, words
from clinft.stages.report.cards.facts import figures
from clinft.stages.report.markdown import bullets, code, escape, table

COLUMNS = 5  # metrics side by side; more make a further table
NOT_ASKED = "not measured for this system"


def evaluation(sheet: FactSheet) -> Iterable[str]:
    found = sheet.evaluation
    yield "## Evaluation"
    names = dict.fromkeys(row.metric for row in found.results)
    for start in range(0, len(names), COLUMNS):
        yield _systems(found, tuple(names)[start : start + COLUMNS])
    if not names:
        yield numbers.missing("no system was measured")
    less = dict.fromkeys(row.name for row in found.results if row.higher_is_better is False)
    yield (
        f"Measured on {found.items.shown} synthetic test records "
        f"(sha256 {numbers.short(found.test_sha256)}) of scenarios that training never saw. "
        f"Brackets: {found.brackets or 'missing'}."
        + (f" Less is better: {escape(', '.join(less))}." if less else "")
    )
    yield bullets(
        f"{escape(row.name)}, {escape(words.system(row.system))}: {escape(row.figure.note)}"
        for row in found.results
        if row.figure.note
    )
    yield f"Looks at this test split so far: {figures.cell(found.looks)}."
    yield bullets(
        (
            *(
                f"{escape(words.system(system))}: {numbers.missing(reason)}"
                for system, reason in found.absent.items()
            ),
            *(
                f"{escape(words.system(system))}: its stored answers of run {code(run)}, not asked again"
                for system, run in found.stored.items()
            ),
            *map(escape, found.caveats),
        )
    )
    yield from _gains(found)
    yield from _thresholds(found)


def _systems(found: EvaluationFacts, metrics: Sequence[str]) -> str:
    shown = {row.metric: row.name for row in found.results}
    by_system: dict[tuple[str, str], dict[str, Figure]] = {}
    for row in found.results:
        by_system.setdefault((row.system, row.scoring), {})[row.metric] = row.figure
    missing = figures.missing(NOT_ASKED)
    return table(
        ("System", "Answer read as", *(escape(shown[name]) for name in metrics)),
        (
            (
                escape(words.system(system)),
                escape(words.scoring(scoring)),
                *(figures.cell(row.get(name, missing), found.items.n) for name in metrics),
            )
            for (system, scoring), row in by_system.items()
        ),
    )


def _gains(found: EvaluationFacts) -> Iterable[str]:
    if not found.gains:
        return
    yield "The tuned model against others, on the same items:"
    yield table(
        ("Against", "Answer read as", "Metric", "Difference", "p"),
        (
            (
                escape(words.system(gain.against)),
                escape(words.scoring(gain.scoring)),
                escape(words.metric(gain.metric)),
                figures.with_n(gain.figure),
                gain.p_value,
            )
            for gain in found.gains
        ),
    )
    yield f"Brackets: {found.gain_brackets}."


def _thresholds(found: EvaluationFacts) -> Iterable[str]:
    if not found.thresholds:
        return
    verdicts = {True: "yes", False: "**no**", None: "cannot be told here"}
    yield table(
        ("Threshold", "Bound", "Met", "Measured"),
        (
            (escape(words.metric(row.metric)), escape(row.bound), verdicts[row.met], escape(row.detail))
            for row in found.thresholds
        ),
    )


def classes(sheet: FactSheet) -> Iterable[str]:
    rows = sheet.evaluation.recalls
    if not rows:
        return
    marked = " † critical: a miss would harm a patient." if any(row.critical for row in rows) else ""
    yield "## Results by class"
    yield table(
        ("Class", "Recall"),
        ((code(row.label) + (" †" if row.critical else ""), figures.with_n(row.figure)) for row in rows),
    )
    yield f"Of the tuned model. Brackets: {sheet.evaluation.recall_brackets or 'missing'}.{marked}"


def errors(sheet: FactSheet) -> Iterable[str]:
    rows = sheet.evaluation.errors
    if not rows:
        return
    yield "## Kinds of error"
    yield table(
        ("Kind", "Errors", "On critical cases", "Share of all errors"),
        (
            (
                escape(words.error(row.category)),
                row.count.shown,
                row.critical.shown,
                figures.with_n(row.figure),
            )
            for row in rows
        ),
        numeric={1, 2},
    )
    yield (
        "Of the tuned model, sorted by rules that nobody has validated. Brackets: "
        f"{sheet.evaluation.error_brackets or 'missing'}."
    )


def subgroups(sheet: FactSheet) -> Iterable[str]:
    rows = sheet.evaluation.slices
    yield "## Results by subgroup"
    if not rows:
        yield numbers.missing("no result by subgroup was recorded")
        return
    names = {row.metric: row.name for row in rows}
    by_group: dict[tuple[str, str], dict[str, Result]] = {}
    for row in rows:
        by_group.setdefault((row.slice or "", row.value or ""), {})[row.metric] = row
    small = [
        group
        for group, found in by_group.items()
        if all(one.figure.basis == "missing" for one in found.values())
    ]
    missing = figures.missing("not recorded for this subgroup")
    if len(small) < len(by_group):
        yield table(
            ("Subgroup", "Value", *(escape(name) for name in names.values())),
            (
                (
                    escape(group.replace("_", " ")),
                    code(value),
                    *(figures.with_n(found[name].figure if name in found else missing) for name in names),
                )
                for (group, value), found in by_group.items()
                if (group, value) not in small
            ),
        )
    if small:
        yield (
            "Without any figure, most for too few records (facts.json tells each reason): "
            + ", ".join(f"{escape(group.replace('_', ' '))} {code(value)}" for group, value in small)
            + "."
        )
    yield (
        "Of the tuned model, on synthetic records. Brackets: "
        f"{sheet.evaluation.slice_brackets or 'missing'}. "
        "Ethnicity and language: missing: the records hold neither."
    )


def outputs(sheet: FactSheet) -> Iterable[str]:
    found = sheet.evaluation
    continued, held_out = found.memorised["continued"], found.memorised["held-out"]
    yield "## What the model gives away"
    yield bullets(
        (
            f"Training records continued word for word: {figures.with_n(continued)}",
            f"Held-out records continued word for word: {figures.with_n(held_out)}",
            f"Planted strings given back: {figures.with_n(found.memorised['planted'])}",
            f"Answers searched for identifiers: {figures.cell(found.outputs['searched'])}; withheld: "
            f"{figures.cell(found.outputs['withheld'])}",
        )
    )
    if found.memorised_detail and continued.basis != "missing":
        yield escape(found.memorised_detail)
