"""What a public benchmark is for us: files that a user has, items in one form, and how answers are judged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from clinft.artifacts.canonical import digest_json
from clinft.artifacts.data import Message
from clinft.errors import SpecError

Judged = Literal["choice", "rouge"]


@dataclass(frozen=True)
class Item:
    """`choices`: what may be answered, word for word; empty where a text is written. `gold`: one of them."""

    id: str
    question: str
    gold: str
    choices: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        return digest_json([self.question, list(self.choices), self.gold])


@dataclass(frozen=True)
class Benchmark:
    """`files`: for each file its names, the publisher's own first; `read` gets their paths in this order.

    `instruction`: the system message. `labels`: where all items have the same choices and a mean over labels
    makes sense. `longest`: tokens of a written text at most. `caution`: what a reader must know.
    """

    slug: str
    files: tuple[tuple[str, ...], ...]
    read: Callable[[Sequence[Path]], list[Item]]
    instruction: str
    judged: Judged = "choice"
    labels: tuple[str, ...] = ()
    longest: int = 0
    caution: str = ""

    def conversation(self, item: Item) -> tuple[Message, ...]:
        return (
            Message(role="system", content=self.instruction),
            Message(role="user", content=item.question),
        )

    def definition_sha256(self, items: Sequence[Item]) -> str:
        """Of all that decides what is asked and what is right."""
        return digest_json([self.slug, self.instruction, self.judged, [item.sha256 for item in items]])


def lettered(question: str, options: Mapping[str, str]) -> str:
    """A question with its options below it, as exams print them."""
    return "\n".join([question.strip(), *(f"{letter}. {text}" for letter, text in options.items())])


def checked(slug: str, items: Sequence[Item]) -> list[Item]:
    """Sorted by id. SpecError, which quotes no text, where items cannot be asked or judged."""
    problem = None
    if not items:
        problem = "hold no item"
    elif len({item.id for item in items}) != len(items):
        problem = "name an item twice"
    elif not all(item.question.strip() and item.gold for item in items):
        problem = "have an item without a question or without its right answer"
    elif not all(item.gold in item.choices for item in items if item.choices):
        problem = "have an item whose right answer is not among its choices"
    if problem:
        raise SpecError(
            f"The files of {slug} {problem}.",
            "They were cut or changed, or are those of another version.",
            "Take them from the publisher again; docs/benchmarks-public.md names the versions.",
        )
    return sorted(items, key=lambda item: item.id)
