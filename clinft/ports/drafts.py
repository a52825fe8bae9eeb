"""Drafts in a person's own clone: a commit on a branch of its own, which nothing but a person pushes."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol


class Drafted(NamedTuple):
    branch: str
    commit: str
    parent: str


class Drafts(Protocol):
    def branch(self) -> str | None:
        """What is checked out; None: no branch, or no repository of git."""

    def protected(self) -> str:
        """Name of the branch that only pull requests change."""

    def base(self) -> str | None:
        """The newest commit of that branch that is known here; None: none is. Nobody is asked."""

    def commit(self, branch: str, files: Mapping[str, bytes], message: str) -> Drafted:
        """On top of what the branch has, or of `base`. Neither checkout nor index changes; no hook is run.

        SpecError where the branch is checked out, nothing differs, or git knows no name for the author.
        """
