"""Reasons about deployment.yaml: it names a verified run of this project whose verdict allows it."""

from collections.abc import Iterable
from dataclasses import dataclass

from clinft.artifacts.decision import Reason
from clinft.spec.policy import CLINICAL, PRIVACY, Policy
from clinft.stages.gate.inputs import no


@dataclass(frozen=True)
class DeploymentFacts:
    """What was found behind the line that deployment.yaml would hold; None where it is removed."""

    run_id: str | None
    readable: bool
    on_base: bool  # its evidence lies on the base branch, unchanged by this pull request
    succeeded: bool
    broken: tuple[str, ...]  # links of its chain of digests that differ
    recommendation: str | None  # of its regression verdict
    base_model_retired: bool
    weights_deleted: bool = False
    critical: bool = False  # its verdict is CRITICAL
    compared_with: str | None = None  # the model in use that its verdict is against; None: none was in use
    deployed: str | None = None  # in use now, by the base branch
    deployed_before: bool = False  # so this is a rollback


def wanted_people(policy: Policy, project: str) -> dict[str, int]:
    return {role: policy.role_of(role, project).approvals for role in (PRIVACY, CLINICAL)}


def deployment_reasons(facts: DeploymentFacts) -> Iterable[Reason]:
    if not facts.readable:
        yield no(
            41,
            "deployment.yaml names no run.",
            "It holds one line and nothing else: `run_id: <a run of this project>`.",
        )
        return
    if facts.run_id is None:
        return
    if not facts.on_base:
        yield no(
            41,
            f"deployment.yaml names {facts.run_id}, whose evidence is not on the base branch.",
            "Merge the run's results first; evidence and deployment never come in one pull request.",
        )
        return
    if facts.broken or not facts.succeeded:
        why = f"these links differ: {', '.join(facts.broken)}" if facts.broken else "it did not succeed"
        yield no(
            41,
            f"deployment.yaml names {facts.run_id}, which cannot be verified: {why}.",
            f"See `clinft verify` on {facts.run_id}; name a run whose chain holds.",
        )
    elif facts.critical:
        yield no(
            42,
            f"The verdict of {facts.run_id} is CRITICAL: the model did harm in its test.",
            "Nothing waives this. Leave deployment.yaml as it is; a corrected plan is a new run.",
        )
    elif facts.recommendation != "deploy":
        yield no(
            42,
            f"The verdict of {facts.run_id} is {facts.recommendation or 'missing'}, not deploy.",
            "Name a run whose report recommends deployment.",
        )
    elif facts.compared_with != facts.deployed and not facts.deployed_before:
        before = f"with {facts.compared_with}" if facts.compared_with else "with no model in use"
        now = f"{facts.deployed} is in use" if facts.deployed else "no model is in use"
        yield no(
            76,
            f"{facts.run_id} was compared {before}, and now {now}.",
            "Name a run that was compared with what is in use, or raise `revision` in project.yaml by one "
            "for a run that will be.",
        )
    if facts.weights_deleted:
        yield no(
            61,
            f"The weights of {facts.run_id} were deleted, as the policy's retention says.",
            "Name a run whose weights exist, or raise `revision` in project.yaml by one for a fresh run.",
        )
    if facts.base_model_retired:
        yield no(
            22,
            f"The base model of {facts.run_id} is no longer served.",
            "Name a run whose base model still lives.",
        )
