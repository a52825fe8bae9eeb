"""What the records are, how many, how spread and how made, as facts. None of their text is here."""

from collections.abc import Mapping

from clinft.artifacts.data import PreparedDataset, SplitSummary
from clinft.artifacts.data_plan import DataPlan
from clinft.artifacts.fact_sheet import DataFacts, Figure, SplitFacts
from clinft.stages.report.cards.facts import figures
from clinft.stages.report.data_plan import SHOWN_CODES
from clinft.stages.report.facts import RunFacts
from clinft.stages.report.run_evidence import STYLES_NOT_KNOWN

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


def data(facts: RunFacts) -> DataFacts:
    spec, prepared = facts.spec, facts.prepared
    all_of_it = facts.digests["prepare"]
    records = sum(split.records for split in prepared.splits.values())
    return DataFacts(
        source=spec.data.source,
        origin=spec.data.origin,
        generator=prepared.generator,
        generator_version=prepared.generator_version,
        version=f"{prepared.generator_version}.0.0",
        seed=prepared.seed,
        terminology_release=prepared.terminology_release,
        clinical_domain=spec.clinical_domain,
        terminology_focus=spec.data.terminology_focus,
        fields=prepared.fields,
        splits={name: _split(split) for name, split in prepared.splits.items()},
        counted_by="label" if spec.task.kind == "classification" else "condition",
        labels=_totals(
            prepared, {name: split.by_label for name, split in prepared.splits.items()}, all_of_it
        ),
        styles=_totals(
            prepared, {name: split.by_style for name, split in prepared.splits.items()}, all_of_it
        ),
        wording=prepared.wording,
        shared_scenarios=figures.counted(prepared.shared_scenarios, all_of_it, n=records),
        shared_styles=figures.counted(prepared.shared_styles, all_of_it, n=records)
        if prepared.styles_known
        else figures.missing(STYLES_NOT_KNOWN),
        duplicate_texts=figures.counted(prepared.duplicate_texts, all_of_it, n=records),
        method=METHODS.get(prepared.generator, FACTS_FIRST),
        plan=None if prepared.plan is None else _without_samples(prepared.plan),
    )


def _without_samples(plan: DataPlan) -> DataPlan:
    """With the codes that the dictionary shows: of those it leaves out it tells the number, which is here."""
    hidden = max(0, len(plan.codes) - SHOWN_CODES)
    return plan.model_copy(
        update={
            "samples": (),
            "codes": plan.codes[:SHOWN_CODES],
            "more_codes": plan.more_codes + hidden,
        }
    )


def _split(split: SplitSummary) -> SplitFacts:
    return SplitFacts(
        sha256=split.sha256,
        records=figures.counted(split.records, split.sha256),
        scenarios=figures.counted(split.scenarios, split.sha256, n=split.records),
        labels=figures.parts(split.by_label, split.records, split.sha256),
        styles=figures.parts(split.by_style, split.records, split.sha256),
    )


def _totals(
    prepared: PreparedDataset, counts: Mapping[str, Mapping[str, int]], digest: str
) -> dict[str, Figure]:
    records = sum(split.records for split in prepared.splits.values())
    names = sorted({name for split in counts.values() for name in split})
    return {
        name: figures.counted(sum(split.get(name, 0) for split in counts.values()), digest, n=records)
        for name in names
    }
