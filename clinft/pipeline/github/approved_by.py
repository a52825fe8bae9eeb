"""Are the approvals in a run's evidence reviews that GitHub knows, by people who held the role?

The gate's decision in a bundle was made on the machine that trains. It allowed the work, after the gate on a
fresh machine had; what stays in the repository as who approved is compared with GitHub once more.
"""

from collections.abc import Callable

from clinft.artifacts.decision import Approval, GateDecision
from clinft.artifacts.forge import PullRequest
from clinft.errors import DigestMismatch
from clinft.ports.forge import ForgeReader
from clinft.spec.policy import Policy


def check_approvals(
    decision: GateDecision, project: str, reader: ForgeReader, policy_of: Callable[[str], Policy]
) -> None:
    """Raises DigestMismatch for an approval that GitHub does not know."""
    source = decision.source
    if source.pull_request is None or source.approvers_from is None:
        raise _unlike("it names no pull request")
    pull, policy = reader.pull_request(source.pull_request), policy_of(source.approvers_from)
    if (pull.head_sha, pull.merge_sha) != (source.head_sha, source.merge_sha):
        raise _unlike("it names other commits than the pull request has")
    for approval in decision.approvals:
        people = {person.lower() for person in policy.role_of(approval.role, project).people}
        if approval.person.lower() not in people or not _given(approval, pull):
            raise _unlike("an approval in it is none that GitHub knows")
    if set(decision.required_roles) - {approval.role for approval in decision.approvals}:
        raise _unlike("a role that is required has not approved")


def _given(approval: Approval, pull: PullRequest) -> bool:
    """A review that was dismissed since was given all the same; the gate asks which of them count."""
    return approval.kind == "review" and any(
        (review.id, review.person, review.commit) == (approval.review_id, approval.person, approval.commit)
        and review.state in ("APPROVED", "DISMISSED")
        for review in pull.reviews
    )


def _unlike(why: str) -> DigestMismatch:
    return DigestMismatch(
        f"The gate's decision in the bundle is not accepted: {why}.",
        "The machine that trains is at fault, or the policy's history was rewritten.",
        "Look at that machine before you start train again.",
    )
