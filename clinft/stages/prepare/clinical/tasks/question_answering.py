"""A note and a question about it: yes or no, a value, or a list; `not stated` where the note does not say.

The wordings of each question are dealt to splits like templates of notes: `templates()` by what is asked,
and `asking` makes the task that uses some of them only.
"""

import re
from collections.abc import Collection
from functools import cache
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, StringConstraints

from clinft.spec.base import Slug, Strict
from clinft.spec.project import TaskSpec
from clinft.stages.prepare.clinical import words
from clinft.stages.prepare.clinical.render import Note
from clinft.stages.prepare.clinical.tasks.asked import ASKED, NO, NOT_STATED, YES, Asked, type_of
from clinft.stages.prepare.clinical.tasks.task import Task
from clinft.stages.prepare.clinical.writing import Facts
from clinft.stages.prepare.draw import Draw
from clinft.stages.prepare.pack import Phrase

ANSWERED_PERCENT = 80
NUMBER = re.compile(r"\d+(?:\.\d+)?")
QuestionText = Annotated[
    str, StringConstraints(pattern=r"^[A-Z](?:[^{}\r\n]|\{item\})*[.?]$", max_length=120)
]


class QuestionTable(Strict):
    version: Literal[1]
    unrelated: tuple[Phrase, ...] = Field(min_length=3)
    questions: dict[Slug, tuple[QuestionText, ...]]


class Question(NamedTuple):
    asks: str
    number: int
    text: str

    @property
    def name(self) -> str:
        return f"{self.asks}/{self.number}"


@cache
def _table() -> QuestionTable:
    return words.table(QuestionTable, "questions")


@cache
def templates() -> dict[str, tuple[Question, ...]]:
    """By what is asked; at least three wordings each, so that every group of splits gets one."""
    return {
        asks: tuple(Question(asks, number, text) for number, text in enumerate(texts, start=1))
        for asks, texts in _table().questions.items()
    }


def asking(names: Collection[str]) -> Task:
    """The task with only these questions, by name: one group's share."""
    chosen = {
        asks: kept
        for asks, questions in templates().items()
        if (kept := tuple(question for question in questions if question.name in names))
    }
    return _task(chosen)


def _task(questions: dict[str, tuple[Question, ...]]) -> Task:
    of_type: dict[str, list[str]] = {}
    for asks in questions:
        of_type.setdefault(type_of(asks), []).append(asks)

    def make(facts: Facts, note: Note, task: TaskSpec, draw: Draw) -> tuple[str, str]:
        """Types as often as each other; of a hundred questions, 80 have an answer, where the note has one."""
        asked = Asked(facts, note, _table().unrelated)
        answered = draw.below(100) < ANSWERED_PERCENT
        fallback: tuple[str, str, str] | None = None
        for kind in (
            kind for kinds in draw.shuffled(list(of_type.values())) for kind in draw.shuffled(kinds)
        ):
            found = ASKED[kind](asked, draw)
            if found is None:
                continue
            fallback = fallback or (kind, *found)
            if (found[1] != NOT_STATED) == answered:
                fallback = (kind, *found)
                break
        assert fallback is not None, "the age can always be asked for"
        kind, item, answer = fallback
        question = draw.one(questions[kind]).text.replace("{item}", item)
        return f"{note.text}\n\nQuestion: {question}", answer

    return Task(make, rejected)


def rejected(facts: Facts, note: Note, target: str, task: TaskSpec, draw: Draw) -> str:
    """Turned round; invented from silence; a number misread; one item left out, or another claimed."""
    if target in (YES, NO):
        return NO if target == YES else YES
    if target == NOT_STATED:
        # Absence of a statement taken for a statement of absence.
        return "none"
    if numbers := list(NUMBER.finditer(target)):
        at = draw.one(numbers)
        return target[: at.start()] + _misread(at.group()) + target[at.end() :]
    parts = target.split("; ")
    if len(parts) > 1:
        left_out = draw.below(len(parts))
        return "; ".join(part for place, part in enumerate(parts) if place != left_out)
    others: list[str] = [
        *(one["name"] for one in facts["ruled_out"]),
        *facts["negated_findings"],
        "hypertension",
        "gout",
    ]
    return next(other for other in others if other.casefold() != target.casefold())


def _misread(number: str) -> str:
    """Two figures swapped, or the last one raised: 38.9 -> 39.8."""
    whole, point, part = number.partition(".")
    figures = whole + part
    for at in range(len(figures) - 1, 0, -1):
        if figures[at] != figures[at - 1] and not (at == 1 and figures[1] == "0"):
            figures = figures[: at - 1] + figures[at] + figures[at - 1] + figures[at + 1 :]
            break
    else:
        figures = figures[:-1] + str((int(figures[-1]) + 1) % 10 or 1)
    return figures[: len(whole)] + point + figures[len(whole) :]


TASK = _task(templates())
