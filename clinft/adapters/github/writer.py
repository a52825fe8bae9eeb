"""One comment of ours on a pull request, found by a hidden marker and our own login; and statuses."""

import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from clinft.adapters.github.client import Address, asked_for, connect
from clinft.errors import ServiceError
from clinft.ports.forge import Outcome

if TYPE_CHECKING:
    from github.IssueComment import IssueComment

MARKER = re.compile(r"<!-- clinft pull-request head=([0-9a-f]{40}) run=([0-9]+) attempt=([0-9]+) -->")
TRIES = 3
PAUSE_SECONDS = 1.0


def marker(head_sha: str, run: tuple[int, int]) -> str:
    return f"<!-- clinft pull-request head={head_sha} run={run[0]} attempt={run[1]} -->"


class GitHubWriter:
    """`login`: ours. Anybody may write the marker into a comment; only ours is edited."""

    def __init__(self, address: Address, login: str, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._repository = connect(address)
        self._login = login.lower()
        self._pause = pause_seconds

    def comment(self, number: int, body: str, head_sha: str, run: tuple[int, int]) -> Outcome:
        """Safe to repeat: before every try the comment is looked for, so that a POST whose answer was
        lost is found instead of sent again."""
        text = f"{marker(head_sha, run)}\n{body}"
        for left in reversed(range(TRIES)):
            try:
                return self._upsert(number, text, run)
            except ServiceError:
                if not left:
                    raise
                time.sleep(self._pause)
        raise AssertionError("unreachable")

    def _upsert(self, number: int, text: str, run: tuple[int, int]) -> Outcome:
        with asked_for(f"the comment on pull request {number}"):
            issue = self._repository.get_issue(number)
            found = self._ours(issue.get_comments())
            if found is None:
                issue.create_comment(text)
                return "created"
            comment, other = found
            if other > run:
                return "newer one stands"
            if comment.body.replace("\r\n", "\n") == text:
                return "unchanged"
            comment.edit(text)
            return "updated"

    def _ours(self, comments: "Iterable[IssueComment]") -> "tuple[IssueComment, tuple[int, int]] | None":
        """The oldest comment of ours, with the newest run that any of ours tells of."""
        ours = []
        for comment in comments:
            said = MARKER.match(comment.body or "")
            if said and comment.user and comment.user.login.lower() == self._login:
                ours.append((comment, (int(said[2]), int(said[3]))))
        if not ours:
            return None
        return min(ours, key=lambda pair: pair[0].id)[0], max(run for _, run in ours)

    def status(self, sha: str, context: str, state: str, description: str, url: str) -> None:
        with asked_for(f"the status {context}"):
            self._repository.get_commit(sha).create_status(
                state=state, target_url=url, description=description, context=context
            )
