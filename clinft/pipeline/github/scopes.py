"""What an approval is given to, as a digest at every commit of a pull request: plan, deployment, engine."""

from collections.abc import Callable, Iterable

from clinft.artifacts.canonical import digest_json
from clinft.artifacts.forge import PullRequest
from clinft.pipeline.github.plans import Plans
from clinft.ports.history import History
from clinft.stages.gate.paths import classify
from clinft.stages.gate.reviews import Scope

Digest = Callable[[str], str | None]


def plan_scope(plans: Plans, project: str, pull: PullRequest, before: str, digest: str) -> Scope:
    """`digest`: the plan that is to be trained. Commits are read as data by this engine."""
    return _scope("plan", lambda commit: plans.digest(commit, project), plans.history, pull, before, digest)


def deployment_scope(history: History, project: str, pull: PullRequest, before: str, now: str) -> Scope:
    """`now`: the commit whose deployment.yaml is to be accepted."""

    def digest(commit: str) -> str | None:
        return deployment_digest(history, commit, project)

    wanted = digest(now) or ""
    return _scope("deployment", digest, history, pull, before, wanted)


def engine_scope(history: History, pull: PullRequest, before: str) -> Scope:
    """The engine as it stands on the head: everything outside projects/ that may change what judges."""

    def digest(commit: str) -> str | None:
        return engine_digest(history, commit)

    return _scope("engine", digest, history, pull, before, digest(pull.head_sha) or "")


def deployment_digest(history: History, commit: str, project: str) -> str | None:
    entries = history.entries(commit, f"projects/{project}/deployment.yaml")
    return digest_json([list(entry) for entry in entries])


def engine_digest(history: History, commit: str) -> str | None:
    entries = history.entries(commit)
    return digest_json([list(entry) for entry in entries if classify(entry.path)[0] in ("engine", "policy")])


def _scope(what: str, digest: Digest, history: History, pull: PullRequest, before: str, wanted: str) -> Scope:
    known: dict[str, str | None] = {}
    for commit in _commits(pull):
        if commit not in known:
            here = history.fetch(commit)
            known[commit] = None if here is None else digest(here)
    return Scope(what=what, digest=wanted, of_commit=known, before=digest(before))


def _commits(pull: PullRequest) -> Iterable[str]:
    yield pull.head_sha
    yield from (commit.sha for commit in pull.commits)
    yield from (review.commit for review in pull.reviews if review.commit is not None)
