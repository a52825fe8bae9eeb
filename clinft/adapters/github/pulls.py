"""Pull requests of ours: by our login, from branches that begin with clinft/."""

import hashlib
import json
from typing import TYPE_CHECKING

from clinft.adapters.github import bounds
from clinft.adapters.github.client import asked_for
from clinft.adapters.github.issues import Issues
from clinft.adapters.github.tries import until_known
from clinft.errors import ServiceError
from clinft.ports.publishing import OpenPull

if TYPE_CHECKING:
    from github.GithubException import GithubException
    from github.PullRequest import PullRequest
    from github.Repository import Repository

# 403, since May 2022: "GitHub Actions is not permitted to create or approve pull requests."
NOT_PERMITTED = "not permitted to create"


class Pulls:
    """`repository`: owner/name. `issues` writes the note that says why one was closed."""

    def __init__(
        self, connection: "Repository", repository: str, login: str, issues: Issues, pause_seconds: float
    ) -> None:
        self._connection = connection
        self._full_name = repository
        self._login = login.lower()
        self._issues = issues
        self._pause = pause_seconds

    def pulls(self) -> tuple[OpenPull, ...]:
        with asked_for("the open pull requests"):
            listed = self._connection.get_pulls(state="open", sort="created", direction="asc")
            return tuple(_open(pull) for pull in listed if self._is_ours(pull))

    def proposed(self, branch: str) -> int | None:
        bounds.of_ours(branch)
        owner = self._full_name.partition("/")[0]
        with asked_for(f"pull requests from {branch}"):
            listed = self._connection.get_pulls(state="all", head=f"{owner}:{branch}")
            ours = [pull.number for pull in listed if self._is_ours(pull) and pull.head.ref == branch]
        return max(ours, default=None)

    def open_pull(self, branch: str, base: str, title: str, body: str) -> int:
        bounds.of_ours(branch)
        bounds.title(title)
        bounds.text(body)
        import github

        def attempt() -> int:
            found = self._find(branch, base)
            if found is None:
                try:
                    return self._connection.create_pull(base, branch, title=title, body=body).number
                except github.GithubException as error:
                    found = self._after_refusal(error, branch, base)
            if (found.title, _lines(found.body)) != (title.strip(), _lines(body)):
                found.edit(title=title, body=body)
            return found.number

        return until_known(f"the pull request from {branch}", attempt, self._pause)

    def close_pull(self, number: int, why: str) -> None:
        bounds.text(why)

        def attempt() -> None:
            pull = self._connection.get_pull(number)
            if not self._is_ours(pull):
                raise _none_of_ours(number)
            if pull.state == "closed":
                return
            # A pull request that somebody reopened is closed again, and another reason is another note.
            self._issues.note_once(number, f"closed:{hashlib.sha256(why.encode()).hexdigest()[:16]}", why)
            pull.edit(state="closed")

        until_known(f"the closing of pull request {number}", attempt, self._pause)

    def _find(self, branch: str, base: str) -> "PullRequest | None":
        owner = self._full_name.partition("/")[0]
        listed = self._connection.get_pulls(state="open", head=f"{owner}:{branch}", base=base)
        # GitHub drops a filter that it does not understand.
        ours = (
            pull
            for pull in listed
            if self._is_ours(pull) and (pull.head.ref, pull.base.ref) == (branch, base)
        )
        return next(ours, None)

    def _after_refusal(self, error: "GithubException", branch: str, base: str) -> "PullRequest":
        """What another job of ours opened at the same moment; or the refusal, in words."""
        if error.status in (403, 422) and NOT_PERMITTED in json.dumps(error.data):
            raise _forbidden(branch) from None
        if error.status != 422:
            raise error
        found = self._find(branch, base)
        if found is None:
            raise _refused(branch) from None
        return found

    def _is_ours(self, pull: "PullRequest") -> bool:
        """A fork may have a branch of any name."""
        # A branch that is deleted after the merge leaves its repository behind; a deleted fork does not.
        source = pull.head.repo
        return (
            pull.user is not None
            and pull.user.login.lower() == self._login
            and pull.head.ref.startswith(bounds.OURS)
            and source is not None
            and source.full_name.lower() == self._full_name.lower()
        )


def _open(pull: "PullRequest") -> OpenPull:
    return OpenPull(
        number=pull.number,
        head_ref=pull.head.ref,
        head_sha=pull.head.sha,
        url=pull.html_url,
        body=_lines(pull.body),
    )


def _lines(body: str | None) -> str:
    return (body or "").replace("\r\n", "\n")


def _forbidden(branch: str) -> ServiceError:
    return ServiceError(
        f"GitHub does not let this workflow open the pull request from {branch}.",
        "By default the token of a workflow may not open any.",
        'Switch on "Allow GitHub Actions to create and approve pull requests" (Settings, Actions, General) '
        "or give the job the token of a GitHub App; then run it again: the branch is there already.",
    )


def _refused(branch: str) -> ServiceError:
    return ServiceError(
        f"GitHub refused the pull request from {branch}: it answered 422.",
        "Another account has opened one from this branch, or the branch holds nothing that its base lacks.",
        "Look at the branch: close the other pull request, or delete the branch; then run the job again.",
    )


def _none_of_ours(number: int) -> ServiceError:
    return ServiceError(
        f"Pull request {number} is not closed: it is none of clinft's.",
        "Another account opened it, or its branch does not begin with clinft/.",
        "Close it yourself if it is not wanted any more.",
    )
