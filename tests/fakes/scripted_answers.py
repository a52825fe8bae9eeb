"""A language model that says what a test tells it to, records to ask it about, and a count of its progress."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from clinft.artifacts.data import Record
from clinft.ports.models import Conversation, LabelScore
from clinft.ports.progress import ProgressTask
from tests.fakes.specs import LABELS

# What a model may say to make a report or a reader do something; none of it is a label.
HOSTILE_ANSWERS = (
    "Zebulon Quackenbush " * 5_000,
    "circulatory\x1b[2J\x07\x00 Quackenbush",
    "<script>alert('Quackenbush')</script>circulatory",
    '{"label": "circulatory", "patient": "Quackenbush"}',
    "circulatory | Quackenbush |\n|---|---|",
    "[circulatory](javascript:Quackenbush)",
    "Quackenbush\ncirculatory",
    "\u202ecirculatory Quackenbush",
)


class Scripted:
    """`says` and `picks` map a note's text to the free answer and to the likeliest label.

    The likeliest label has -1 nat, every other -2; a label has as many tokens as words plus one. What was
    asked is kept in `asked`.
    """

    has_logprobs = True
    used = (0, 0)

    def __init__(self, says: Mapping[str, str], picks: Mapping[str, str]) -> None:
        self._says, self._picks = says, picks
        self.asked: list[Conversation] = []
        self.most_new_tokens: list[int] = []

    def score_labels(
        self, conversations: Sequence[Conversation], labels: Sequence[str], task: ProgressTask
    ) -> list[list[LabelScore]]:
        self.asked += conversations
        task.advance(len(conversations))
        return [
            [
                LabelScore(-1.0 if label == self._picks[turns[-1].content] else -2.0, len(label.split()) + 1)
                for label in labels
            ]
            for turns in conversations
        ]

    def score_answers(
        self, conversations: Sequence[Conversation], answers: Sequence[str], task: ProgressTask
    ) -> list[LabelScore]:
        self.asked += conversations
        task.advance(len(conversations))
        return [
            LabelScore(-1.0 if answer == self._picks[turns[-1].content] else -2.0, len(answer.split()) + 1)
            for turns, answer in zip(conversations, answers, strict=True)
        ]

    def generate(
        self, conversations: Sequence[Conversation], max_new_tokens: int, task: ProgressTask
    ) -> list[str]:
        self.asked += conversations
        self.most_new_tokens.append(max_new_tokens)
        task.advance(len(conversations))
        return [self._says[turns[-1].content] for turns in conversations]

    def count_tokens(self, conversations: Sequence[Conversation]) -> list[int]:
        return [sum(len(message.content.split()) for message in turns) for turns in conversations]


class Counting:
    """Progress that keeps each task's label with what it was said to hold and how far it came."""

    def __init__(self) -> None:
        self.tasks: dict[str, list[int]] = {}

    @contextmanager
    def task(self, label: str, total: int, done: int = 0) -> Iterator[ProgressTask]:
        counts = self.tasks[label] = [done, total]

        class Task:
            def advance(self, amount: int = 1, **fields: str | float) -> None:
                counts[0] += amount

        yield Task()

    def note(self, text: str) -> None:
        pass


def record(number: int, target: str) -> Record:
    return Record(
        id=f"test-{number:04d}",
        scenario=f"s{number}",
        style="plain",
        text=f"Note {number}.",
        target=target,
        facts={},
    )


def records(per_label: int, labels: Sequence[str] = LABELS) -> list[Record]:
    """`per_label` records of each label, one label after the other."""
    return [record(number, labels[number // per_label]) for number in range(per_label * len(labels))]


def answering(
    asked: Sequence[Record], says: Callable[[int, Record], str], picks: Callable[[int, Record], str]
) -> Scripted:
    """A model that answers record `i` with `says(i, record)` and holds `picks(i, record)` likeliest."""
    return Scripted(
        {one.text: says(number, one) for number, one in enumerate(asked)},
        {one.text: picks(number, one) for number, one in enumerate(asked)},
    )


def right(number: int, asked: Record) -> str:
    return asked.target


def right_up_to(limit: int, wrong: str) -> Callable[[int, Record], str]:
    """Right on the first `limit` records, then always `wrong`."""
    return lambda number, asked: asked.target if number < limit else wrong


def hostile(number: int, asked: Record) -> str:
    return HOSTILE_ANSWERS[number % len(HOSTILE_ANSWERS)]
