"""The stages that use the approved plan: train, measure, compare."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from clinft import run_folder
from clinft.artifacts.audit import AuditReport
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.jsonl import write_models
from clinft.artifacts.model import Job, TrainedModel
from clinft.artifacts.planning import CostEstimate
from clinft.errors import ClinftError, Interrupted, ServiceError
from clinft.pipeline import attempts, known_job, summary
from clinft.pipeline.actual_cost import with_cost
from clinft.pipeline.chat_check import check_files
from clinft.pipeline.context import Context
from clinft.pipeline.driver import Produced, Stage
from clinft.pipeline.foreign_text import presentable
from clinft.pipeline.known_job import JOB, has_ended, held, refuse_second
from clinft.pipeline.plan import plan_of
from clinft.pipeline.training_request import request_of, with_files
from clinft.ports.models import Weights
from clinft.ports.training import TrainingProvider, TrainingRequest
from clinft.stages import train

EVENTS = "job_events.jsonl"
FORMATTED_FILES = ("data/formatted/train.jsonl", "data/formatted/validation.jsonl")


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
        except ServiceError as error:
            if not _goes_on(error, provider, run):
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


def _goes_on(error: ServiceError, provider: TrainingProvider, run: Path) -> bool:
    """A job that may still run, or may have been made, keeps its attempt: another would pay twice. So does
    work that this machine could not go on with just now.
    """
    return not has_ended(run) and (provider.hosted or isinstance(error, Interrupted))


def _check_before_buying(context: Context, provider: TrainingProvider, permitted: TrainingRequest) -> None:
    """A job that was paid is followed whatever changed meanwhile."""
    check_files(context, permitted.training_file, permitted.validation_file)
    for checked in provider.preflight(permitted):
        context.say(checked)
    engine = context.services.engine
    # Its folder comes with training; the base model's tells as much of what is needed.
    asked = Weights(permitted.base_model, method=context.loaded.spec.training.method)
    if engine is not None and engine.refuses((asked,)) is None:
        # Raises where there is none: hours of training later is late.
        engine.identity()


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
