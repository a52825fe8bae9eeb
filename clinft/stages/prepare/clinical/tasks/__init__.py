"""The kinds of task that a clinical note can be made into; one module each, listed in TABLE."""

from collections.abc import Mapping
from types import MappingProxyType

from clinft.errors import SpecError
from clinft.spec.project import TaskSpec
from clinft.stages.prepare.clinical.styles import templates
from clinft.stages.prepare.clinical.tasks import (
    classification,
    coding,
    dialogue_to_note,
    extraction,
    ner,
    question_answering,
    summarization,
)
from clinft.stages.prepare.clinical.tasks.task import Task

TABLE: Mapping[str, Task] = MappingProxyType(
    {
        "classification": classification.TASK,
        "extraction": extraction.TASK,
        "coding": coding.TASK,
        "ner": ner.TASK,
        "question_answering": question_answering.TASK,
        "summarization": summarization.TASK,
        "dialogue_to_note": dialogue_to_note.TASK,
    }
)


def task_of(spec: TaskSpec) -> Task:
    """SpecError for a kind that is not made here, or a spec that the kind cannot meet."""
    found = TABLE.get(spec.kind)
    if found is None:
        raise SpecError(
            f"No records can be made for `task.kind: {spec.kind}`.",
            "Its answers follow from no facts.",
            f"Write one of: {', '.join(TABLE)}.",
        )
    found.check(spec)
    return found


def styles_for(spec: TaskSpec) -> tuple[str, ...]:
    """The note styles that this task can be made from, in the table's order."""
    allowed = task_of(spec).styles or tuple(templates())
    if spec.kind == "classification" and classification.classified(spec) != "condition":
        none = classification.NO_LEVEL
        if classification.classified(spec) == "acuity":
            none |= classification.SEEN
        allowed = tuple(style for style in allowed if style not in none)
    return allowed


__all__ = ["TABLE", "Task", "styles_for", "task_of"]
