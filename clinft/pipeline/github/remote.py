"""A run's job at a hosted provider: asked about and stopped, by whoever neither sent nor fetches it."""

from pathlib import Path

from clinft.artifacts.model import TERMINAL, Job
from clinft.artifacts.run_state import RunState
from clinft.pipeline.context import Context
from clinft.pipeline.github.on_main import OnMain
from clinft.ports.training import TrainingRequest


def poll(main: OnMain, project: str, run: RunState, job: Job) -> Job:
    """One question to the provider; nothing is waited for, and nothing is submitted."""
    context = main.open_project(Path("projects") / project)
    provider = context.services.providers(run.provider)
    return provider.poll(job, _request(context, run), context.services.progress)


def at_work(main: OnMain, project: str, run: RunState) -> Job | None:
    """The job that its provider still works on; one that a machine sent and could not tell us of, too."""
    if project not in main.projects:
        return None  # nothing says any more how to ask
    context = main.open_project(Path("projects") / project)
    provider = context.services.providers(run.provider)
    found = provider.find(_request(context, run)) if provider.hosted else None
    return None if found is None or found.status in TERMINAL else found


def stop(main: OnMain, project: str, run: RunState) -> Job | None:
    """What became of that job; None: nothing was at work."""
    job = at_work(main, project, run)
    if job is None:
        return None
    context = main.open_project(Path("projects") / project)
    return context.services.providers(run.provider).cancel(job, _request(context, run))


def _request(context: Context, run: RunState) -> TrainingRequest:
    """As far as asking needs one: the files lie elsewhere."""
    training = context.loaded.spec.training
    return TrainingRequest(
        run_id=run.run_id,
        plan_digest=run.plan_digest,
        base_model=context.services.models.identify(training.base_model, training.base_model_revision),
        spec=training,
        training_file=context.formatted_path("train"),
        validation_file=context.formatted_path("validation"),
        training_sha256="",
        validation_sha256="",
        output_dir=context.paths.work,
    )
