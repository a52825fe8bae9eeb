"""Reasons at train time: is what lies on main what people approved on the pull request?"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from clinft.artifacts.decision import Reason
from clinft.artifacts.forge import PullRequest
from clinft.stages.gate.inputs import no

# Checks of the head that must have succeeded, as GitHub Actions reported them.
CHECKS = ("prep", "hipaa-audit", "cost-estimate", "gate")
ACTIONS_APP = "github-actions"
STATUS_TEXT = re.compile(r"([0-9a-f]{64}) at most ([0-9]{1,12}(?:\.[0-9]{1,6})?) USD")
# Who raises `revision` gets the whole way again: checks, comment, approvals.
FRESH_PULL_REQUEST = (
    "Raise `revision` in project.yaml by one in a new pull request, so that this plan is approved."
)


@dataclass(frozen=True)
class MergedFacts:
    """One project on main, and the pull request that brought its plan there. Digests of plans."""

    pull: PullRequest | None  # None: the commit belongs to no merged pull request
    commit: str
    protected_branch: str
    plan_at_head: str | None
    plan_at_merge: str | None
    plan_now: str
    before: str | None  # the branch's commit before the merge; None where the merge has another shape
    shown_plan: str | None  # what the status on the head said


def merged_reasons(facts: MergedFacts) -> Iterable[Reason]:
    pull = facts.pull
    if pull is None:
        yield no(
            32,
            f"Commit {facts.commit[:12]} came to {facts.protected_branch} without a pull request.",
            FRESH_PULL_REQUEST + " Branch protection keeps direct pushes out.",
        )
        return
    if not pull.merged or pull.base_ref != facts.protected_branch:
        yield no(
            46,
            f"Pull request {pull.number} was not merged into {facts.protected_branch}.",
            FRESH_PULL_REQUEST,
        )
        return
    if pull.author_is_bot:
        yield no(
            55,
            f"Pull request {pull.number} was opened by a bot; a plan is somebody's intention.",
            FRESH_PULL_REQUEST,
        )
    if facts.before is None:
        yield no(
            56,
            f"Pull request {pull.number} was not merged the way GitHub merges: its commit on "
            f"{facts.protected_branch} has other parents than the branch and the pull request's head.",
            FRESH_PULL_REQUEST,
        )
    if pull.from_fork:
        yield no(
            49,
            f"Pull request {pull.number} came from a fork, where no comment shows what would be trained.",
            "A maintainer pushes the branch to this repository; raise `revision` there by one.",
        )
    if facts.plan_at_head is None or facts.plan_at_head != facts.plan_at_merge:
        yield no(
            33,
            f"What pull request {pull.number} showed and what its merge made of it are different plans: "
            "the base branch had moved.",
            FRESH_PULL_REQUEST,
        )
    elif facts.plan_at_merge != facts.plan_now:
        yield no(
            45,
            f"The plan of pull request {pull.number} is no longer the plan on {facts.protected_branch}.",
            "The newer pull request decides; nothing needs to be done for this one.",
        )
    if facts.shown_plan is not None and facts.shown_plan != facts.plan_now:
        yield no(
            34,
            f"Pull request {pull.number} showed another plan than clinft computes now; "
            "usually clinft was updated in between.",
            FRESH_PULL_REQUEST,
        )
    yield from check_reasons(pull)


def check_reasons(pull: PullRequest) -> Iterable[Reason]:
    """Missing, running and skipped are not success."""
    by_name: Mapping[str, str | None] = {
        check.name: check.conclusion for check in pull.checks if check.app == ACTIONS_APP
    }
    bad = [f"{name} ({by_name.get(name) or 'missing'})" for name in CHECKS if by_name.get(name) != "success"]
    if bad:
        yield no(
            35,
            f"Not every check of {pull.head_sha[:12]} succeeded: {', '.join(bad)}.",
            "Run the failed checks of the pull request again, then the gate on the protected branch.",
        )


def shown(pull: PullRequest, context: str, publisher: str) -> tuple[str | None, Decimal | None]:
    """Plan digest and upper bound that our status on the head showed: `<64 hex> at most 1.23 USD`."""
    for status in pull.statuses:
        if status.context == context and status.creator == publisher.lower():
            found = STATUS_TEXT.fullmatch(status.description)
            # A status of ours that says something else is not what clinft wrote: no plan equals it.
            return (found[1], Decimal(found[2])) if found else ("unreadable", None)
    return None, None


def status_text(plan_digest: str, upper: Decimal) -> str:
    """What `shown` reads back; GitHub allows 140 characters."""
    return f"{plan_digest} at most {upper:f} USD"
