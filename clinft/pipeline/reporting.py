"""The last stage: from the evidence of a run to every file that people and other programs read."""

from typing import Any

import clinft
from clinft import run_folder
from clinft.artifacts.audit import AuditReport
from clinft.artifacts.canonical import digest_file, digest_json
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.model import TrainedModel
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.prompt_assessment import PromptAssessment
from clinft.artifacts.results import EvaluationReport, RegressionVerdict, RunReport
from clinft.pipeline import attempts, summary
from clinft.pipeline.context import Context
from clinft.pipeline.driver import Produced, Stage
from clinft.spec.policy import Policy, Waiver
from clinft.stages.report import stage as report
from clinft.stages.report.facts import RunFacts

EVIDENCE: dict[str, Any] = {
    "prepare": PreparedDataset,
    "audit": AuditReport,
    "estimate": CostEstimate,
    "gate": GateDecision,
    "train": TrainedModel,
    "evaluate": EvaluationReport,
    "regress": RegressionVerdict,
}


def report_stage() -> Stage:
    def inputs(context: Context) -> dict[str, str]:
        read = {"spec": context.loaded.spec_sha256, "prompt": context.loaded.prompt_sha256}
        waivers = _waivers(context, run_folder.parse(context.run_dir / "gate.json", GateDecision).payload)
        if waivers:
            read["policy.waivers"] = digest_json([one.model_dump(mode="json") for one in waivers])
        return {**_digests(context), **read}

    def execute(context: Context) -> Produced:
        attempts.copy_written(context, context.run_dir)
        facts = _facts(context)
        rendered = report.render(facts)
        for name, text in rendered.items():
            run_folder.write_atomically(context.run_dir / name, text.encode())
        for name in report.RENDERED - rendered.keys():
            # Of an earlier report with other documents: its numbers need not be those of this facts.json.
            (context.run_dir / name).unlink(missing_ok=True)
        for name, text in rendered.items():
            # The latest documents also lie where people look for them.
            if name in report.DOCUMENTS:
                run_folder.write_atomically(context.paths.root / name, text.encode())
        files = {name: digest_file(context.run_dir / name) for name in rendered}
        varying = {name: files.pop(name) for name in report.WITH_MEASURED if name in files}
        return Produced(
            RunReport(headline=report.headline(facts), rendered=files),
            tuple(f"run/{name}" for name in files),
            {f"sha256 of {name}": digest for name, digest in varying.items()},
        )

    return Stage("report", report.STAGE_VERSION, RunReport, inputs, execute, summary.of_report)


def _digests(context: Context) -> dict[str, str]:
    run = context.run_dir
    stages = [stage for stage in (*EVIDENCE, "assess") if (run / f"{stage}.json").exists()]
    return {stage: run_folder.read_digest(run / f"{stage}.json") for stage in stages}


def _facts(context: Context) -> RunFacts:
    run = context.run_dir
    artifacts: dict[str, Artifact[Any]] = {
        stage: run_folder.parse(run / f"{stage}.json", payload) for stage, payload in EVIDENCE.items()
    }
    if (run / "assess.json").exists():
        artifacts["assess"] = run_folder.parse(run / "assess.json", PromptAssessment)
    assessment = artifacts.get("assess")
    return RunFacts(
        spec=context.loaded.spec,
        prompt=context.loaded.prompt,
        run_id=run.name,
        prepared=artifacts["prepare"].payload,
        assessment=assessment.payload if assessment else None,
        audit=artifacts["audit"].payload,
        estimate=artifacts["estimate"].payload,
        decision=artifacts["gate"].payload,
        model=artifacts["train"].payload,
        measured={stage: artifact.measured for stage, artifact in artifacts.items()},
        evaluation=artifacts["evaluate"].payload,
        regression=artifacts["regress"].payload,
        digests={stage: artifact.digest for stage, artifact in artifacts.items()},
        versions={"clinft": clinft.__version__},
        waivers=_waivers(context, artifacts["gate"].payload),
        created={stage: artifact.created_at for stage, artifact in artifacts.items()},
        commits={stage: artifact.git_sha for stage, artifact in artifacts.items() if artifact.git_sha},
        notified=frozenset(
            context.policy.sinks[name].kind
            for name in context.loaded.spec.notify
            if name in context.policy.sinks
        ),
    )


def waivers_used(
    policy: Policy, policy_sha256: str, project: str, decision: GateDecision
) -> tuple[Waiver, ...]:
    """Who waived what, and why; none where the policy is not the one that decided any more."""
    if policy_sha256 != decision.policy_sha256:
        return ()
    mine = (one for one in policy.waivers if one.project == project)
    return tuple(one for one in mine if one.finding in decision.waived)


def _waivers(context: Context, decision: GateDecision) -> tuple[Waiver, ...]:
    return waivers_used(context.policy, context.policy_sha256, context.name, decision)
