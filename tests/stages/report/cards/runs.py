"""Finished runs of every sort, by name: what each document is held against."""

from collections.abc import Callable, Mapping
from functools import cache

from clinft.artifacts.fact_sheet import FACTS
from clinft.stages.report import stage
from clinft.stages.report.cards.facts import gather
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
FROM_FACTS = tuple(name for name, _ in stage.CARDS.values())


@cache
def cards(run: str) -> Mapping[str, str]:
    """As the stage renders them, without report and plots."""
    sheet = gather(RUNS[run](), (*stage.ALWAYS, stage.HIPAA_REPORT, *FROM_FACTS))
    return {FACTS: stage.as_text(sheet), **{name: render(sheet) for name, render in stage.CARDS.values()}}
