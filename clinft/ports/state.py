"""The document that says what is under way in a project: read, and changed by compare-and-swap."""

from typing import NamedTuple, Protocol

from clinft.artifacts.run_state import ProjectState
from clinft.errors import ServiceError


class Version(NamedTuple):
    """`token`: what `swap` compares with; None where no document exists yet."""

    state: ProjectState
    token: str | None


class NoState(ServiceError):
    """What lies there is no state that this clinft reads; the store itself has answered."""


class StateStore(Protocol):
    def projects(self) -> tuple[str, ...]:
        """Projects that have a document."""

    def read(self, project: str) -> Version:
        """An empty state where there is none. ServiceError where it cannot be read; NoState where
        it is not ours."""

    def swap(self, before: Version, after: ProjectState) -> bool:
        """False where somebody else was faster: read again and decide again.

        An answer that was lost is found out by reading: True when what lies there is what was written.
        """
