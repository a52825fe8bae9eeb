"""The stages before money is spent: what each reads, calls and leaves behind."""

import tempfile
from pathlib import Path
from typing import Literal

from clinft.artifacts.audit import AuditReport, Provenance
from clinft.artifacts.canonical import digest_bytes, digest_file, digest_json
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.formatting import training_lines
from clinft.artifacts.jsonl import write_lines
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.prompt_assessment import PromptAssessment
from clinft.pipeline import assessment, audit_summary, calibration, costs, prices, summary
from clinft.pipeline.advising import advice_of
from clinft.pipeline.chat_check import check_records
from clinft.pipeline.context import SPLITS, Context
from clinft.pipeline.driver import Produced, Stage
from clinft.pipeline.gate_inputs import approved, gather, save_approvals
from clinft.pipeline.plan import assess_inputs, plan_of
from clinft.pipeline.prepared import brought, make, own_pack, prepare_stage
from clinft.spec.reached import agreed_price, endpoint_of
from clinft.spec.statement import load_statements
from clinft.stages import estimate, gate
from clinft.stages.assess import stage as assess
from clinft.stages.audit import stage as audit
from clinft.stages.audit.batch import Shard
from clinft.stages.audit.shards import Part

__all__ = ["assess_stage", "audit_shard", "audit_stage", "estimate_stage", "gate_stage", "prepare_stage"]

FORMATTED = ("train", "validation")
FORMATTED_FILES = tuple(f"data/formatted/{split}.jsonl" for split in FORMATTED)


def assess_stage() -> Stage:
    return Stage(
        "assess",
        assess.STAGE_VERSION,
        PromptAssessment,
        assess_inputs,
        assessment.measure,
        summary.of_assess,
    )


def audit_stage() -> Stage:
    def inputs(context: Context) -> dict[str, str]:
        return {
            "prepare": context.need("prepare", PreparedDataset).digest,
            "spec": context.loaded.spec_sha256,
            "prompt": context.loaded.prompt_sha256,
            "rules": audit.rules_digest(),
            "policy.audit": digest_json(context.policy.audit.model_dump(mode="json")),
            **_vouched_for(context),
            **_own_pack(context),
        }

    def execute(context: Context) -> Produced:
        prepared = context.need("prepare", PreparedDataset)
        files, how = audited_files(context), context.auditing
        provenance = Provenance(
            origin=context.loaded.spec.data.origin,
            generator=prepared.payload.generator,
            generator_version=prepared.payload.generator_version,
            seed=prepared.payload.seed,
            prepare_digest=prepared.digest,
            regenerated=_regenerated(context, prepared.payload),
            statements=load_statements(brought(context.paths.root)),
        )
        report = audit.audit(
            context.name,
            files,
            provenance,
            context.policy.audit,
            context.services.progress,
            workers=how.workers,
            elsewhere=how.elsewhere,
            parts=how.parts,
        )
        return Produced(report, FORMATTED_FILES)

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


def audited_files(context: Context) -> dict[str, Path]:
    """Name and path of all that is searched. Writes the formatted files; DigestMismatch, as `read_split`."""
    for split in FORMATTED:
        records, _ = context.read_split(split)
        write_lines(context.formatted_path(split), training_lines(context.loaded.prompt, records))
    names = (
        *(f"data/records/{split}.jsonl" for split in SPLITS),
        *FORMATTED_FILES,
        "prompt/prompt.md",
        "project.yaml",
        *_own_pack(context),
    )
    return {name: context.paths.root / name for name in names}


def audit_shard(context: Context, shard: Shard, workers: int | None) -> Part:
    """What one of several machines finds in its share of the project."""
    files = audited_files(context)
    policy, progress = context.policy.audit, context.services.progress
    return audit.audit_shard(context.name, files, policy, progress, shard, workers=workers)


def _own_pack(context: Context) -> dict[str, str]:
    """Name and digest of the team's domain pack, where one lies there, whether or not the spec names it."""
    pack = own_pack(context.paths.root)
    return {pack.name: digest_file(pack)} if pack.is_file() and not pack.is_symlink() else {}


def _vouched_for(context: Context) -> dict[str, str]:
    """What people stated about brought files; generated ones need nobody's word."""
    if context.loaded.spec.data.origin != "frozen":
        return {}
    given = load_statements(brought(context.paths.root))
    return {"statements": digest_json([one.model_dump(mode="json") for one in given])}


def _regenerated(context: Context, prepared: PreparedDataset) -> Literal["same", "different", "not_possible"]:
    """Generated records are made once more and compared: a file put in their place would differ."""
    if context.loaded.spec.data.origin != "generated":
        return "not_possible"
    with tempfile.TemporaryDirectory(prefix="clinft-audit-") as folder:
        again = make(context, Path(folder))
    same = all(again.splits[split].sha256 == prepared.splits[split].sha256 for split in SPLITS)
    return "same" if same else "different"


def estimate_stage() -> Stage:
    def inputs(context: Context) -> dict[str, str]:
        today = context.services.clock.now().date().isoformat()
        training, policy = context.loaded.spec.training, context.policy
        plan = plan_of(context)
        agreed, endpoint = agreed_price(policy, training), endpoint_of(policy, training)
        runner, earlier = policy.runners.get(training.runner), calibration.earlier(context.paths.runs, plan)
        read = {
            "budget": context.loaded.spec.budget.model_dump(mode="json"),
            "max_price_age_days": policy.budgets.max_price_age_days,
            "runner": None if runner is None else runner.model_dump(mode="json"),
            "agreed": None if agreed is None else agreed.model_dump(mode="json"),
            "endpoint": None if endpoint is None else endpoint.region,
            "earlier": None if earlier is None else earlier.model_dump(mode="json"),
        }
        return {
            "plan": plan.digest,
            "prices": prices.table_digest(),
            "day": digest_bytes(today.encode()),
            "budget": digest_json(read),
        }

    def execute(context: Context) -> Produced:
        plan = plan_of(context)
        check_records(context)
        training = costs.counted_split(context, plan.base_model, "train")
        payload = estimate.estimate(context.loaded.spec, plan, costs.facts_of(context, plan, training))
        return Produced(payload.model_copy(update={"advice": advice_of(context, training)}))

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
