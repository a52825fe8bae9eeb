"""Facts about pull requests, whole or not at all."""

import re
from typing import TYPE_CHECKING, Any

from clinft.adapters.github.client import Address, asked_for, connect, failed
from clinft.artifacts.forge import Check, PullCommit, PullRequest, Review, Status

if TYPE_CHECKING:
    from github.PullRequest import PullRequest as Pull

# Commits made in GitHub's own pages carry this committer; it is no person.
WEB = "web-flow"
CO_AUTHOR = re.compile(
    r"^co-authored-by:[^<\n]*<(?:[0-9]+\+)?([a-z0-9-]+)@users\.noreply\.github\.com>", re.I | re.M
)
# No login can be written so: whoever is named in a policy is somebody else.
DELETED = "(deleted account)"


class GitHubReader:
    def __init__(self, address: Address) -> None:
        self._repository = connect(address)

    def pull_request(self, number: int) -> PullRequest:
        with asked_for(f"pull request {number}"):
            pull = self._repository.get_pull(number)
            head = pull.head.sha
            source = pull.head.repo
            return PullRequest(
                number=number,
                author=pull.user.login.lower(),
                author_is_bot=_is_bot(pull.user),
                # A fork that was deleted has no repository any more.
                from_fork=source is None or source.full_name != pull.base.repo.full_name,
                base_ref=pull.base.ref,
                head_ref=pull.head.ref,
                head_sha=head,
                merged=bool(pull.merged),
                merge_sha=pull.merge_commit_sha if pull.merged else None,
                reviews=tuple(_review(review) for review in pull.get_reviews()),
                commits=self._commits(pull),
                checks=self._checks(head),
                statuses=self._statuses(head),
            )

    def pull_request_of(self, commit: str) -> int | None:
        with asked_for(f"the pull request of commit {commit[:12]}"):
            merged = [pull for pull in self._repository.get_commit(commit).get_pulls() if pull.merged_at]
            exact = [pull for pull in merged if pull.merge_commit_sha == commit]
        # A rebase brings several commits of one pull request; only the last is its merge_commit_sha.
        numbers = {pull.number for pull in exact or merged}
        if len(numbers) > 1:
            raise failed(f"the pull request of commit {commit[:12]}", "several claim it")
        return next(iter(numbers), None)

    def _commits(self, pull: "Pull") -> tuple[PullCommit, ...]:
        found = tuple(_commit(commit) for commit in pull.get_commits())
        # GitHub lists 250 at most and says nothing.
        if len(found) != pull.commits:
            raise failed(
                f"the commits of pull request {pull.number}", f"it lists {len(found)} of {pull.commits}"
            )
        return found

    def _checks(self, sha: str) -> tuple[Check, ...]:
        newest: dict[tuple[str, str | None], Any] = {}
        for run in self._repository.get_commit(sha).get_check_runs():
            key = (run.name, run.app.slug if run.app else None)
            if key not in newest or run.id > newest[key].id:
                newest[key] = run
        return tuple(
            Check(name=name, app=app, conclusion=run.conclusion if run.status == "completed" else None)
            for (name, app), run in sorted(newest.items(), key=lambda item: (item[0][0], item[0][1] or ""))
        )

    def _statuses(self, sha: str) -> tuple[Status, ...]:
        from github.CommitStatus import CommitStatus
        from github.PaginatedList import PaginatedList

        # PyGithub's own get_statuses asks an undocumented path; this one names the creator, newest first.
        listed = PaginatedList(
            CommitStatus,
            self._repository.requester,
            f"{self._repository.url}/commits/{sha}/statuses",
            None,
        )
        # By creator too: whoever may set a status could cover ours by one of the same context.
        newest: dict[tuple[str, str], Status] = {}
        for status in listed:
            creator = status.creator.login.lower() if status.creator else ""
            newest.setdefault(
                (status.context, creator),
                Status(
                    context=status.context,
                    state=status.state,
                    description=status.description or "",
                    creator=creator,
                ),
            )
        return tuple(newest[key] for key in sorted(newest))


def _review(review: Any) -> Review:
    return Review(
        id=review.id,
        person=review.user.login.lower() if review.user else DELETED,
        is_bot=_is_bot(review.user) if review.user else False,
        state=review.state,
        commit=review.commit_id or None,
        at=review.submitted_at.isoformat() if review.submitted_at else "",
        has_text=bool((review.body or "").strip()),
    )


def _commit(commit: Any) -> PullCommit:
    people = [person.login.lower() for person in (commit.author, commit.committer) if person is not None]
    # A suggestion that somebody accepted names its writer in a trailer only.
    people += [login.lower() for login in CO_AUTHOR.findall(commit.commit.message or "")]
    return PullCommit(
        sha=commit.sha,
        people=tuple(sorted({person for person in people if person != WEB})),
        unknown=commit.author is None or commit.committer is None,
    )


def _is_bot(user: Any) -> bool:
    return bool(user.type != "User" or user.login.endswith("[bot]"))
