"""Reading a repository's history as data: nothing of it is checked out, run or followed."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol


class Entry(NamedTuple):
    """A file of a commit. `mode` as git writes it: 100644, 100755, 120000 (link), 160000 (submodule)."""

    path: str
    mode: str
    object: str


class Difference(NamedTuple):
    path: str
    status: str  # A, M, D or T; renames are a D and an A
    mode: str  # of the side that exists afterwards, 000000 where there is none


class History(Protocol):
    def resolve(self, revision: str) -> str | None:
        """The commit's 40 hex; None where it is not here."""

    def fetch(self, revision: str) -> str | None:
        """The commit of a ref or sha, asked of the remote where it is not here; None: not to be had."""

    def parents(self, commit: str) -> tuple[str, ...]: ...

    def differences(self, before: str, after: str) -> list[Difference]: ...

    def entries(self, commit: str, *prefixes: str) -> list[Entry]:
        """Files below the prefixes, by path; all files without one."""

    def export(self, commit: str, prefix: str, root: Path) -> None:
        """Writes the regular files below `prefix` to `root`; links and submodules are left out."""

    def outside(self, tip: str, folder: str) -> list[str]:
        """Commits of the branch that changed anything not below `folder`, the oldest first."""

    def unpushed(self, tip: str) -> list[str]:
        """Commits of `tip` that no branch of a remote is known to hold, the oldest first."""

    def roots(self, tip: str) -> list[str]:
        """Commits without parents that `tip` contains."""

    def merged(self, one: str, other: str) -> str | None:
        """The tree that merging two commits gives; None where they conflict."""

    def on_line(self, tip: str, commit: str) -> bool:
        """Is it `tip`, or was it the branch's own tip before (first parents)? What was merged in is not."""

    def newest(self, tip: str, paths: Sequence[str]) -> str | None:
        """The last commit of the branch (first parents) that changed one of the paths."""
