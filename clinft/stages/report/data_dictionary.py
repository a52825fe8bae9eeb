"""`DATA_DICTIONARY.md`: what each field means, how the records are spread, how to make them again."""

from collections.abc import Iterable

from clinft.artifacts.data_plan import DataPlan
from clinft.stages.report import data_plan, numbers, run_evidence
from clinft.stages.report.facts import RunFacts
from clinft.stages.report.markdown import bullets, code, code_block, document, escape, numbered, table

FACTS_FIRST = (
    "A clinical state is drawn from the seed: everything in it is coherent with the condition, its severity, "
    "age and sex. It is kept as `facts`, the gold.",
    "The text is written from the facts, in one of the note styles; the answer follows from the facts, never "
    "from the text.",
    "Conditions, styles and scenarios are dealt to the splits before anything is written, so none crosses.",
)
# By PreparedDataset.generator; any other one draws facts first too.
METHODS = {
    "frozen": (
        "The records were brought as files, and are read as they are.",
        "Two people state for each file how it was made; one of them has the role privacy.",
    ),
    "written": (
        *FACTS_FIRST[:1],
        "A language model wrote each text anew from the facts. A text was kept only where every fact that "
        "the record mentions was found in it and nothing else was; synthetic/provenance.json names the "
        "model, the digest of its prompt, and how many texts were kept, asked for again and refused.",
        FACTS_FIRST[2],
    ),
}


def render(facts: RunFacts) -> str:
    """Where the records have a plan: also how they were made, the codes in use and the JSON Schema."""
    spec, prepared = facts.spec, facts.prepared
    plan = prepared.plan
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
            *_method(facts, plan),
            "## Fields",
            table(
                ("Field", "Type", "Meaning", "Example"),
                (
                    (code(field.name), escape(field.type), escape(field.meaning), code(field.example))
                    for field in prepared.fields
                ),
            ),
            *(
                ()
                if plan is None
                else (*_deeper(data_plan.terminology(plan)), *_deeper(data_plan.schema(plan)))
            ),
            "## Splits",
            run_evidence.splits_table(prepared),
            "Whole scenarios go to one split, so the test split shares none with training.",
            run_evidence.disjointness(prepared),
            *_counts(facts),
            *_regenerate(facts),
        )
    )


def _method(facts: RunFacts, plan: DataPlan | None) -> Iterable[str]:
    if plan is not None:
        yield "## How the records were made"
        yield numbered(METHODS.get(facts.prepared.generator, FACTS_FIRST))


def _deeper(blocks: Iterable[str]) -> Iterable[str]:
    """A plan's headings are one level lower than those here."""
    return (block.removeprefix("#") if block.startswith("### ") else block for block in blocks)


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
