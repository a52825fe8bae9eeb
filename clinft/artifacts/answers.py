"""From what a model says to one of the labels, or to none. The text itself is dropped here."""

import math
from collections.abc import Iterable, Sequence

from clinft.artifacts.data import Record
from clinft.errors import ServiceError, SpecError
from clinft.spec.project import TaskSpec

# Room for quotes, emphasis or another spelling around a label. An answer that needs more is a sentence,
# and cutting it there cannot turn it into a label.
SLACK_TOKENS = 16
# Kinds of task whose answers `evaluate` and `regress` can judge; a model of another kind is not trained.
MEASURED_KINDS = (
    "classification",
    "coding",
    "extraction",
    "ner",
    "question_answering",
    "summarization",
    "dialogue_to_note",
)
# What models wrap an answer in: white space, quotes, Markdown, a full stop. Brackets are structure, and a
# question mark is no answer.
WRAPPING = " \t\"'“”‘’«»`*_~#.,;:!"


def parse_answer(answer: str, labels: Sequence[str]) -> str | None:
    """The label that the first line of the answer is, but for case and wrapping; else None.

    A label inside a sentence does not count: who uses the model would have to read the sentence.
    """
    line = answer.strip().replace("\r", "\n").split("\n", 1)[0]
    # As it stands first: labels may differ in what is stripped, such as `B` and `B.`.
    for form in (str.casefold, _unwrapped):
        said = form(line)
        found = [label for label in labels if said and form(label) == said]
        if len(found) == 1:
            return found[0]
    return None


def _unwrapped(text: str) -> str:
    return text.strip(WRAPPING).casefold()


def likeliest(labels: Sequence[str], scores: Sequence[float]) -> str:
    """The label with the highest log-probability; the first of equals. ServiceError if one is no number."""
    if not all(math.isfinite(score) for score in scores):
        raise ServiceError(
            "The model gives log-probabilities that are not numbers.",
            "Its weights are damaged, or training diverged.",
            "Check the model's files; for a tuned model, lower the learning rate and train again.",
        )
    best = max(range(len(labels)), key=lambda index: (scores[index], -index))
    return labels[best]


def most_new_tokens(label_tokens: Iterable[int]) -> int:
    """How long a free answer may get, from the token counts of the labels under the model's tokenizer."""
    return max(label_tokens) + SLACK_TOKENS


def checked_labels(task: TaskSpec, records: Sequence[Record], split: str) -> tuple[str, ...]:
    """The labels that the answers to `records` are read against, none where answers are no labels.

    SpecError where the answers cannot be judged.
    """
    if task.kind not in MEASURED_KINDS:
        raise SpecError(
            f"task.kind {task.kind} cannot be measured by this version.",
            "Free text without gold facts has no right answer to compare with.",
            f"Write one of these kinds: {', '.join(MEASURED_KINDS)}.",
        )
    labelled = task.kind == "classification"
    if not records or (labelled and not {record.target for record in records} <= set(task.labels)):
        raise SpecError(
            f"The {split} split is empty or holds targets that are not among task.labels.",
            "The labels changed after the data was prepared.",
            "Run `clinft prepare` again.",
        )
    return task.labels if labelled else ()
