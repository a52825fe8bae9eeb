"""In `report.md` where LangSmith is not among the places that the spec names: the same by hand."""

from collections.abc import Iterable

from clinft.stages.report.facts import RunFacts
from clinft.stages.report.markdown import code, numbered

KIND = "langsmith"
# What the audit has read as it is trained on.
FORMATTED = ("train", "validation")


def sections(facts: RunFacts) -> Iterable[str]:
    """Three lines that name this run's files; nothing where a sink sees to it."""
    if KIND in facts.notified:
        return
    yield "## In LangSmith, by hand"
    if facts.audit.verdict != "PASS":
        yield f"Not this run: its audit says **{facts.audit.verdict}**, and only what passed may leave."
        return
    folder = f"projects/{facts.spec.name}/data/formatted"
    made = [split for split in FORMATTED if split in facts.prepared.splits]
    files = " and ".join(code(f"{folder}/{split}.jsonl") for split in made)
    yield numbered(
        (
            "No sink of the kind langsmith is named in `notify`, so nothing was sent. Whoever answers for "
            "privacy decides whether these records may go there; the rest is a script in docs/langsmith.md.",
            f"**Dataset**: {files} hold one chat example a line, as they were audited; the script makes a "
            "dataset of them and of the test records.",
            f"**Experiment**: {code(f'{facts.run_folder}/items.jsonl')} holds what each test record scored; "
            "the script records it as given results. LangSmith's `evaluate` would upload who committed last.",
        )
    )
