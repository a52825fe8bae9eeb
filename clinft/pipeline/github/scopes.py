"""What an approval is given to, as a digest at every commit of a pull request: plan, deployment, engine."""

from collections.abc import Callable

from clinft.artifacts.canonical import digest_json
from clinft.artifacts.forge import PullRequest
from clinft.pipeline.github.plans import Plans
from clinft.ports.history import History
from clinft.stages.gate.paths import classify
from clinft.stages.gate.reviews import Scope

Digest = Callable[[str], str | None]
Same = Callable[[str, str], bool]


def plan_scope(plans: Plans, project: str, pull: PullRequest, digest: str) -> Scope:
    """`digest`: the plan that is to be trained. Commits are read as data by this engine."""

    def same(one: str, other: str) -> bool:
        if plans.key(one, project) == plans.key(other, project):
            return True
        plan = plans.digest(one, project)
        return plan is not None and plan == plans.digest(other, project)

    return _scope("plan", lambda commit: plans.digest(commit, project), same, plans.history, pull, digest)


def deployment_scope(history: History, project: str, pull: PullRequest, now: str) -> Scope:
    """`now`: the commit whose deployment.yaml is to be accepted."""

    def digest(commit: str) -> str:
        return deployment_digest(history, commit, project)

    return _scope("deployment", digest, _equal(digest), history, pull, digest(now))


def evidence_scope(history: History, project: str, run_id: str, pull: PullRequest, now: str) -> Scope:
    """`now`: the commit whose evidence of that run is to be accepted."""

    def digest(commit: str) -> str:
        entries = history.entries(commit, f"projects/{project}/runs/{run_id}")
        return digest_json([list(entry) for entry in entries])

    return _scope("evidence", digest, _equal(digest), history, pull, digest(now))


def quarantine_scope(history: History, path: str, pull: PullRequest, now: str) -> Scope:
    """`now`: the commit at which the quarantine's file is as the merge would leave it."""

    def digest(commit: str) -> str:
        return digest_json([list(entry) for entry in history.entries(commit, path)])

    return _scope("quarantine", digest, _equal(digest), history, pull, digest(now))


def engine_scope(history: History, pull: PullRequest) -> Scope:
    """The engine as it stands on the head: everything outside projects/ that may change what judges."""

    def digest(commit: str) -> str:
        return engine_digest(history, commit)

    head = history.fetch(pull.head_sha)
    return _scope("engine", digest, _equal(digest), history, pull, "" if head is None else digest(head))


def deployment_digest(history: History, commit: str, project: str) -> str:
    entries = history.entries(commit, f"projects/{project}/deployment.yaml")
    return digest_json([list(entry) for entry in entries])


def engine_digest(history: History, commit: str) -> str:
    entries = history.entries(commit)
    return digest_json([list(entry) for entry in entries if classify(entry.path)[0] in ("engine", "policy")])


def _equal(digest: Callable[[str], str]) -> Same:
    return lambda one, other: digest(one) == digest(other)


def _scope(what: str, digest: Digest, same: Same, history: History, pull: PullRequest, wanted: str) -> Scope:
    reviewed = {review.commit for review in pull.reviews if review.commit is not None}
    here = {commit: history.fetch(commit) for commit in sorted(reviewed)}
    return Scope(
        what=what,
        digest=wanted,
        of_commit={name: None if commit is None else digest(commit) for name, commit in here.items()},
        written_in={commit.sha for commit in pull.commits if _writes(commit.sha, same, history)},
    )


def _writes(sha: str, same: Same, history: History) -> bool:
    """Whether a commit changes the scope against every one of its parents: a merge that only brings one
    side's state writes nothing. A commit that cannot be read counts as one that does."""
    commit = history.fetch(sha)
    return commit is None or not any(same(commit, parent) for parent in history.parents(commit))
