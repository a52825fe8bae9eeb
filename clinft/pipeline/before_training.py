"""The stages before money is spent: what each reads, calls and leaves behind."""

import tempfile
from pathlib import Path
from typing import Literal

from clinft.artifacts.audit import AuditReport, Provenance
from clinft.artifacts.canonical import digest_bytes, digest_json
from clinft.artifacts.data import Message, PreparedDataset
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.formatting import conversation, training_lines
from clinft.artifacts.jsonl import write_lines
from clinft.artifacts.planning import CostEstimate, PromptAssessment
from clinft.pipeline import audit_summary, prices, summary
from clinft.pipeline.context import SPLITS, Context
from clinft.pipeline.driver import NotRun, Produced, Stage
from clinft.pipeline.gate_inputs import approved, gather, save_approvals
from clinft.pipeline.plan import assess_inputs, identify, plan_of
from clinft.spec.statement import load_statements
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
    def execute(context: Context) -> Produced | NotRun:
        identity = identify(context)
        if identity.kind == "hosted":
            return NotRun("the base model is hosted: assessment through a provider's API is not built yet")
        dev, sha256 = context.read_split("dev")
        model = context.services.models.open(identity)
        return Produced(
            assess.assess(
                context.loaded.spec, context.loaded.prompt, dev, sha256, model, context.services.progress
            )
        )

    return Stage("assess", assess.STAGE_VERSION, PromptAssessment, assess_inputs, execute, summary.of_assess)


def audit_stage() -> Stage:
    def inputs(context: Context) -> dict[str, str]:
        return {
            "prepare": context.need("prepare", PreparedDataset).digest,
            "spec": context.loaded.spec_sha256,
            "prompt": context.loaded.prompt_sha256,
            "rules": audit.rules_digest(),
            "policy.audit": digest_json(context.policy.audit.model_dump(mode="json")),
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
        provenance = Provenance(
            origin=context.loaded.spec.data.origin,
            generator=prepared.payload.generator,
            generator_version=prepared.payload.generator_version,
            seed=prepared.payload.seed,
            prepare_digest=prepared.digest,
            regenerated=_regenerated(context, prepared.payload),
            statements=load_statements(context.paths.root / "synthetic"),
        )
        files = {name: context.paths.root / name for name in names}
        report = audit.audit(context.name, files, provenance, context.policy.audit, context.services.progress)
        return Produced(report, formatted)

    def same_data(context: Context) -> None:
        """An earlier audit says nothing about data that were changed since."""
        for split in SPLITS:
            context.check_split(split)

    return Stage(
        "audit",
        audit.STAGE_VERSION,
        AuditReport,
        inputs,
        execute,
        audit_summary.of_audit,
        before_keeping=same_data,
    )


def _regenerated(context: Context, prepared: PreparedDataset) -> Literal["same", "different", "not_possible"]:
    """Generated records are made once more and compared: a file put in their place would differ."""
    if context.loaded.spec.data.origin != "generated":
        return "not_possible"
    with tempfile.TemporaryDirectory(prefix="clinft-audit-") as folder:
        again = prepare.prepare(context.loaded.spec, Path(folder))
    same = all(again.splits[split].sha256 == prepared.splits[split].sha256 for split in SPLITS)
    return "same" if same else "different"


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
            training_bytes=sum(len(m.content.encode()) for turns in conversations for m in turns),
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
        decision = gate.decide(approved(context, gather(context)))
        save_approvals(context, decision)
        return Produced(decision)

    return Stage("gate", gate.STAGE_VERSION, GateDecision, inputs, execute, summary.of_gate, always=True)
