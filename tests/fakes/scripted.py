"""A language model that answers each note by a rule, and records whose text begins with their target."""

from collections.abc import Callable, Sequence

from clinft.artifacts.data import Record
from clinft.ports.models import Conversation, LabelScore
from clinft.ports.progress import ProgressTask
from clinft.spec.prompt import Prompt, PromptExample
from tests.fakes.specs import LABELS

# From the text of the note and the number of messages shown to the answer.
Says = Callable[[str, int], str]
PROMPT = Prompt(
    system="Name the chapter.",
    examples=tuple(PromptExample(input=f"Example of {label}.", output=label) for label in LABELS),
)


class Scripted:
    """What it says is also its likeliest label; where that is no label, all are alike."""

    has_logprobs = True
    used = (0, 0)

    def __init__(self, says: Says) -> None:
        self._says = says

    def score_labels(
        self, conversations: Sequence[Conversation], labels: Sequence[str], task: ProgressTask
    ) -> list[list[LabelScore]]:
        task.advance(len(conversations))
        said = [self._says(turns[-1].content, len(turns)) for turns in conversations]
        return [[LabelScore(-0.1 if label == one else -3.0, 2) for label in labels] for one in said]

    def score_answers(
        self, conversations: Sequence[Conversation], answers: Sequence[str], task: ProgressTask
    ) -> list[LabelScore]:
        task.advance(len(conversations))
        said = [self._says(turns[-1].content, len(turns)) for turns in conversations]
        return [
            LabelScore(-0.1 if answer == one else -3.0, 2) for one, answer in zip(said, answers, strict=True)
        ]

    def generate(
        self, conversations: Sequence[Conversation], max_new_tokens: int, task: ProgressTask
    ) -> list[str]:
        task.advance(len(conversations))
        return [self._says(turns[-1].content, len(turns)) for turns in conversations]

    def count_tokens(self, conversations: Sequence[Conversation]) -> list[int]:
        return [sum(len(message.content.split()) for message in turns) for turns in conversations]


def records(split: str, per_label: int) -> list[Record]:
    return [
        Record(
            id=f"{split}-{label}-{number}",
            scenario=f"{split}-{number}",
            style="plain",
            text=f"{label} {number} in {split}",
            target=label,
            facts={},
        )
        for label in LABELS
        for number in range(per_label)
    ]


def right_for(count: int) -> Says:
    """Right for the first `count` records of each label; the first label then, or for it the second."""

    def says(text: str, turns: int) -> str:
        label, number, *_ = text.split()
        if int(number) < count:
            return label
        return LABELS[0] if label != LABELS[0] else LABELS[1]

    return says
