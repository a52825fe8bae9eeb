"""What scoring one answer gives, and what a kind of task has to offer for it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from clinft.artifacts.data import Record
from clinft.spec.project import TaskSpec

Item = TypeVar("Item")

# Names of artifacts.assessment.CategoryName, where scoring itself sees what is wrong.
FORMAT, MISSING, NUMERIC, OTHER = "format", "missing_facts", "numeric", "other"


@dataclass(frozen=True)
class Scored:
    """`score`: 0 to 1. What cannot be read has 0 and is wrong.

    `category`: what is wrong, where scoring sees it; else the assessment asks gold and facts. `said`: what
    was read, in one form, so that equal answers are equal. `values`: what metrics add up, by the names of
    `clinft/metrics`: numbers of things, and shares.
    """

    score: float
    correct: bool
    parsed: bool
    category: str | None = None
    said: str | None = None
    values: Mapping[str, float] = field(default_factory=dict)


UNREADABLE = Scored(0.0, False, False, FORMAT)


def unreadable(values: Mapping[str, float]) -> Scored:
    """`values`: what the gold answer has and this one lacks. It has no claims: there is nothing to check."""
    return replace(UNREADABLE, values=values)


@dataclass(frozen=True)
class Kind:
    """`metric`: what `score` is, in words. `form`: the rule about the answer's form, for a prompt.

    `room`: tokens of a free answer beside those of the longest right one.
    """

    metric: str
    score: Callable[[str, Record, TaskSpec], Scored]
    form: Callable[[TaskSpec], str]
    room: int


def f1(said: Collection[Item], gold: Collection[Item]) -> float:
    """Of two sets; 1 where both are empty, for then nothing is missing and nothing too much."""
    found, wanted = set(said), set(gold)
    if not found and not wanted:
        return 1.0
    return 2 * len(found & wanted) / (len(found) + len(wanted))


def multiset_f1(said: Sequence[str], gold: Sequence[str]) -> float:
    """Of two bags of words."""
    if not said and not gold:
        return 1.0
    left = list(gold)
    shared = 0
    for word in said:
        if word in left:
            left.remove(word)
            shared += 1
    return 2 * shared / (len(said) + len(gold))
