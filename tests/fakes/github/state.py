"""What the server knows besides git, and the setters with which a test tells it what people did."""

import itertools
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from tests.fakes.github.bare import BareRepository, identity
from tests.fakes.github.settings_state import SettingsState
from tests.fakes.github.workflow_runs import WorkflowRunsState

MergeMethod = Literal["merge", "squash", "rebase"]
NO_COMMIT = "0" * 40


@dataclass
class User:
    login: str
    type: str = "User"
    permission: str = "write"

    @property
    def id(self) -> int:
        return zlib.crc32(self.login.encode())


@dataclass
class Issue:
    number: int
    title: str
    body: str | None
    author: str
    created_at: str
    state: str = "open"
    labels: list[str] = field(default_factory=list)
    closed_at: str | None = None


@dataclass
class Pull:
    """The part of a pull request that an issue has not; what is frozen when it is merged or closed."""

    number: int
    head_ref: str
    base_ref: str
    base_sha: str
    fork: bool
    draft: bool = False
    frozen_head: str | None = None
    frozen_base: str | None = None
    merged_at: str | None = None
    merged_by: str | None = None
    merge_commit_sha: str | None = None
    landed: tuple[str, ...] = ()


@dataclass
class Review:
    id: int
    number: int
    login: str | None
    state: str
    commit_id: str | None
    body: str
    submitted_at: str


@dataclass
class Comment:
    id: int
    number: int
    login: str
    body: str
    created_at: str
    updated_at: str


@dataclass
class Status:
    id: int
    sha: str
    context: str
    state: str
    description: str | None
    target_url: str | None
    login: str
    created_at: str


@dataclass
class CheckRun:
    id: int
    sha: str
    name: str
    status: str
    conclusion: str | None
    app: str
    started_at: str | None
    completed_at: str | None
    suite: int = 1
    title: str | None = None
    summary: str | None = None


@dataclass
class Activity:
    id: int
    ref: str
    before: str
    after: str
    login: str
    type: str
    at: str


@dataclass(frozen=True)
class Protection:
    branch: str
    checks: tuple[str, ...]
    approvals: int
    ruleset: bool


class State(WorkflowRunsState):
    """One repository. Whoever is named by a setter becomes a known user."""

    def __init__(self, folder: Path, owner: str, repository: str) -> None:
        super().__init__()
        self.owner, self.repository = owner, repository
        self.repo = BareRepository(folder / owner / f"{repository}.git")
        self.token_login = "github-actions[bot]"
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.users: dict[str, User] = {}
        self.issues: dict[int, Issue] = {}
        self.pulls: dict[int, Pull] = {}
        self.reviews: dict[int, Review] = {}
        self.comments: dict[int, Comment] = {}
        self.statuses: list[Status] = []
        self.check_runs: dict[int, CheckRun] = {}
        self.labels: dict[str, str] = {}
        self.protections: dict[str, Protection] = {}
        self.settings = SettingsState()
        # The setting "Allow GitHub Actions to create and approve pull requests".
        self.actions_may_open_pulls = True
        self.activities: list[Activity] = []
        self.dispatches: list[dict[str, object]] = []
        # (author's login, committer's login) of a commit, where the names in git shall not decide.
        self.commit_users: dict[str, tuple[str | None, str | None]] = {}
        self._ids = itertools.count(1001)
        self.add_user(owner, type="Organization", permission="admin")
        self.add_user("github-actions[bot]", type="Bot")
        self.add_user("web-flow")

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.repository}"

    @property
    def bare(self) -> Path:
        return self.repo.path

    def next_id(self) -> int:
        return next(self._ids)

    def next_number(self) -> int:
        return max(self.issues, default=0) + 1

    def now(self) -> str:
        return self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def add_user(self, login: str, type: str = "User", permission: str = "write") -> User:  # noqa: A002
        self.users[login] = User(login, type, permission)
        return self.users[login]

    def user(self, login: str) -> User:
        return self.users.get(login) or self.add_user(login, "Bot" if login.endswith("[bot]") else "User")

    def commit_logins(self, sha: str, author: str, committer: str) -> tuple[str | None, str | None]:
        """GitHub finds the user of a commit by its e-mail address; here the name in git is the login."""
        if sha in self.commit_users:
            return self.commit_users[sha]
        known = {**{login: login for login in self.users}, "GitHub": "web-flow"}
        return known.get(author), known.get(committer)

    def open_pull(
        self,
        number: int,
        head_ref: str,
        base_ref: str = "main",
        author: str = "alice",
        fork: bool = False,
        title: str | None = None,
        body: str | None = None,
        draft: bool = False,
    ) -> Pull:
        """The head must be there: the branch, or refs/pull/N/head for a fork."""
        if author not in self.users:
            self.add_user(author, permission="read" if fork else "write")
        title = f"Change {head_ref}" if title is None else title
        pull = Pull(number, head_ref, base_ref, self._tip(base_ref), fork, draft)
        self.issues[number] = Issue(number, title, body, author, self.now())
        self.pulls[number] = pull
        self.head_sha(pull)
        return pull

    def head_sha(self, pull: Pull) -> str:
        """The present head; refs/pull/N/head follows the branch as long as the pull request is open."""
        if pull.frozen_head:
            return pull.frozen_head
        ref = f"refs/pull/{pull.number}/head"
        kept = self.repo.ref(ref)
        branch = None if pull.fork else self.repo.ref(f"refs/heads/{pull.head_ref}")
        if branch and branch != kept:
            self.repo.git("update-ref", ref, branch)
            return branch
        if not kept:
            raise KeyError(
                f"pull request {pull.number}: neither {pull.head_ref} nor {ref} is in the repository"
            )
        return kept

    def pull_range(self, pull: Pull) -> tuple[str, str]:
        """From where to where its commits and changes go."""
        head = self.head_sha(pull)
        return pull.frozen_base or self.repo.merge_base(self._tip(pull.base_ref), head), head

    def close_pull(self, number: int) -> None:
        pull, issue = self.pulls[number], self.issues[number]
        pull.frozen_base, pull.frozen_head = self.pull_range(pull)
        issue.state, issue.closed_at = "closed", self.now()

    def reopen_pull(self, number: int) -> None:
        pull, issue = self.pulls[number], self.issues[number]
        pull.frozen_base, pull.frozen_head = None, None
        issue.state, issue.closed_at = "open", None

    def merge_pull(self, number: int, method: MergeMethod = "merge", by: str = "alice") -> str:
        """Press the button: the branch moves, refs/pull/N/head stays; returns the merge commit's SHA."""
        pull, issue = self.pulls[number], self.issues[number]
        before, head = self._tip(pull.base_ref), self.head_sha(pull)
        self.user(by)
        message = f"Merge pull request #{number} from {self.label(pull).replace(':', '/')}\n\n{issue.title}"
        author, committer = by, "GitHub"
        if method == "squash":
            lines = [f"* {one.message}" for one in self.repo.log("--reverse", f"{before}..{head}")]
            message, author = "\n\n".join([f"{issue.title} (#{number})", *lines]), issue.author
        if method == "rebase":
            committer = by
        # A rebase keeps the authors of its commits, so the environment must not name one.
        who = {} if method == "rebase" else identity(author)
        # GitHub's commits are later than those they come from, so a rebase never keeps their names.
        later = {"GIT_COMMITTER_DATE": f"@{int(time.time()) + 60} +0000"}
        sha = self.repo.merge(
            pull.base_ref, head, method, message, {**who, **later, **identity(committer, role="COMMITTER")}
        )
        self.close_pull(number)
        # close_pull saw the moved branch; the range of the pull request ends where it left the old one.
        pull.frozen_base = self.repo.merge_base(before, head)
        pull.merged_at, pull.merged_by, pull.merge_commit_sha = issue.closed_at, by, sha
        pull.landed = tuple(one.sha for one in self.repo.log("--first-parent", f"{before}..{sha}"))
        self.activity(f"refs/heads/{pull.base_ref}", before, sha, by, "pr_merge")
        return sha

    def label(self, pull: Pull) -> str:
        return f"{self.issues[pull.number].author if pull.fork else self.owner}:{pull.head_ref}"

    def review(
        self,
        number: int,
        login: str | None,
        state: str,
        commit_id: str | None = None,
        body: str = "",
        at: str | None = None,
    ) -> int:
        """Without `commit_id` a review of the present head; `login` None is an account that is gone."""
        if login is not None:
            self.user(login)
        sha = commit_id or self.head_sha(self.pulls[number])
        made = Review(self.next_id(), number, login, state, sha, body, at or self.now())
        self.reviews[made.id] = made
        return made.id

    def dismiss(self, review_id: int) -> None:
        self.reviews[review_id].state = "DISMISSED"

    def check_run(
        self,
        sha: str,
        name: str,
        conclusion: str | None,
        app: str = "github-actions",
        status: str = "completed",
        started_at: str | None = None,
        suite: int = 1,
    ) -> int:
        """Runs of one app, suite and name replace each other; each run of a workflow is a suite of its own."""
        at = started_at or self.now()
        done = at if status == "completed" else None
        made = CheckRun(self.next_id(), sha, name, status, conclusion, app, at, done, suite)
        self.check_runs[made.id] = made
        return made.id

    def add_comment(self, number: int, login: str, body: str) -> int:
        self.user(login)
        at = self.now()
        made = Comment(self.next_id(), number, login, body, at, at)
        self.comments[made.id] = made
        return made.id

    def status(
        self,
        sha: str,
        context: str,
        state: str,
        description: str | None = None,
        login: str = "github-actions[bot]",
        target_url: str | None = None,
    ) -> int:
        self.user(login)
        made = Status(self.next_id(), sha, context, state, description, target_url, login, self.now())
        self.statuses.append(made)
        return made.id

    def protect(
        self, branch: str, checks: tuple[str, ...] = ("gate",), approvals: int = 1, ruleset: bool = False
    ) -> None:
        """No push over HTTP moves the branch from now on; merges of pull requests do."""
        self.protections[branch] = Protection(branch, checks, approvals, ruleset)

    def activity(self, ref: str, before: str, after: str, login: str, kind: str = "push") -> None:
        self.activities.append(Activity(self.next_id(), ref, before, after, login, kind, self.now()))

    def _tip(self, branch: str) -> str:
        sha = self.repo.ref(f"refs/heads/{branch}")
        if sha is None:
            raise KeyError(f"no branch {branch} in the repository")
        return sha
