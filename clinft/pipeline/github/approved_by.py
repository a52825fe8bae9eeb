"""Are the approvals in a run's evidence reviews that GitHub knows, by people who held the role?

The gate's decision in a bundle was made on the machine that trains. It allowed the work, after the gate on a
fresh machine had; what stays in the repository as who approved is compared with GitHub once more.
"""

from collections.abc import Callable

from clinft.artifacts.decision import Approval, GateDecision
from clinft.artifacts.forge import PullRequest
from clinft.errors import DigestMismatch
from clinft.pipeline.github.shape import before_merge
from clinft.ports.forge import ForgeReader
from clinft.ports.history import History
from clinft.spec.policy import Policy
from clinft.stages.gate.approvals import missing
from clinft.stages.gate.inputs import wanted_people


def check_approvals(
    decision: GateDecision,
    project: str,
    number: int | None,
    reader: ForgeReader,
    history: History,
    policy_of: Callable[[str], Policy],
) -> None:
    """`number`: of the pull request that brought the plan, as the job that started the run has noted it.

    Which roles are wanted is computed here. Raises DigestMismatch for an approval that GitHub does not know.
    """
    if number is None:
        raise _unlike("nothing notes which pull request brought the plan")
    source, pull = decision.source, reader.pull_request(number)
    if (source.pull_request, source.head_sha, source.merge_sha) != (number, pull.head_sha, pull.merge_sha):
        raise _unlike("it names another pull request or other commits than those that brought the plan")
    before = before_merge(history, reader, pull)
    if before is None or source.approvers_from != before:
        raise _unlike("it takes the approvers from another policy than the one before the pull request")
    policy = policy_of(before)
    required = wanted_people(policy, project)
    if set(decision.required_roles) != required.keys():
        raise _unlike("it asks for other roles than the policy")
    for approval in decision.approvals:
        people = {person.lower() for person in policy.role_of(approval.role, project).people}
        if approval.plan_digest != decision.plan_digest or approval.person.lower() not in people:
            raise _unlike("an approval in it is of another plan or role")
        if not _given(approval, pull):
            raise _unlike("an approval in it is none that GitHub knows")
    if any(missing(decision.approvals, required)):
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
