"""One project's decision: may this plan be trained?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from clinft.artifacts.decision import Approval, GateDecision, Reason, lowest
from clinft.stages.gate.approvals import approval_reasons
from clinft.stages.gate.data import data_reasons, waived
from clinft.stages.gate.inputs import LOCAL_ROLE, GateInputs, wanted_people
from clinft.stages.gate.money import money_reasons
from clinft.stages.gate.places import place_reasons

# About what is bought: money, hosting, and days until which a base model can be trained and served.
BUYING = frozenset(f"CLINFT-G{number:03d}" for number in (6, 7, 8, 18, 19, 22, 26, 69, 70, 71))


def decide(inputs: GateInputs) -> GateDecision:
    required = _required(inputs)
    reasons = (*_other(inputs), *approval_reasons(inputs, required))
    counted = waived(inputs)
    return GateDecision(
        allowed=not any(reason.blocks for reason in reasons),
        plan_digest=inputs.plan_digest,
        reasons=reasons,
        approvals=tuple(inputs.approvals),
        required_roles=tuple(required),
        mode=inputs.mode,
        source=inputs.source,
        waived=tuple(finding.id for finding in counted.findings),
        waivers=counted.waivers,
        cost_bound_usd=lowest(
            inputs.spec.budget.max_usd, inputs.policy.per_run_usd(inputs.spec.name), inputs.shown_usd
        ),
        prepare_digest=inputs.prepare_digest,
        audit_digest=inputs.audit_digest,
        estimate_digest=inputs.estimate_digest,
        policy_sha256=inputs.policy_sha256,
        handling=inputs.handling,
    )


def with_approvals(inputs: GateInputs, approvals: Sequence[Approval]) -> GateInputs:
    return replace(inputs, approvals=tuple(approvals))


def refused_for_other_reasons(inputs: GateInputs) -> bool:
    """True where even full approval would not open the gate: asking people would waste their time."""
    return any(reason.blocks for reason in _other(inputs))


def _other(inputs: GateInputs) -> Iterable[Reason]:
    reasons = (*data_reasons(inputs), *money_reasons(inputs), *place_reasons(inputs))
    if not inputs.paid:
        return reasons
    # A job of this plan exists: going on with it buys nothing, and giving it up would lose what was paid.
    return tuple(one.model_copy(update={"blocks": False}) if one.code in BUYING else one for one in reasons)


def _required(inputs: GateInputs) -> Mapping[str, int]:
    if inputs.mode == "local":
        return {LOCAL_ROLE: 1}
    if inputs.required is not None:
        return inputs.required
    return wanted_people(inputs.policy, inputs.spec.name)
