"""Processes that share work, on other machines or on this one: how they are asked, whatever runs them."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

Asked = TypeVar("Asked")
Made = TypeVar("Made")
Item = TypeVar("Item")
Result = TypeVar("Result")
State_co = TypeVar("State_co", covariant=True)


@dataclass(frozen=True)
class Ready(Generic[Result]):
    """A result that is known already; it keeps its place among the others."""

    result: Result


class Team(Protocol[State_co]):
    def map(
        self, work: Callable[[State_co, Item], Result], items: Iterable[Item | Ready[Result]]
    ) -> Iterator[Result]:
        """Results in the order of `items`, of which only a few are taken ahead.

        `work` is a function of a module, or a partial of one: it is sent by its name. An item may be worked
        on again where a worker died, and by another. Raises what `work` raised, ServiceError for workers
        that are lost for good; never ends early.
        """


class Workers(Protocol):
    def team(self, make: Callable[[Asked], Made], asked: Asked) -> AbstractContextManager[Team[Made]]:
        """Workers, each of which calls `make(asked)` once; what that gives is the first argument of its work.

        What is asked, items and results travel: they must hold nothing that may not leave the machine.
        """
