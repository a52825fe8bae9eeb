"""A pull request of `mara` as GitHub tells it: commits `c1`... and reviews with growing ids and times."""

from collections.abc import Mapping, Sequence
from typing import Any

from clinft.artifacts.forge import Check, PullCommit, PullRequest, Review, Status
from clinft.spec.policy import Role
from clinft.stages.gate.merged import CHECKS
from clinft.stages.gate.reviews import Counted, Scope, count

BEFORE, PLAN, OTHER = "a" * 64, "b" * 64, "c" * 64
ROLES = {
    "ml": Role(people=("Ada", "both")),
    "privacy": Role(people=("sam", "both", "Mara")),
    "clinical": Role(people=("lee",)),
}
REQUIRED = {"ml": 1, "privacy": 1}


def review(person: str, state: str = "APPROVED", commit: str | None = "c1", **changes: Any) -> Review:
    made = {
        "id": 1,
        "person": person,
        "is_bot": False,
        "state": state,
        "commit": commit,
        "at": "2026-11-24T10:00:00+00:00",
        "has_text": False,
        **changes,
    }
    return Review.model_validate(made)


def in_order(*reviews: Review) -> tuple[Review, ...]:
    """The same reviews, a minute and an id apart."""
    return tuple(
        one.model_copy(update={"id": number, "at": f"2026-11-24T10:{number:02d}:00+00:00"})
        for number, one in enumerate(reviews, 1)
    )


def commit(sha: str, *people: str, unknown: bool = False) -> PullCommit:
    return PullCommit(sha=sha, people=people, unknown=unknown)


def check(name: str, conclusion: str | None = "success", app: str | None = "github-actions") -> Check:
    return Check(name=name, conclusion=conclusion, app=app)


def status(
    description: str, context: str = "clinft/plan/demo", creator: str = "github-actions[bot]"
) -> Status:
    return Status(context=context, state="success", description=description, creator=creator)


def pull(*reviews: Review, **changes: Any) -> PullRequest:
    made = PullRequest(
        number=7,
        author="mara",
        author_is_bot=False,
        from_fork=False,
        base_ref="main",
        head_ref="more-records",
        head_sha="d" * 40,
        merged=True,
        merge_sha="e" * 40,
        reviews=reviews,
        commits=(commit("c1", "mara"),),
        checks=tuple(check(name) for name in CHECKS),
        statuses=(),
    )
    return made.model_copy(update=changes)


def counted(
    *reviews: Review,
    commits: Sequence[PullCommit] = (commit("c1", "mara"),),
    plans: Mapping[str, str | None] | None = None,
    before: str | None = BEFORE,
    roles: Mapping[str, Role] = ROLES,
    required: Mapping[str, int] = REQUIRED,
    author: str = "mara",
) -> Counted:
    """`plans`: at each commit, one after the other; otherwise each holds the plan that is to be trained."""
    made = {one.sha: PLAN for one in commits} if plans is None else plans
    written, last = set(), before
    for one in commits:
        now = made.get(one.sha)
        if now is None or now != last:
            written.add(one.sha)
        last = now
    scope = Scope(what="plan", digest=PLAN, of_commit=made, written_in=written)
    return count(pull(*reviews, commits=tuple(commits), author=author), scope, roles, required)


def filled(found: Counted) -> list[tuple[str, str]]:
    return sorted((approval.role, approval.person) for approval in found.approvals)


def told(found: Counted) -> list[tuple[str, bool]]:
    """Number and whether it blocks, of every reason."""
    return [(reason.code.removeprefix("CLINFT-"), reason.blocks) for reason in found.reasons]
