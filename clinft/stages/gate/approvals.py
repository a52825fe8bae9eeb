"""Reasons of approval: is every role filled, by a person of its own, for exactly this plan?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from clinft.artifacts.decision import Approval, Reason
from clinft.stages.gate.inputs import LOCAL_ROLE, GateInputs, no, note

LOCAL_WORD = no(15, "A local approval was offered to a GitHub run.", "Approve the pull request on GitHub.")
ON_A_LAPTOP = "Pass --yes, or answer the question that a terminal shows."
ON_GITHUB = (
    "A person whom .github/clinft.yml names in this role approves the pull request; "
    "after the merge, a late approval counts too."
)


def approval_reasons(inputs: GateInputs, required: Mapping[str, int]) -> Iterable[Reason]:
    current = [approval for approval in inputs.approvals if approval.plan_digest == inputs.plan_digest]
    if len(current) < len(inputs.approvals):
        yield note(13, "An approval of another plan was left out.", "Approve this plan.")
    yield from inputs.review_reasons
    if inputs.mode == "local" and not inputs.policy.local_approval:
        yield no(
            14,
            "The policy does not accept approvals on a laptop.",
            "Run it on GitHub Actions from the protected branch: there the pull request's approvals count.",
        )
    if inputs.mode != "local" and any(approval.kind != "review" for approval in current):
        yield LOCAL_WORD
    yield from missing(current, required)
    if inputs.prompt_sufficient and inputs.mode != "local":
        yield from _against_advice(current)


def missing(current: Sequence[Approval], required: Mapping[str, int]) -> Iterable[Reason]:
    people: dict[str, set[str]] = defaultdict(set)
    for approval in current:
        people[approval.role].add(approval.person.lower())
    for role, wanted in required.items():
        given = len(people[role])
        if given < wanted:
            yield no(
                11,
                f"Nobody has approved this in the role {role}."
                if wanted == 1
                else f"{given} of {wanted} people have approved this in the role {role}.",
                ON_A_LAPTOP if role == LOCAL_ROLE else ON_GITHUB,
                pending=True,
                role=role,
            )
    filled = [person for role in required for person in people[role]]
    if len(set(filled)) < len(filled):
        yield no(
            16,
            "One person filled two roles.",
            "Ask a second person to approve in the other role.",
            pending=True,
        )


def _against_advice(current: Sequence[Approval]) -> Iterable[Reason]:
    if not any(approval.role == "ml" and approval.has_reason for approval in current):
        yield no(
            25,
            "The assessment says that a prompt is sufficient, so training is not recommended.",
            "Do not train; or the ML reviewer writes into the approving review why it is needed anyway.",
            pending=True,
            role="ml",
        )
