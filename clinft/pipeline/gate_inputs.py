"""What the gate decides on, gathered from one project's results; the same for laptop, checks and training."""

import json
from collections.abc import Sequence
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.audit import AuditReport
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.decision import Approval, GateDecision
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.prompt_assessment import PromptAssessment
from clinft.errors import ClinftError
from clinft.pipeline import attempts
from clinft.pipeline.context import Context
from clinft.pipeline.deployment import baseline_name, baseline_run
from clinft.pipeline.known_job import is_paid
from clinft.pipeline.ledger import spent_in_month
from clinft.pipeline.lifecycles import lifecycle_of
from clinft.pipeline.plan import assess_inputs, plan_of
from clinft.pipeline.regressing import approved_run
from clinft.stages import gate, handling

APPROVALS = "approvals.json"


def gather(context: Context) -> gate.GateInputs:
    """Everything but the approvals."""
    prepared = context.need("prepare", PreparedDataset)
    audited = context.need("audit", AuditReport)
    estimated = context.need("estimate", CostEstimate)
    spec, now = context.loaded.spec, context.services.clock.now()
    plan_digest = plan_of(context).digest
    found = assessment_of(context)
    # Like a baseline that is missing: it must not show when the money is spent.
    approved_run(context)
    return gate.GateInputs(
        spec=spec,
        policy=context.policy,
        policy_sha256=context.policy_sha256,
        plan_digest=plan_digest,
        prepared=prepared.payload,
        prepare_digest=prepared.digest,
        audit=audited.payload,
        audit_digest=audited.digest,
        audit_is_current=_is_current(context, audited.payload),
        estimate=estimated.payload,
        estimate_digest=estimated.digest,
        approvals=(),
        mode=context.mode,
        baseline_run_id=baseline_name(baseline) if (baseline := baseline_run(context)) else None,
        today=now.date(),
        lifecycle=lifecycle_of(spec.training.provider, spec.training.base_model),
        spent_this_month_usd=spent_in_month(context.repository / "projects", now, plan_digest)
        + context.reserved_usd,
        handling=handling.assess(spec, context.policy, now.date()),
        paid=is_paid(context),
        prompt_sufficient=found is not None
        and is_current(context, found[1])
        and found[1].payload.verdict == "PROMPT_SUFFICIENT",
    )


def approved(context: Context, unapproved: gate.GateInputs) -> gate.GateInputs:
    """With the approvals that count here: reviews on GitHub, a person's word on a laptop."""
    if context.reviewed is not None:
        return context.reviewed(context, unapproved)
    return gate.with_approvals(unapproved, _said_here(context, unapproved))


def _said_here(context: Context, unapproved: gate.GateInputs) -> Sequence[Approval]:
    """An approval given for an attempt at this very plan still holds; otherwise people are asked.

    Nobody is asked about a plan that other reasons refuse anyway.
    """
    earlier = attempts.find(context.paths, unapproved.plan_digest)
    decision = run_folder.load(earlier, "gate", GateDecision) if earlier else None
    if decision is not None and decision.payload.allowed:
        return decision.payload.approvals
    if gate.refused_for_other_reasons(unapproved):
        return ()
    approval = context.ask_approval(unapproved.estimate, unapproved.policy.required_for(context.name))
    return () if approval is None else (approval,)


def save_approvals(context: Context, decision: GateDecision) -> None:
    """`approvals.json`: who approved what, for whoever asks later without reading a decision."""
    run_folder.write_atomically(context.paths.work / APPROVALS, approvals_bytes(decision))


def approvals_bytes(decision: GateDecision) -> bytes:
    value = {
        "plan_digest": decision.plan_digest,
        "source": decision.source.model_dump(mode="json"),
        "approvals": [approval.model_dump(mode="json") for approval in decision.approvals],
    }
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def assessment_of(context: Context) -> tuple[Path, Artifact[PromptAssessment]] | None:
    """The newest assessment that lies here: just made, committed beside the spec, or of a run."""
    root = context.paths.root
    places = [context.paths.work, root, *sorted(root.glob("runs/*"))]
    found = []
    for place in places:
        try:
            artifact = run_folder.load(place, "assess", PromptAssessment)
        except ClinftError:
            continue  # a damaged or newer file is as good as none: it only advises
        if artifact is not None:
            found.append((place / "assess.json", artifact))
    return max(found, key=lambda pair: pair[1].created_at, default=None)


def is_current(context: Context, assessment: Artifact[PromptAssessment]) -> bool:
    """Whether it was made of this prompt, these records and this base model."""
    return assessment.inputs == assess_inputs(context)


def _is_current(context: Context, report: AuditReport) -> bool:
    return all(
        (path := context.paths.root / name).exists() and digest_file(path) == expected
        for name, expected in report.files_scanned.items()
    )
