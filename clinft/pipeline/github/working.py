"""The job on the machine that trains: everything again, then the work, then a bundle and nothing else.

Whatever happens, the bundle says how it ended, so that nothing that was made or paid is lost.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clinft import pipeline, run_folder
from clinft.artifacts.bundle import BundleManifest, BundleStatus, Disposed
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.model import Job, TrainedModel
from clinft.artifacts.run_state import ProjectState, RunState
from clinft.errors import (
    CheckpointWritten,
    ClinftError,
    DigestMismatch,
    Interrupted,
    PolicyViolation,
    ServiceError,
    SpecError,
)
from clinft.pipeline.after_training import stored_request
from clinft.pipeline.context import Context
from clinft.pipeline.driver import Outcome, run_stage
from clinft.pipeline.evaluating import evaluate_stage
from clinft.pipeline.foreign_text import presentable
from clinft.pipeline.gate_inputs import assessment_of, is_current
from clinft.pipeline.github import bundle
from clinft.pipeline.github.locks import mine
from clinft.pipeline.known_job import has_ended, job_of
from clinft.ports.actions import Actions
from clinft.stages.gate.pull_request import unreadable

BUNDLE = "bundle"
TRAINED = ("audit", "estimate", "gate", "train", "evaluate")
# Half the life of a token on a machine of your own, and less than a hosted job may take.
SEGMENT_SECONDS, HOSTED_SEGMENT_SECONDS = 20 * 3600.0, 5 * 3600.0
MOST_MESSAGE = 500


@dataclass(frozen=True)
class Work:
    """One run as `start` ordered it. `store`: where weights and checkpoints outlast the checkout."""

    actions: Actions
    project: str
    run_id: str
    state: ProjectState
    context: Context
    store: Path
    # Weights of earlier runs that this machine has deleted, and no record says so yet.
    disposed: tuple[Disposed, ...] = ()


@dataclass(frozen=True)
class Worked:
    manifest: BundleManifest
    error: ClinftError | None


def work(job: Work, show: Callable[[Outcome], None]) -> Worked:
    """Runs the stages and packs what they left; an error is returned, after the bundle lies there."""
    run = held(job)
    context = job.context
    context.attempt, context.store, context.waits = job.run_id, job.store / job.project / job.run_id, False
    context.known_job = run.job
    error: ClinftError | None = None
    status: BundleStatus = "trained"
    try:
        _run(job, run, show)
    except CheckpointWritten as cut:
        error, status = _cut_off(context, cut)
    except ClinftError as failed:
        error, status = failed, _ended(context, run, failed)

    def packed(evidence: Path | None, ended: BundleStatus, why: ClinftError | None) -> Worked:
        manifest = bundle.pack(
            evidence,
            job.actions.results / BUNDLE,
            project=job.project,
            run_id=job.run_id,
            purpose=run.purpose,
            plan_digest=run.plan_digest,
            main_sha=job.actions.sha,
            workflow_run=job.actions.run_id,
            attempt=job.actions.run_attempt,
            status=ended,
            message="" if why is None else presentable(why.what[:MOST_MESSAGE]),
            job=_job(context),
            disposed=job.disposed,
        )
        return Worked(manifest, why)

    try:
        return packed(context.run if status != "cancelled" else None, status, error)
    except PolicyViolation as too_large:
        # Doing the work again would end the same way.
        return packed(None, "failed", too_large)


def held(job: Work) -> RunState:
    """The run as the lock has it; refuses where another workflow run holds it by now."""
    run = job.state.run(job.run_id)
    claimant = (job.actions.run_id, job.actions.run_attempt)
    if run is None or not mine(job.state, claimant, job.run_id):
        raise PolicyViolation(
            f"The lock of {job.project} is not held for {job.run_id} by this workflow run.",
            "It was taken over after its lease ran out, or an old run was started again.",
            "Start train from the present branch; it goes on where the run was cut off.",
        )
    return run


def _run(job: Work, run: RunState, show: Callable[[Outcome], None]) -> None:
    context = job.context
    if run.purpose == "evaluate":
        _evaluate_again(job, show)
        return
    for outcome in pipeline.run(context, ("prepare",)):
        show(outcome)
    _take_assessment(context)
    for outcome in pipeline.run(context, TRAINED):
        show(outcome)
        if outcome.stage == "gate":
            # The lock was taken for a plan: what the gate allowed must be this very plan.
            assert outcome.artifact is not None
            if outcome.artifact.payload.plan_digest != run.plan_digest:
                raise DigestMismatch(
                    f"The plan here is not the one that {job.run_id} was taken for.",
                    "Another version of clinft or of the data is at work on this machine.",
                    "Start train from the present branch.",
                )


def _take_assessment(context: Context) -> None:
    """A current assessment that was committed beside the spec belongs to the run's evidence."""
    found = assessment_of(context)
    if found is not None and is_current(context, found[1]):
        run_folder.save(context.paths.work, found[1])


def _evaluate_again(job: Work, show: Callable[[Outcome], None]) -> None:
    """The committed run in a folder of its own, without what is measured anew."""
    context = job.context
    committed = context.paths.run(job.run_id)
    again = context.paths.data / "again" / job.run_id
    shutil.rmtree(again, ignore_errors=True)
    again.mkdir(parents=True)
    for name in ("prepare", "train"):
        shutil.copyfile(committed / f"{name}.json", again / f"{name}.json")
    context.store = context.store or again / "data"
    context.store.mkdir(parents=True, exist_ok=True)
    (again / "data").symlink_to(context.store, target_is_directory=True)
    for outcome in pipeline.run(context, ("prepare",)):
        show(outcome)
    context.run = again
    trained = run_folder.load(again, "train", TrainedModel)
    if trained is not None and _hosted(context):
        fetch_model(context, job.run_id, trained.payload)
    show(run_stage(evaluate_stage(), context))


def fetch_model(context: Context, run_id: str, trained: TrainedModel) -> None:
    """A hosted model is asked for where it lives; what it answers today is what is measured."""
    provider = context.services.providers(trained.provider)
    request = stored_request(context, run_id, trained)
    found = provider.find(request)
    if found is None:
        raise SpecError(
            f"The provider no longer knows the job of {run_id}.",
            "Its files were deleted after the date that the policy names.",
            "Train anew: raise `revision` in project.yaml by one in a pull request.",
        )
    provider.result(found, request)


def _nobody_answered(context: Context) -> bool:
    """GitHub could not be asked, which is a no for now and no end: what was paid goes on when it answers."""
    found = run_folder.load(context.paths.work, "gate", GateDecision)
    against = [] if found is None else [one.code for one in found.payload.reasons if one.blocks]
    return unreadable("").code in against


def _cut_off(context: Context, cut: CheckpointWritten) -> tuple[ClinftError, BundleStatus]:
    """A checkpoint on a machine of GitHub is lost with it: the next segment would begin at step 0."""
    if _hosted(context):
        return cut, "running"
    if _own_machine(context):
        return cut, "paused"
    too_long = ServiceError(
        "The training takes longer than a job on a machine of GitHub may.",
        "Its checkpoint is lost with that machine.",
        "Name a runner with labels in the spec: a machine of your own.",
    )
    return too_long, "failed"


def _own_machine(context: Context) -> bool:
    runner = context.policy.runners.get(context.loaded.spec.training.runner)
    return runner is not None and bool(runner.labels)


def _hosted(context: Context) -> bool:
    return context.services.providers(context.loaded.spec.training.provider).hosted


def _ended(context: Context, run: RunState, error: ClinftError) -> BundleStatus:
    if run.purpose == "train" and _may_be_paid(context):
        return "paused"
    if isinstance(error, PolicyViolation):
        return "paused" if _nobody_answered(context) else "cancelled"
    if isinstance(error, Interrupted) and _own_machine(context):
        # Its checkpoints lie there still.
        return "paused"
    return "failed" if isinstance(error, SpecError | DigestMismatch) else _failure(context)


def _may_be_paid(context: Context) -> bool:
    """A job that a provider was paid for, or a model that it gave, is not given up for a key, a rule or a day
    that changed meanwhile: whoever mends that finds it again."""
    if not _hosted(context):
        return False
    job = context.known_job
    if context.run is not None:
        if (context.run / "train.json").exists():
            return True
        job = job_of(context.run) or job
    return job is not None and job.may_have_model


def _failure(context: Context) -> BundleStatus:
    """What was trained already is not lost with an evaluation that failed: the next job goes on there.

    A provider that could not be asked may work on the job, or have made one: the next job looks for it.
    """
    if context.run is None:
        return "failed"
    if (context.run / "train.json").exists():
        return "paused"
    return "paused" if _hosted(context) and not has_ended(context.run) else "failed"


def _job(context: Context) -> Job | None:
    path = None if context.run is None else context.run / "job.json"
    if path is None or not path.exists():
        return None
    return Job.model_validate_json(path.read_bytes())


def segment(context: Context, labels: tuple[str, ...]) -> None:
    """After this time training writes a checkpoint and ends in order. `labels`: of a machine of the team."""
    context.stop_after_seconds = SEGMENT_SECONDS if labels else HOSTED_SEGMENT_SECONDS
