"""The stages before money is spent: what each reads, calls and leaves behind."""

from collections.abc import Sequence

from pydantic import JsonValue

from clinft.artifacts.canonical import digest_bytes, digest_file, digest_json
from clinft.artifacts.data import AuditReport, Message, PreparedDataset
from clinft.artifacts.decision import Approval, GateDecision
from clinft.artifacts.formatting import conversation, training_lines
from clinft.artifacts.jsonl import write_lines
from clinft.artifacts.planning import BaseModelIdentity, CostEstimate, PromptAssessment, TrainingPlan
from clinft.pipeline import attempts, prices, summary
from clinft.pipeline.context import SPLITS, Context
from clinft.pipeline.deployment import baseline_run
from clinft.pipeline.driver import NotRun, Produced, Stage
from clinft.run_folder import load
from clinft.stages import assess, estimate, gate
from clinft.stages.audit import stage as audit
from clinft.stages.prepare import stage as prepare

FORMATTED = ("train", "validation")


def prepare_stage() -> Stage:
    def inputs(context: Context) -> dict[str, str]:
        spec = context.loaded.spec
        read = {
            "data": spec.data.model_dump(mode="json"),
            "labels": list(spec.task.labels),
            "domain": spec.clinical_domain,
        }
        return {"spec.data": digest_json(read), "tables": prepare.tables_digest()}

    def execute(context: Context) -> Produced:
        payload = prepare.prepare(context.loaded.spec, context.paths.records)
        return Produced(payload, tuple(f"data/records/{split}.jsonl" for split in SPLITS))

    return Stage("prepare", prepare.STAGE_VERSION, PreparedDataset, inputs, execute, summary.of_prepare)


def assess_stage() -> Stage:
    def inputs(context: Context) -> dict[str, str]:
        spec = context.loaded.spec
        read = {
            "prompt": spec.prompt.model_dump(mode="json"),
            "thresholds": [threshold.model_dump(mode="json") for threshold in spec.evaluation.thresholds],
            "labels": list(spec.task.labels),
        }
        prepared = context.need("prepare", PreparedDataset).payload
        return {
            "dev": prepared.splits["dev"].sha256,
            "prompt": context.loaded.prompt_sha256,
            "base_model": _identify(context).digest,
            "spec.prompt": digest_json(read),
        }

    def execute(context: Context) -> Produced | NotRun:
        identity = _identify(context)
        if identity.kind == "hosted":
            return NotRun("the base model is hosted: assessment through a provider's API is not built yet")
        dev, sha256 = context.read_split("dev")
        model = context.services.models.open(identity)
        return Produced(
            assess.assess(
                context.loaded.spec, context.loaded.prompt, dev, sha256, model, context.services.progress
            )
        )

    return Stage("assess", assess.STAGE_VERSION, PromptAssessment, inputs, execute, summary.of_assess)


def audit_stage() -> Stage:
    def inputs(context: Context) -> dict[str, str]:
        return {
            "prepare": context.need("prepare", PreparedDataset).digest,
            "spec": context.loaded.spec_sha256,
            "prompt": context.loaded.prompt_sha256,
            "rules": audit.rules_digest(),
        }

    def execute(context: Context) -> Produced:
        prepared = context.need("prepare", PreparedDataset)
        for split in FORMATTED:
            records, _ = context.read_split(split)
            write_lines(context.formatted_path(split), training_lines(context.loaded.prompt, records))
        formatted = tuple(f"data/formatted/{split}.jsonl" for split in FORMATTED)
        names = (
            *(f"data/records/{split}.jsonl" for split in SPLITS),
            *formatted,
            "prompt/prompt.md",
            "project.yaml",
        )
        evidence: dict[str, JsonValue] = {
            "source": context.loaded.spec.data.source,
            "generator": prepared.payload.generator,
            "generator_version": prepared.payload.generator_version,
            "seed": prepared.payload.seed,
            "prepare_digest": prepared.digest,
        }
        files = {name: context.paths.root / name for name in names}
        report = audit.audit(context.name, files, evidence, context.services.progress)
        return Produced(report, formatted)

    return Stage("audit", audit.STAGE_VERSION, AuditReport, inputs, execute, summary.of_audit)


def plan_of(context: Context) -> TrainingPlan:
    """The plan of what lies here now: computed again wherever it matters, never believed."""
    spec = context.loaded.spec
    prepared = context.need("prepare", PreparedDataset).payload
    recipe = spec.training.model_dump(
        mode="json", exclude={"provider", "base_model", "base_model_revision", "runner", "region"}
    )
    return TrainingPlan(
        project=spec.name,
        task={"kind": spec.task.kind, "labels": list(spec.task.labels)},
        data={"source": spec.data.source, "origin": spec.data.origin},
        recipe=recipe,
        records={split: prepared.splits[split].sha256 for split in SPLITS},
        prompt=context.loaded.prompt_sha256,
        base_model=_identify(context),
        provider=spec.training.provider,
        region=spec.training.region,
        runner=spec.training.runner,
        revision=spec.revision,
    )


def estimate_stage() -> Stage:
    def inputs(context: Context) -> dict[str, str]:
        today = context.services.clock.now().date().isoformat()
        return {
            "plan": plan_of(context).digest,
            "prices": prices.table_digest(),
            "day": digest_bytes(today.encode()),
            "budget": digest_json(context.loaded.spec.budget.model_dump(mode="json")),
        }

    def execute(context: Context) -> Produced:
        spec, prompt = context.loaded.spec, context.loaded.prompt
        plan = plan_of(context)
        records, _ = context.read_split("train")
        conversations = [
            (*conversation(prompt, record.text), Message(role="assistant", content=record.target))
            for record in records
        ]
        counts = context.services.models.count_tokens(plan.base_model, conversations)
        payload = estimate.estimate(
            spec,
            plan,
            training_tokens=None if counts is None else sum(counts),
            training_characters=sum(len(m.content) for turns in conversations for m in turns),
            training_samples=len(records),
            price=prices.price_of(spec.training.provider, spec.training.base_model),
            throughput=prices.throughput_of(spec.training),
        )
        return Produced(payload)

    return Stage("estimate", estimate.STAGE_VERSION, CostEstimate, inputs, execute, summary.of_estimate)


def gate_stage() -> Stage:
    def inputs(context: Context) -> dict[str, str]:
        return {
            "prepare": context.need("prepare", PreparedDataset).digest,
            "audit": context.need("audit", AuditReport).digest,
            "estimate": context.need("estimate", CostEstimate).digest,
            "policy": context.policy_sha256,
        }

    def execute(context: Context) -> Produced:
        return Produced(gate.decide(_gate_inputs(context)))

    return Stage("gate", gate.STAGE_VERSION, GateDecision, inputs, execute, summary.of_gate, always=True)


def _gate_inputs(context: Context) -> gate.GateInputs:
    prepared = context.need("prepare", PreparedDataset)
    audited = context.need("audit", AuditReport)
    estimated = context.need("estimate", CostEstimate)
    unapproved = gate.GateInputs(
        spec=context.loaded.spec,
        policy=context.policy,
        policy_sha256=context.policy_sha256,
        plan_digest=plan_of(context).digest,
        prepared=prepared.payload,
        prepare_digest=prepared.digest,
        audit=audited.payload,
        audit_digest=audited.digest,
        audit_is_current=_audit_is_current(context, audited.payload),
        estimate=estimated.payload,
        estimate_digest=estimated.digest,
        approvals=(),
        mode=context.mode,
        baseline_run_id=baseline.name if (baseline := baseline_run(context)) else None,
    )
    return gate.with_approvals(unapproved, _approvals(context, unapproved))


def _approvals(context: Context, unapproved: gate.GateInputs) -> Sequence[Approval]:
    """An approval given for an attempt at this very plan still holds; otherwise people are asked.

    Nobody is asked about a plan that other reasons refuse anyway.
    """
    earlier = attempts.find(context.paths, unapproved.plan_digest)
    decision = load(earlier, "gate", GateDecision) if earlier else None
    if decision is not None and decision.payload.allowed:
        return decision.payload.approvals
    if gate.refused_for_other_reasons(unapproved):
        return ()
    approval = context.ask_approval(unapproved.estimate, unapproved.policy.required_roles)
    return () if approval is None else (approval,)


def _audit_is_current(context: Context, report: AuditReport) -> bool:
    return all(
        (path := context.paths.root / name).exists() and digest_file(path) == expected
        for name, expected in report.files_scanned.items()
    )


def _identify(context: Context) -> BaseModelIdentity:
    training = context.loaded.spec.training
    return context.services.models.identify(training.base_model, training.base_model_revision)
