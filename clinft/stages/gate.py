"""The gate: a pure decision whether this plan may be trained, with a code and a way out for each no."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from clinft.artifacts.data import AuditReport, PreparedDataset
from clinft.artifacts.decision import Approval, GateDecision, Reason
from clinft.artifacts.planning import CostEstimate
from clinft.spec.policy import Policy
from clinft.spec.project import ProjectSpec

STAGE_VERSION = 1
LOCAL_ROLE = "local"


@dataclass(frozen=True)
class GateInputs:
    """Everything the decision rests on; digests are those of the artifacts as they lie on disk."""

    spec: ProjectSpec
    policy: Policy
    policy_sha256: str
    plan_digest: str
    prepared: PreparedDataset
    prepare_digest: str
    audit: AuditReport
    audit_digest: str
    audit_is_current: bool  # the files it read are, byte for byte, the files that would be trained
    estimate: CostEstimate
    estimate_digest: str
    approvals: Sequence[Approval]
    mode: Literal["local", "github"]
    baseline_run_id: str | None


def decide(inputs: GateInputs) -> GateDecision:
    required = (LOCAL_ROLE,) if inputs.mode == "local" else inputs.policy.required_roles
    reasons = (
        *_data_reasons(inputs),
        *_money_reasons(inputs),
        *_policy_reasons(inputs),
        *_approval_reasons(inputs, required),
    )
    return GateDecision(
        allowed=not any(reason.blocks for reason in reasons),
        plan_digest=inputs.plan_digest,
        reasons=reasons,
        approvals=tuple(inputs.approvals),
        required_roles=required,
        mode=inputs.mode,
        prepare_digest=inputs.prepare_digest,
        audit_digest=inputs.audit_digest,
        estimate_digest=inputs.estimate_digest,
        policy_sha256=inputs.policy_sha256,
    )


def with_approvals(inputs: GateInputs, approvals: Sequence[Approval]) -> GateInputs:
    return replace(inputs, approvals=tuple(approvals))


def refused_for_other_reasons(inputs: GateInputs) -> bool:
    """True where even full approval would not open the gate: asking people would waste their time."""
    other = (*_data_reasons(inputs), *_money_reasons(inputs), *_policy_reasons(inputs))
    return any(reason.blocks for reason in other)


def _no(number: int, message: str, way_out: str) -> Reason:
    return Reason(code=f"CLINFT-G{number:03d}", blocks=True, message=message, way_out=way_out)


def _data_reasons(inputs: GateInputs) -> Iterable[Reason]:
    audit = inputs.audit
    if audit.verdict != "PASS":
        counts = ", ".join(f"{count} {name}" for name, count in audit.by_severity.items() if count)
        yield _no(
            1,
            f"The audit did not pass: {counts}.",
            "Open HIPAA findings with `clinft audit`, correct the data or the prompt, and run again.",
        )
    if not inputs.audit_is_current:
        yield _no(
            2,
            "A file that was audited (records, formatted files, prompt or spec) has changed since.",
            "Run `clinft audit` again; if nobody changed a file on purpose, look at its history first.",
        )
    if inputs.prepared.shared_scenarios or inputs.prepared.shared_styles:
        yield _no(
            3,
            "Training and test share scenarios or note styles, so a gain could not be believed.",
            "Run `clinft prepare` again with the generator's own splits.",
        )
    if inputs.baseline_run_id is not None and not inputs.spec.regression.margins:
        yield _no(
            4,
            "A model is deployed but regression.margins is empty.",
            "State in project.yaml how much worse each metric may get.",
        )


def _money_reasons(inputs: GateInputs) -> Iterable[Reason]:
    estimate, budget = inputs.estimate, inputs.spec.budget
    if estimate.plan_digest != inputs.plan_digest:
        yield _no(5, "The cost estimate belongs to another plan.", "Run `clinft estimate` again.")
    if estimate.cost_usd_upper > budget.max_usd:
        yield _no(
            6,
            f"The upper estimate of {estimate.cost_usd_upper} USD is above the spec's budget of "
            f"{budget.max_usd} USD.",
            "Train on less, choose a cheaper model, or raise budget.max_usd for approval.",
        )
    if estimate.cost_usd_upper > inputs.policy.budgets.per_run_usd:
        yield _no(
            7,
            f"The upper estimate of {estimate.cost_usd_upper} USD is above the policy's "
            f"{inputs.policy.budgets.per_run_usd} USD per run.",
            "Ask the owners of .github/clinft.yml to raise budgets.per_run_usd.",
        )
    if estimate.minutes_upper is not None and estimate.minutes_upper > budget.max_hours * 60:
        yield _no(
            8,
            f"The upper estimate of {estimate.minutes_upper:.0f} minutes is above budget.max_hours.",
            "Train fewer steps or raise budget.max_hours for approval.",
        )


def _policy_reasons(inputs: GateInputs) -> Iterable[Reason]:
    training, policy = inputs.spec.training, inputs.policy
    if training.provider not in policy.providers:
        yield _no(
            9,
            f"The policy does not list the provider {training.provider}.",
            "Choose one of .github/clinft.yml's providers or ask its owners to add it.",
        )
    if training.runner not in policy.runners:
        yield _no(
            10,
            f"The policy does not list the runner {training.runner}.",
            "Choose one of .github/clinft.yml's runners or ask its owners to add it.",
        )


def _approval_reasons(inputs: GateInputs, required: Sequence[str]) -> Iterable[Reason]:
    current = [approval for approval in inputs.approvals if approval.plan_digest == inputs.plan_digest]
    if len(current) < len(inputs.approvals):
        yield Reason(
            code="CLINFT-G013",
            blocks=False,
            message="An approval of another plan was left out.",
            way_out="Approve this plan.",
        )
    if inputs.mode == "local" and not inputs.policy.local_approval:
        yield _no(
            14,
            "The policy does not accept approvals on a laptop.",
            "Open a pull request; its approvals count.",
        )
    if inputs.mode == "github" and any(approval.kind != "review" for approval in current):
        yield _no(
            15,
            "A local approval was offered to a GitHub run.",
            "Approve the pull request on GitHub.",
        )
    given = {approval.role: approval.person for approval in current}
    for role in required:
        if role not in given:
            yield _no(
                11,
                f"Nobody has approved this plan in the role {role}.",
                "On a laptop: answer the question or pass --yes. On GitHub: approve the pull request.",
            )
    if len(set(given.values())) < len(given):
        yield _no(16, "One person filled two roles.", "Ask a second person to approve in the other role.")
