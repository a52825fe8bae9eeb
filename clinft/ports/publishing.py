"""How results return: commits on a branch of ours, pull requests, the tracking issue. Each safe to repeat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class OpenPull:
    number: int
    head_ref: str
    head_sha: str
    url: str
    body: str


class Publisher(Protocol):
    def commit(
        self,
        branch: str,
        base: str,
        additions: Mapping[str, bytes],
        deletions: Sequence[str],
        message: str,
    ) -> str:
        """One commit on `branch`; its SHA. Where GitHub can, it signs it.

        The branch is made at commit `base` if it does not exist. Nothing is committed where the branch holds
        exactly this already; then its tip is returned. A branch that moves meanwhile is read again, a few
        times; ServiceError after that. For a branch of ours only: the newest content wins.
        """

    def rebuild(self, branch: str, base: str, additions: Mapping[str, bytes], message: str) -> str:
        """The branch as one commit on `base` with these files, whatever it held before; its SHA.

        An open pull request from it stays open.
        """

    def proposed(self, branch: str) -> int | None:
        """The newest pull request of ours that ever came from the branch, also a closed or merged one."""

    def pulls(self) -> tuple[OpenPull, ...]:
        """Open pull requests of ours: by our login, from branches that begin with clinft/."""

    def open_pull(self, branch: str, base: str, title: str, body: str) -> int:
        """The open pull request from `branch` to `base`: found and brought up to date, or opened."""

    def close_pull(self, number: int, why: str) -> None: ...

    def delete_branch(self, branch: str) -> None:
        """Nothing where there is none."""

    def issue(self, project: str, title: str, body: str, labels: Sequence[str]) -> int:
        """The project's tracking issue, by a hidden marker and our login; opened where there is none.

        Labels that the repository lacks are created; labels are only ever added. A closed one is reopened.
        """

    def note(self, issue: int, key: str, body: str) -> None:
        """One comment per `key` (hidden marker), written once and never again."""
