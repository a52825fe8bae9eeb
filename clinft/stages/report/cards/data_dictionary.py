"""`DATA_DICTIONARY.md`: what each field means, how the records are spread, how to make them again.

Ends with the questions of Datasheets for Datasets.
"""

from collections.abc import Iterable, Mapping

from clinft.artifacts.fact_sheet import DataFacts, FactSheet, Figure
from clinft.stages.report import data_plan, numbers
from clinft.stages.report.cards.facts import figures
from clinft.stages.report.cards.said import answer
from clinft.stages.report.markdown import bullets, code, code_block, document, escape, numbered, table


def render(sheet: FactSheet) -> str:
    """Where the records have a plan: also how they were made, the codes in use and the JSON Schema."""
    data = sheet.data
    return document(
        (
            f"# Data dictionary: {escape(sheet.project)}",
            f"Data of run {code(sheet.run_id)}. Every record is synthetic; none describes a person.",
            *_origin(data),
            *_method(data),
            "## Fields",
            table(
                ("Field", "Type", "Meaning", "Example"),
                (
                    (code(field.name), escape(field.type), escape(field.meaning), code(field.example))
                    for field in data.fields
                ),
            ),
            *_planned(data),
            *_splits(data),
            *_counts(
                data.counted_by.capitalize(),
                data.labels,
                {name: split.labels for name, split in data.splits.items()},
                data,
            ),
            *_counts(
                "Note style", data.styles, {name: split.styles for name, split in data.splits.items()}, data
            ),
            *_regenerate(sheet),
            *_datasheet(sheet),
        )
    )


def _origin(data: DataFacts) -> Iterable[str]:
    yield "## Origin"
    yield bullets(
        (
            f"Source: {escape(data.source)}, {escape(data.origin)}",
            f"Generator: {code(data.generator)}, version {data.generator_version}, seed {data.seed}",
            f"Terminology release: {escape(data.terminology_release)}",
            f"Clinical domain: {code(data.clinical_domain)}",
            "Terms in focus: " + (", ".join(map(code, data.terminology_focus)) or "none chosen"),
        )
    )


def _method(data: DataFacts) -> Iterable[str]:
    if data.plan is not None:
        yield "## How the records were made"
        yield numbered(data.method)


def _planned(data: DataFacts) -> Iterable[str]:
    """A plan's headings are one level lower than those here."""
    if data.plan is None:
        return
    for block in (*data_plan.terminology(data.plan), *data_plan.schema(data.plan)):
        yield block.removeprefix("#") if block.startswith("### ") else block


def _splits(data: DataFacts) -> Iterable[str]:
    yield "## Splits"
    yield table(
        ("Split", "Records", "Scenarios", "Note styles", "sha256"),
        (
            (
                escape(name),
                split.records.shown,
                split.scenarios.shown,
                ", ".join(map(code, split.styles)),
                numbers.short(split.sha256),
            )
            for name, split in data.splits.items()
        ),
        numeric={1, 2},
    )
    yield "Whole scenarios go to one split, so the test split shares none with training."
    yield bullets(
        (
            f"Scenarios in more than one split: {_must_be_zero(data.shared_scenarios)}",
            f"{data.wording.capitalize()}s both in train and in test: {_must_be_zero(data.shared_styles)}",
            f"Records whose text occurs more than once: {data.duplicate_texts.shown}",
        )
    )


def _must_be_zero(figure: Figure) -> str:
    if figure.value:
        return f"**{figure.shown}, must be 0: numbers on the test split are too good**"
    return figures.cell(figure)


def _counts(
    title: str, totals: Mapping[str, Figure], counts: Mapping[str, Mapping[str, Figure]], data: DataFacts
) -> Iterable[str]:
    yield f"## {title}s"
    if not totals:
        yield numbers.missing("the records have none")
        return
    yield table(
        (title, *(escape(name) for name in data.splits), "All"),
        (
            (
                code(row),
                *(counts[name][row].shown if row in counts[name] else "none" for name in data.splits),
                total.shown,
            )
            for row, total in totals.items()
        ),
        numeric=range(1, len(data.splits) + 2),
    )


def _regenerate(sheet: FactSheet) -> Iterable[str]:
    splits = sheet.data.splits
    width = max(len(name) for name in splits)
    lines = (f"{name:<{width}}  {split.sha256}" for name, split in splits.items())
    yield "## How to make the data again"
    if sheet.data.origin == "frozen":
        yield f"The records lie in {code(f'projects/{sheet.project}/synthetic/')} and are read from there."
    else:
        yield "The same generator version and seed give the same bytes on every machine:"
    yield code_block(f"clinft prepare projects/{sheet.project}", "shell")
    yield "The sha256 of each split must then be:"
    yield code_block("\n".join(lines))


def _datasheet(sheet: FactSheet) -> Iterable[str]:
    standard = sheet.standards["datasheet"]
    yield "## Datasheet"
    yield (
        f"The questions of {escape(standard.name)} ({escape(standard.citation)}), in short words. What "
        "nobody stated and nothing measured is missing."
    )
    for section in dict.fromkeys(one.section for one in standard.questions):
        yield f"### {escape(section)}"
        yield table(
            ("Question", "Answer"),
            (
                (escape(one.asks), answer(sheet, one.answers))
                for one in standard.questions
                if one.section == section
            ),
        )
