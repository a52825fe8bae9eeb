"""deployment.yaml names a verified run whose verdict allows it, or nothing."""

from dataclasses import replace

import pytest

from clinft.spec.policy import ProjectPolicy, Role
from clinft.stages.gate.deployment import DeploymentFacts, deployment_reasons, wanted_people
from tests.fakes.gate_inputs import POLICY

RUN = "0123456789ab-a1"
OTHER = "eeeeeeeeeeee-a1"
GOOD = DeploymentFacts(
    run_id=RUN,
    readable=True,
    on_base=True,
    succeeded=True,
    broken=(),
    recommendation="deploy",
    base_model_retired=False,
)


def test_a_verified_run_may_be_deployed_and_any_run_taken_back() -> None:
    assert list(deployment_reasons(GOOD)) == []
    nothing = DeploymentFacts(None, True, False, False, (), None, False)
    assert list(deployment_reasons(nothing)) == []
    against_it = replace(GOOD, compared_with=OTHER, deployed=OTHER)
    assert list(deployment_reasons(against_it)) == []
    # A run that was in use before comes back whatever it was once compared with.
    assert list(deployment_reasons(replace(GOOD, deployed=OTHER, deployed_before=True))) == []


@pytest.mark.parametrize(
    ("facts", "number", "says"),
    [
        (replace(GOOD, readable=False), 41, "names no run"),
        (replace(GOOD, readable=False, run_id=None), 41, "names no run"),
        (replace(GOOD, on_base=False), 41, "not on the base branch"),
        (replace(GOOD, succeeded=False), 41, "it did not succeed"),
        (replace(GOOD, broken=("gate → audit", "plan")), 41, "these links differ: gate → audit, plan"),
        (replace(GOOD, broken=("plan",), succeeded=False), 41, "these links differ: plan"),
        (replace(GOOD, recommendation="iterate"), 42, "is iterate, not deploy"),
        (replace(GOOD, recommendation="rollback"), 42, "is rollback, not deploy"),
        (replace(GOOD, recommendation=None), 42, "is missing, not deploy"),
        (replace(GOOD, recommendation="rollback", critical=True), 42, "is CRITICAL"),
        # Of two signs the graver one counts.
        (replace(GOOD, critical=True), 42, "is CRITICAL"),
        (replace(GOOD, base_model_retired=True), 22, "no longer served"),
        (replace(GOOD, weights_deleted=True), 61, "were deleted"),
        # Its verdict is FIRST or PASS, and meanwhile another model came into use, or the one in use left.
        (replace(GOOD, deployed=OTHER), 76, f"compared with no model in use, and now {OTHER} is in use"),
        (replace(GOOD, compared_with=OTHER), 76, f"compared with {OTHER}, and now no model is in use"),
        (replace(GOOD, compared_with=OTHER, deployed="ffffffffffff-a1"), 76, "ffffffffffff-a1 is in use"),
        (replace(GOOD, recommendation="iterate", deployed=OTHER), 42, "is iterate, not deploy"),
        # What cannot be verified has no verdict to speak of.
        (replace(GOOD, succeeded=False, recommendation=None), 41, "it did not succeed"),
        (replace(GOOD, on_base=False, recommendation="iterate", base_model_retired=True), 41, "base branch"),
    ],
)
def test_each_refusal_stands_alone(facts: DeploymentFacts, number: int, says: str) -> None:
    (reason,) = deployment_reasons(facts)
    assert (reason.code, reason.blocks, reason.pending) == (f"CLINFT-G{number:03d}", True, False)
    assert says in reason.message
    assert reason.way_out


def test_a_retired_model_is_said_beside_a_verdict() -> None:
    both = deployment_reasons(replace(GOOD, recommendation="iterate", base_model_retired=True))
    assert [reason.code for reason in both] == ["CLINFT-G042", "CLINFT-G022"]


def test_privacy_and_clinical_agree_whatever_a_run_needs() -> None:
    policy = POLICY.model_copy(update={"required_roles": ("ml",)})
    assert wanted_people(policy, "demo") == {"privacy": 1, "clinical": 1}


def test_a_project_may_want_more_and_an_undefined_role_still_wants_one() -> None:
    own = {"demo": ProjectPolicy(roles={"clinical": Role(people=("lee", "kim"), approvals=2)})}
    policy = POLICY.model_copy(update={"projects": own, "roles": {"ml": Role()}})
    assert wanted_people(policy, "demo") == {"privacy": 1, "clinical": 2}
    assert wanted_people(policy, "other") == {"privacy": 1, "clinical": 1}
