"""How one answer is scored, by kind of task: one module per kind, and TABLE lists them."""

from collections.abc import Mapping
from types import MappingProxyType

from clinft.artifacts.scoring import (
    classification,
    coding,
    extraction,
    ner,
    question_answering,
    summarization,
)
from clinft.artifacts.scoring.scored import Kind, Scored
from clinft.errors import SpecError

# The kind is the name that task.kind has. A note is judged as a summary is: by the facts it tells.
TABLE: Mapping[str, Kind] = MappingProxyType(
    {
        "classification": classification.KIND,
        "coding": coding.KIND,
        "extraction": extraction.KIND,
        "ner": ner.KIND,
        "question_answering": question_answering.KIND,
        "summarization": summarization.KIND,
        "dialogue_to_note": summarization.KIND,
    }
)


def kind_of(name: str) -> Kind:
    """SpecError for a kind whose answers nothing here can judge."""
    if name not in TABLE:
        raise SpecError(
            f"task.kind {name} cannot be measured by this version.",
            "Free text without gold facts has no right answer to compare with.",
            f"Choose one of: {', '.join(TABLE)}.",
        )
    return TABLE[name]


__all__ = ["TABLE", "Kind", "Scored", "kind_of"]
