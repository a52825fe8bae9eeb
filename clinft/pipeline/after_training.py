"""The stages that use the approved plan: train, measure, compare, report."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import clinft
from clinft import run_folder
from clinft.artifacts.audit import AuditReport
from clinft.artifacts.canonical import digest_file, digest_json
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.jsonl import iter_models, write_models
from clinft.artifacts.model import Job, TrainedModel
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.prompt_assessment import PromptAssessment
from clinft.artifacts.results import EvaluationReport, ItemResult, RegressionVerdict, RunReport
from clinft.errors import ClinftError, DigestMismatch, ServiceError, SpecError
from clinft.pipeline import attempts, known_job, summary
from clinft.pipeline.actual_cost import with_cost
from clinft.pipeline.chat_check import check_files
from clinft.pipeline.context import Context
from clinft.pipeline.deployment import ITEMS, baseline_evaluation, baseline_run, deployed_run
from clinft.pipeline.driver import Produced, Stage
from clinft.pipeline.foreign_text import presentable
from clinft.pipeline.hosted_model import hosted_models, tokens_used
from clinft.pipeline.known_job import JOB, has_ended, held, refuse_second
from clinft.pipeline.plan import plan_of
from clinft.pipeline.training_request import request_of, with_files
from clinft.ports.models import LanguageModel
from clinft.ports.training import TrainingProvider, TrainingRequest
from clinft.spec.policy import Policy, Waiver
from clinft.stages import train
from clinft.stages.evaluate import stage as evaluate
from clinft.stages.regress import stage as regress
from clinft.stages.report import stage as report
from clinft.stages.report.facts import RunFacts

EVENTS = "job_events.jsonl"
FORMATTED_FILES = ("data/formatted/train.jsonl", "data/formatted/validation.jsonl")
EVIDENCE = ("prepare", "audit", "estimate", "gate", "train", "evaluate", "regress")


def train_stage() -> Stage:
    """Its place is the attempt of this plan: an attempt that succeeded is never trained again."""

    def inputs(context: Context) -> dict[str, str]:
        audited = context.need("audit", AuditReport)
        return {"plan": plan_of(context).digest, **{name: audited.files[name] for name in FORMATTED_FILES}}

    def finished(context: Context) -> Artifact[Any] | None:
        # Whatever changed outside the plan, an attempt that succeeded is not paid for again.
        if context.run is None:
            return None
        return run_folder.load(context.run, "train", TrainedModel)

    def execute(context: Context) -> Produced:
        decision = context.need("gate", GateDecision).payload
        audited = context.need("audit", AuditReport).payload
        plan_digest = plan_of(context).digest
        permitted = _request(context, "not-yet-taken", plan_digest, context.paths.work)
        train.check_permission(permitted, decision, audited)
        train.check_evidence(decision, _evidence(context))
        provider = context.services.providers(context.loaded.spec.training.provider)
        there = held(context, attempts.open_attempt(context, plan_digest), provider, permitted)
        if there is None:
            _check_before_buying(context, provider, permitted)
        run = attempts.take_or_resume(context, plan_digest)
        context.run = run
        request = _request(context, run.name, plan_digest, run / "data")
        if there is None:
            refuse_second(provider, request)

        def save_job(job: Job) -> None:
            known_job.save(run, job.model_copy(update={"message": presentable(job.message)}))

        progress = context.services.progress
        try:
            payload = train.train(request, provider, progress, save_job, context.waits, there)
        except ServiceError:
            # A job that may still run, or may have been made, keeps its attempt: another would pay twice.
            if not provider.hosted or has_ended(run):
                attempts.update(run, status="failed")
            raise
        finally:
            save_events(run, provider, request)
        job = Job.model_validate_json((run / JOB).read_bytes())
        weights = tuple(f"run/data/{payload.fine_tuned_model}/{name}" for name in payload.weights)
        priced = context.need("estimate", CostEstimate).payload
        return Produced(payload, weights, with_cost(provider.measured(job, request), priced))

    return Stage(
        "train", train.STAGE_VERSION, TrainedModel, inputs, execute, summary.of_train, finished=finished
    )


def _check_before_buying(context: Context, provider: TrainingProvider, permitted: TrainingRequest) -> None:
    """A job that was paid is followed whatever changed meanwhile."""
    check_files(context, permitted.training_file, permitted.validation_file)
    for checked in provider.preflight(permitted):
        context.say(checked)


def save_events(run: Path, provider: TrainingProvider, request: TrainingRequest) -> None:
    """What the provider said of the job, beside it; that it cannot be asked now must hide no other error."""
    path = run / JOB
    if not provider.hosted or not path.exists():
        return
    try:
        events = provider.events(Job.model_validate_json(path.read_bytes()), request)
    except ClinftError:
        return
    told = [event.model_copy(update={"message": presentable(event.message)}) for event in events]
    write_models(run / EVENTS, told)


def _evidence(context: Context) -> dict[str, str]:
    return {
        "prepare": context.need("prepare", PreparedDataset).digest,
        "audit": context.need("audit", AuditReport).digest,
        "estimate": context.need("estimate", CostEstimate).digest,
        "policy": context.policy_sha256,
    }


def stored_request(context: Context, run_id: str, trained: TrainedModel) -> TrainingRequest:
    """For asking a hosted provider about a run that was trained before; its files need not lie here."""
    request = request_of(context, run_id, trained.plan_digest, output_dir=context.run_dir / "data")
    request = with_files(request, trained.training_file, trained.validation_file)
    return replace(request, base_model=trained.base_model)


def _request(context: Context, run_id: str, plan_digest: str, output_dir: Path) -> TrainingRequest:
    audited = context.need("audit", AuditReport)
    request = request_of(context, run_id, plan_digest, output_dir=output_dir)
    request = with_files(request, audited.files[FORMATTED_FILES[0]], audited.files[FORMATTED_FILES[1]])
    return replace(
        request, base_model=plan_of(context).base_model, stop_after_seconds=context.stop_after_seconds
    )


def evaluate_stage() -> Stage:
    def inputs(context: Context) -> dict[str, str]:
        spec = context.loaded.spec
        read = {
            "evaluation": spec.evaluation.model_dump(mode="json"),
            "few_shot_examples": spec.prompt.few_shot_examples,
            "critical_labels": list(spec.regression.critical_labels),
        }
        return {
            "train": context.need("train", TrainedModel).digest,
            "test": context.need("prepare", PreparedDataset).payload.splits["test"].sha256,
            "prompt": context.loaded.prompt_sha256,
            "spec.evaluation": digest_json(read),
        }

    def execute(context: Context) -> Produced:
        trained = context.need("train", TrainedModel).payload
        adapter = context.run_dir / "data" / trained.fine_tuned_model
        _check_weights(context.run_dir.name, adapter, trained)

        opened: list[LanguageModel] = []
        test, sha256 = context.read_split("test")
        loaded = context.loaded
        with hosted_models(context, context.run_dir.name) as at_provider:

            def open_model(which: str) -> LanguageModel:
                if trained.base_model.kind == "hosted":
                    name = trained.fine_tuned_model if which == "tuned" else trained.base_model.ref
                    opened.append(at_provider(name))
                    return opened[-1]
                return context.services.models.open(trained.base_model, adapter if which == "tuned" else None)

            payload, items = evaluate.evaluate(
                loaded.spec, loaded.prompt, test, sha256, open_model, context.services.progress
            )
        write_models(context.run_dir / ITEMS, items)
        return Produced(payload, (f"run/{ITEMS}",), tokens_used(opened))

    return Stage("evaluate", evaluate.STAGE_VERSION, EvaluationReport, inputs, execute, summary.of_evaluate)


def _check_weights(run_id: str, adapter: Path, trained: TrainedModel) -> None:
    """What is measured is what was trained, byte for byte."""
    if trained.weights and not adapter.exists():
        raise SpecError(
            f"The trained weights of {run_id} are not on this machine.",
            "Weights stay where they were trained; only evidence is committed.",
            "Evaluate on that machine, or copy the run's data/ folder here.",
        )
    for name, sha256 in trained.weights.items():
        if not (adapter / name).exists() or digest_file(adapter / name) != sha256:
            raise DigestMismatch(
                f"{name} of {run_id} is not the file that training wrote.",
                "It was deleted or changed afterwards.",
                "Restore it, or raise `revision` in project.yaml to train again.",
            )


def regress_stage() -> Stage:
    def inputs(context: Context) -> dict[str, str]:
        spec = context.loaded.spec
        read: dict[str, str] = {
            "evaluate": context.need("evaluate", EvaluationReport).digest,
            "spec.regression": digest_json(spec.regression.model_dump(mode="json")),
        }
        baseline = _baseline(context)
        if baseline is not None:
            read["baseline"] = run_folder.read_digest(baseline / "evaluate.json")
        return read

    def execute(context: Context) -> Produced:
        candidate = context.need("evaluate", EvaluationReport).payload
        baseline = _baseline(context)
        earlier = None if baseline is None else baseline_evaluation(baseline)
        payload = regress.regress(
            context.loaded.spec,
            candidate,
            _items(context.run_dir),
            context.run_dir.name,
            earlier,
            deployed=deployed_run(context.paths.root) == context.run_dir.name,
            pending=context.pending,
        )
        return Produced(payload)

    return Stage("regress", regress.STAGE_VERSION, RegressionVerdict, inputs, execute, summary.of_regress)


def _baseline(context: Context) -> Path | None:
    """Of a run that is evaluated once more, its earlier evaluation; else what deployment.yaml names."""
    return context.baseline or baseline_run(context, context.run_dir.name)


def _items(run: Path) -> list[ItemResult]:
    return list(iter_models(run / ITEMS, ItemResult))


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

    def evidence(stage: str, payload: type[Any]) -> Any:
        return run_folder.parse(run / f"{stage}.json", payload)

    artifacts = {
        "prepare": evidence("prepare", PreparedDataset),
        "audit": evidence("audit", AuditReport),
        "estimate": evidence("estimate", CostEstimate),
        "gate": evidence("gate", GateDecision),
        "train": evidence("train", TrainedModel),
        "evaluate": evidence("evaluate", EvaluationReport),
        "regress": evidence("regress", RegressionVerdict),
    }
    if (run / "assess.json").exists():
        artifacts["assess"] = evidence("assess", PromptAssessment)
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
