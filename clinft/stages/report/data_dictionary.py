"""`DATA_DICTIONARY.md`: what each field means, how the records are spread, how to make them again."""

from collections.abc import Iterable

from clinft.stages.report import numbers, run_evidence
from clinft.stages.report.facts import RunFacts
from clinft.stages.report.markdown import bullets, code, code_block, document, escape, table


def render(facts: RunFacts) -> str:
    spec, prepared = facts.spec, facts.prepared
    return document(
        (
            f"# Data dictionary: {escape(spec.name)}",
            f"Data of run {code(facts.run_id)}. Every record is synthetic; none describes a person.",
            "## Origin",
            bullets(
                (
                    f"Source: {spec.data.source}, {spec.data.origin}",
                    f"Generator: {code(prepared.generator)}, version {prepared.generator_version}, "
                    f"seed {prepared.seed}",
                    f"Terminology release: {escape(prepared.terminology_release)}",
                    f"Clinical domain: {code(spec.clinical_domain)}",
                    "Terms in focus: "
                    + (", ".join(code(term) for term in spec.data.terminology_focus) or "none chosen"),
                )
            ),
            "## Fields",
            table(
                ("Field", "Type", "Meaning", "Example"),
                (
                    (code(field.name), escape(field.type), escape(field.meaning), code(field.example))
                    for field in prepared.fields
                ),
            ),
            "## Splits",
            run_evidence.splits_table(prepared),
            "Whole scenarios go to one split, so the test split shares none with training.",
            run_evidence.disjointness(prepared),
            *_counts(facts),
            *_regenerate(facts),
        )
    )


def _counts(facts: RunFacts) -> Iterable[str]:
    splits = facts.prepared.splits
    for title, counts in (
        ("Labels", {name: split.by_label for name, split in splits.items()}),
        ("Note styles", {name: split.by_style for name, split in splits.items()}),
    ):
        rows = sorted({key for split in counts.values() for key in split})
        yield f"## {title}"
        yield table(
            (title[:-1], *(escape(name) for name in splits), "All"),
            (
                (
                    code(row),
                    *(numbers.share(counts[name].get(row, 0), splits[name].records) for name in splits),
                    f"{sum(counts[name].get(row, 0) for name in splits):,}",
                )
                for row in rows
            ),
            numeric=range(1, len(splits) + 2),
        )


def _regenerate(facts: RunFacts) -> Iterable[str]:
    splits = facts.prepared.splits
    width = max(len(name) for name in splits)
    lines = (f"{name:<{width}}  {split.sha256}" for name, split in splits.items())
    yield "## How to make the data again"
    if facts.spec.data.origin == "frozen":
        yield f"The records lie in {code(f'projects/{facts.spec.name}/synthetic/')} and are read from there."
    else:
        yield "The same generator version and seed give the same bytes on every machine:"
    yield code_block(f"clinft prepare projects/{facts.spec.name}", "shell")
    yield "The sha256 of each split must then be:"
    yield code_block("\n".join(lines))
