"""How results return on GitHub: every write is looked for first, so that a job may run again at any point."""

from collections.abc import Mapping, Sequence

from clinft.adapters.github.client import Address, connect
from clinft.adapters.github.commits import Commits
from clinft.adapters.github.issues import Issues
from clinft.adapters.github.pulls import Pulls
from clinft.adapters.github.tries import PAUSE_SECONDS
from clinft.ports.publishing import OpenPull


class GitHubPublisher:
    """`login`: ours. What other accounts wrote is never taken for ours, edited or closed.

    `pushes_to`: the protected branch, where the policy lets results go there without a pull request.
    """

    def __init__(
        self,
        address: Address,
        login: str,
        pause_seconds: float = PAUSE_SECONDS,
        pushes_to: str | None = None,
    ) -> None:
        connection, name = connect(address), address.repository
        self._commits = Commits(connection, name, pause_seconds, pushes_to)
        self._issues = Issues(connection, login, pause_seconds)
        self._pulls = Pulls(connection, name, login, self._issues, pause_seconds)

    def commit(
        self,
        branch: str,
        base: str,
        additions: Mapping[str, bytes],
        deletions: Sequence[str],
        message: str,
    ) -> str:
        return self._commits.commit(branch, base, additions, deletions, message)

    def delete_branch(self, branch: str) -> None:
        self._commits.delete_branch(branch)

    def rebuild(self, branch: str, base: str, additions: Mapping[str, bytes], message: str) -> str:
        return self._commits.rebuild(branch, base, additions, message)

    def proposed(self, branch: str) -> int | None:
        return self._pulls.proposed(branch)

    def pulls(self) -> tuple[OpenPull, ...]:
        return self._pulls.pulls()

    def open_pull(self, branch: str, base: str, title: str, body: str) -> int:
        return self._pulls.open_pull(branch, base, title, body)

    def close_pull(self, number: int, why: str) -> None:
        self._pulls.close_pull(number, why)

    def issue(self, project: str, title: str, body: str, labels: Sequence[str]) -> int:
        return self._issues.issue(project, title, body, labels)

    def note(self, issue: int, key: str, body: str) -> None:
        self._issues.note(issue, key, body)
