"""Finished runs of every sort, by name: what each document is held against."""

from collections.abc import Callable, Mapping

from clinft.stages.report.facts import RunFacts
from tests.fakes import run_facts as fake

KINDS = (
    "extraction",
    "coding",
    "ner",
    "question_answering",
    "summarization",
    "dialogue_to_note",
    "generation",
)
RUNS: Mapping[str, Callable[[], RunFacts]] = {
    "plain": fake.run_facts,
    "full": fake.full_run_facts,
    "hostile": fake.hostile_run_facts,
    "brought": fake.brought_run_facts,
    **{kind: lambda kind=kind: fake.facts_of_kind(kind) for kind in KINDS},  # type: ignore[misc]
}
# Of the files of a run, those that may hold only what facts.json holds.
FROM_FACTS = (
    "MODEL_CARD.md",
    "DATA_DICTIONARY.md",
    "SOURCE_ATTRIBUTES.md",
    "cards/applied_model_card.xml",
    "cards/ml_bom.cdx.json",
    "cards/croissant.json",
)
