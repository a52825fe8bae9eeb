from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from clinft.artifacts.data import AuditReport, PreparedDataset
from clinft.artifacts.decision import Approval
from clinft.artifacts.planning import BaseModelIdentity, CostEstimate, PriceBasis, TrainingPlan
from clinft.spec.eligibility import ProviderPolicy
from clinft.spec.policy import BudgetPolicy, Policy, Role, Runner
from clinft.stages.gate import GateInputs, decide, refused_for_other_reasons
from tests.fakes.specs import project_spec

PLAN = TrainingPlan(
    project="demo",
    task={"kind": "classification"},
    data={"source": "synthetic"},
    recipe={"method": "lora"},
    records={"train": "1" * 64},
    prompt="2" * 64,
    base_model=BaseModelIdentity(ref="builtin:fake", kind="fake", digest="0" * 64),
    provider="fake",
    region=None,
    runner="local",
    revision=1,
)
POLICY = Policy(
    version=1,
    roles={"ml": Role(), "privacy": Role()},
    budgets=BudgetPolicy(per_run_usd=Decimal(50), per_month_usd=Decimal(200)),
    providers={"fake": ProviderPolicy()},
    runners={"local": Runner()},
)
ESTIMATE = CostEstimate(
    plan=PLAN,
    plan_digest=PLAN.digest,
    training_tokens=1000,
    tokens_basis="tokenizer",
    n_epochs=1,
    billed_tokens=1000,
    price=PriceBasis(source="test", as_of="2026-01-01", usd_per_million_training_tokens=Decimal(5)),
    cost_usd=Decimal("1.00"),
    cost_usd_upper=Decimal("1.05"),
    minutes=10.0,
    minutes_upper=30.0,
    formula="test",
    throughput_basis="test",
    within_budget=True,
)
AUDIT = AuditReport(
    verdict="PASS",
    by_severity={"CRITICAL": 0, "HIGH": 0, "MEDIUM": 0, "LOW": 0, "INFO": 0},
    categories=(),
    findings=(),
    files_scanned={},
    records_scanned=1,
    characters_scanned=1,
    authenticity={},
    limits=(),
)
PREPARED = PreparedDataset(
    generator="diagnosis-notes",
    generator_version=1,
    seed=1,
    splits={},
    fields=(),
    shared_scenarios=0,
    shared_styles=0,
    duplicate_texts=0,
    terminology_release="test",
)


def approval(role: str = "local", person: str = "ada", **changes: str) -> Approval:
    said = {"role": role, "person": person, "plan_digest": PLAN.digest, "kind": "yes_flag", **changes}
    return Approval.model_validate(said)


INPUTS = GateInputs(
    spec=project_spec(),
    policy=POLICY,
    policy_sha256="3" * 64,
    plan_digest=PLAN.digest,
    prepared=PREPARED,
    prepare_digest="4" * 64,
    audit=AUDIT,
    audit_digest="5" * 64,
    audit_is_current=True,
    estimate=ESTIMATE,
    estimate_digest="6" * 64,
    approvals=(approval(),),
    mode="local",
    baseline_run_id=None,
    today=date(2026, 11, 24),
)


def blocking(inputs: GateInputs) -> set[str]:
    return {reason.code for reason in decide(inputs).reasons if reason.blocks}


def test_an_audited_priced_and_approved_plan_is_allowed() -> None:
    decision = decide(INPUTS)
    assert decision.allowed
    assert decision.reasons == ()
    assert (decision.prepare_digest, decision.audit_digest, decision.estimate_digest) == (
        "4" * 64,
        "5" * 64,
        "6" * 64,
    )


def without_margins() -> GateInputs:
    regression = INPUTS.spec.regression.model_copy(update={"margins": ()})
    return replace(
        INPUTS, spec=INPUTS.spec.model_copy(update={"regression": regression}), baseline_run_id="x-a1"
    )


def priced(**changes: object) -> GateInputs:
    return replace(INPUTS, estimate=ESTIMATE.model_copy(update=changes))


REFUSED = {
    "CLINFT-G001": replace(
        INPUTS,
        audit=AUDIT.model_copy(update={"verdict": "FAIL", "by_severity": {"CRITICAL": 1}}),
    ),
    "CLINFT-G002": replace(INPUTS, audit_is_current=False),
    "CLINFT-G003": replace(INPUTS, prepared=PREPARED.model_copy(update={"shared_styles": 1})),
    "CLINFT-G004": without_margins(),
    "CLINFT-G005": priced(plan_digest="9" * 64),
    "CLINFT-G006": priced(cost_usd_upper=Decimal("10.01")),
    "CLINFT-G008": priced(minutes_upper=61.0 * 24),
    "CLINFT-G009": replace(
        INPUTS, policy=POLICY.model_copy(update={"providers": {"peft": ProviderPolicy()}})
    ),
    "CLINFT-G010": replace(INPUTS, policy=POLICY.model_copy(update={"runners": {}})),
    "CLINFT-G011": replace(INPUTS, approvals=()),
    "CLINFT-G014": replace(INPUTS, policy=POLICY.model_copy(update={"local_approval": False})),
}


@pytest.mark.parametrize("code", sorted(REFUSED))
def test_each_refusal_stands_alone_with_its_code_and_a_way_out(code: str) -> None:
    decision = decide(REFUSED[code])
    assert not decision.allowed
    assert [reason.code for reason in decision.reasons if reason.blocks] == [code]
    assert all(reason.message and reason.way_out for reason in decision.reasons)


def test_the_policys_limit_holds_although_the_spec_allows_more() -> None:
    budget = INPUTS.spec.budget.model_copy(update={"max_usd": Decimal(1000)})
    spec = INPUTS.spec.model_copy(update={"budget": budget})
    assert blocking(replace(priced(cost_usd_upper=Decimal("50.01")), spec=spec)) == {"CLINFT-G007"}


def test_an_approval_of_another_plan_is_void() -> None:
    voided = replace(INPUTS, approvals=(approval(plan_digest="8" * 64),))
    assert blocking(voided) == {"CLINFT-G011"}
    assert "CLINFT-G013" in {reason.code for reason in decide(voided).reasons}


def test_a_local_approval_never_opens_a_github_run() -> None:
    said = (approval("ml", "ada"), approval("privacy", "bob"))
    assert blocking(replace(INPUTS, mode="train", approvals=said)) == {"CLINFT-G015"}


def test_reviews_by_two_people_open_a_github_run() -> None:
    said = (approval("ml", "ada", kind="review"), approval("privacy", "bob", kind="review"))
    assert decide(replace(INPUTS, mode="train", approvals=said)).allowed


def test_one_person_cannot_fill_two_roles() -> None:
    said = (approval("ml", "ada", kind="review"), approval("privacy", "ada", kind="review"))
    assert blocking(replace(INPUTS, mode="train", approvals=said)) == {"CLINFT-G016"}


def test_people_are_not_asked_about_a_plan_that_is_refused_anyway() -> None:
    assert refused_for_other_reasons(replace(REFUSED["CLINFT-G001"], approvals=()))
    assert not refused_for_other_reasons(replace(INPUTS, approvals=()))
