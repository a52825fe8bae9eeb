"""What clinft asks of a forge: the facts about a pull request, one comment, statuses."""

from typing import Literal, Protocol

from clinft.artifacts.forge import PullRequest

Outcome = Literal["created", "updated", "unchanged", "newer one stands"]


class ForgeReader(Protocol):
    def pull_request(self, number: int) -> PullRequest:
        """All pages of everything; ServiceError where GitHub gives less than all."""

    def pull_request_of(self, commit: str) -> int | None:
        """The merged pull request that brought the commit to its branch; None: there is none."""


class ForgeWriter(Protocol):
    def comment(self, number: int, body: str, head_sha: str, run: tuple[int, int]) -> Outcome:
        """The one comment of ours on a pull request. `run`: id and attempt; an older run changes nothing."""

    def status(self, sha: str, context: str, state: str, description: str, url: str) -> None: ...
