"""Who agreed to evidence of a run that was brought into the repository?

A workflow of ours did, where GitHub's own list says so. Otherwise a person did: evidence stands for a
training, so the roles that a training needs must have looked at it, and nobody's own word is enough.
"""

from collections.abc import Iterator
from typing import Protocol

from clinft.artifacts.decision import Reason
from clinft.artifacts.forge import PullRequest
from clinft.pipeline.github.engine import Agreed
from clinft.pipeline.github.scopes import evidence_scope
from clinft.pipeline.github.shape import before_merge
from clinft.ports.forge import ForgeReader
from clinft.ports.history import History
from clinft.spec.policy import Policy
from clinft.stages.gate import no
from clinft.stages.gate.inputs import wanted_people
from clinft.stages.gate.reviews import count


class Vouched(Protocol):
    """Whether workflow runs of ours sealed what lies at a commit in a project's run.

    `disposals`: entries of its status that tell what was deleted later count as theirs.
    """

    def __call__(self, commit: str, project: str, run_id: str, *, disposals: bool) -> bool: ...


def evidence_reasons(
    history: History,
    reader: ForgeReader,
    agreed: Agreed,
    project: str,
    run_id: str,
    tip: str,
    vouched: Vouched | None = None,
) -> Iterator[Reason]:
    """What speaks against the evidence of a run as it lies at `tip`."""
    # What was deleted since was looked at when its pull request was judged.
    if vouched is not None and vouched(tip, project, run_id, disposals=True):
        return
    commit = history.newest(tip, [f"projects/{project}/runs/{run_id}"])
    number = None if commit is None else reader.pull_request_of(commit)
    pull = None if number is None else reader.pull_request(number)
    before = None if pull is None else before_merge(history, reader, pull)
    policy = None if before is None else agreed.policy(before)
    if pull is None or policy is None:
        yield no(
            54,
            f"The evidence of {run_id} came without a pull request under a policy that was agreed to.",
            "Bring it by a pull request that the roles of the project approve.",
        )
        return
    yield from brought_reasons(history, pull, policy, project, run_id, tip)


def brought_reasons(
    history: History, pull: PullRequest, policy: Policy, project: str, run_id: str, now: str
) -> Iterator[Reason]:
    """`policy`: that before the pull request. `now`: the commit at which the evidence is judged."""
    required = wanted_people(policy, project)
    roles = {role: policy.role_of(role, project) for role in required}
    counted = count(pull, evidence_scope(history, project, run_id, pull, now), roles, required)
    for role, wanted in required.items():
        if sum(approval.role == role for approval in counted.approvals) < wanted:
            yield no(
                54,
                f"Nobody has approved the evidence of {run_id} in the role {role}.",
                "A person of that role approves the pull request that brought it, also after the merge.",
                pending=True,
                role=role,
            )
    yield from counted.reasons
