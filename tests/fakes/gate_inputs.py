"""A gate that opens, as plain values; tests change one thing at a time."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from clinft.artifacts.audit import AuditReport, Authenticity, Finding, Provenance
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.decision import Approval
from clinft.artifacts.planning import BaseModelIdentity, CostEstimate, PriceBasis, TrainingPlan
from clinft.spec.eligibility import ProviderPolicy
from clinft.spec.policy import BudgetPolicy, Policy, Role, Runner, Waiver
from clinft.stages.gate import GateInputs, decide
from tests.fakes.audit_reports import finding
from tests.fakes.specs import project_spec

TODAY = date(2026, 11, 24)
FILE = "data/records/train.jsonl"  # in which `finding` finds
FILE_SHA256 = "7" * 64
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
    roles={"ml": Role(people=("ada",)), "privacy": Role(people=("Sam",)), "clinical": Role(people=("lee",))},
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
    authenticity=Authenticity(provenance=Provenance(origin="generated")),
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


def approval(role: str = "local", person: str = "ada", **changes: Any) -> Approval:
    said = {"role": role, "person": person, "plan_digest": PLAN.digest, "kind": "yes_flag", **changes}
    return Approval.model_validate(said)


def reviewed(role: str, person: str, **changes: Any) -> Approval:
    return approval(role, person, kind="review", **changes)


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
    today=TODAY,
)
# On GitHub, approved by two people in the two roles.
TRAIN = replace(INPUTS, mode="train", approvals=(reviewed("ml", "ada"), reviewed("privacy", "sam")))


def with_policy(inputs: GateInputs, **changes: Any) -> GateInputs:
    return replace(inputs, policy=inputs.policy.model_copy(update=changes))


def with_spec(inputs: GateInputs, **changes: Any) -> GateInputs:
    """`changes` as in a spec's YAML, section by section."""
    return replace(inputs, spec=project_spec(**changes))


def priced(inputs: GateInputs, upper: str, **changes: Any) -> GateInputs:
    changed = {"cost_usd_upper": Decimal(upper), **changes}
    return replace(inputs, estimate=inputs.estimate.model_copy(update=changed))


def audit(*severities: str, **changes: Any) -> AuditReport:
    """A failed audit with one finding of each given severity, numbered from 1."""
    found: tuple[Finding, ...] = tuple(
        finding(severity, number, "PERSON", "A") for number, severity in enumerate(severities, 1)
    )
    made = {
        "verdict": "FAIL",
        "by_severity": {name: severities.count(name) for name in AUDIT.by_severity},
        "findings": found,
        "files_scanned": {FILE: FILE_SHA256},
        **changes,
    }
    return AUDIT.model_copy(update=made)


def waiver(number: int = 1, **changes: Any) -> Waiver:
    made = {
        "project": "demo",
        "finding": f"{number:016x}",
        "file_sha256": FILE_SHA256,
        "reason": "an eponym, not a person",
        "owner": "sam",
        "given": "2026-10-15",
        "expires": "2026-11-24",
        **changes,
    }
    return Waiver.model_validate(made)


def codes(inputs: GateInputs) -> list[str]:
    return [reason.code for reason in decide(inputs).reasons]


def blocking(inputs: GateInputs) -> list[str]:
    return [reason.code for reason in decide(inputs).reasons if reason.blocks]
