"""A run's job at a hosted provider: asked about and stopped, by whoever neither sent nor fetches it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clinft.artifacts.model import TERMINAL, Job
from clinft.artifacts.run_state import RunState
from clinft.errors import PolicyViolation
from clinft.pipeline.context import Context
from clinft.pipeline.github.on_main import OnMain
from clinft.ports.training import TrainingRequest
from clinft.stages.gate.paths import plan_paths

POLICY = ".github/clinft.yml"


def poll(main: OnMain, project: str, run: RunState, job: Job) -> Job:
    """One question to the provider; nothing is waited for, and nothing is submitted."""
    with _opened(main, project, run) as context:
        provider = context.services.providers(run.provider)
        return provider.poll(job, _request(context, run), context.services.progress)


def stop(main: OnMain, project: str, run: RunState) -> Job | None:
    """What became of that job; None: nothing was at work."""
    with _opened(main, project, run) as context:
        job = _at_work(context, run)
        if job is None:
            return None
        return context.services.providers(run.provider).cancel(job, _request(context, run))


def _at_work(context: Context, run: RunState) -> Job | None:
    """The job that its provider still works on; one that a machine sent and could not tell us of, too."""
    provider = context.services.providers(run.provider)
    found = provider.find(_request(context, run)) if provider.hosted else None
    return None if found is None or found.status in TERMINAL else found


@contextmanager
def _opened(main: OnMain, project: str, run: RunState) -> Iterator[Context]:
    """The project as the branch has it; one that is gone, as it was when the run was started."""
    if project in main.projects:
        yield main.open_project(Path("projects") / project)
        return
    if not main.history.on_line(main.tip, run.main_sha):
        # Anybody who may push can write a state, and a spec beside it.
        raise PolicyViolation(
            f"Neither {project} nor the commit that {run.run_id} was started from is on the branch.",
            "The branch was changed by force, or something other than clinft wrote the project's state.",
            "Look at the provider for a job of that name, and stop it there.",
        )
    with tempfile.TemporaryDirectory(prefix="clinft-gone-") as folder:
        main.history.export(main.tip, POLICY, Path(folder))
        for path in plan_paths(project):
            main.history.export(run.main_sha, path, Path(folder))
        yield main.open_project(Path(folder) / "projects" / project)


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
