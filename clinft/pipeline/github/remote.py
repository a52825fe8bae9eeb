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
from clinft.pipeline.training_request import request_of
from clinft.stages.gate.paths import plan_paths

POLICY = ".github/clinft.yml"


def poll(main: OnMain, project: str, run: RunState, job: Job) -> Job:
    """One question to the provider; nothing is waited for, and nothing is submitted."""
    with _opened(main, project, run) as context:
        provider = context.services.providers(run.provider)
        return provider.poll(job, request_of(context, run.run_id, run.plan_digest), context.services.progress)


def stop(main: OnMain, project: str, run: RunState) -> Job | None:
    """What became of that job; None: nothing was at work."""
    with _opened(main, project, run) as context:
        job = _at_work(context, run)
        if job is None:
            return None
        return context.services.providers(run.provider).cancel(
            job, request_of(context, run.run_id, run.plan_digest)
        )


def _at_work(context: Context, run: RunState) -> Job | None:
    """The job that its provider still works on; one that a machine sent and could not tell us of, too."""
    provider = context.services.providers(run.provider)
    found = provider.find(request_of(context, run.run_id, run.plan_digest)) if provider.hosted else None
    return None if found is None or found.status in TERMINAL else found


@contextmanager
def _opened(main: OnMain, project: str, run: RunState) -> Iterator[Context]:
    """The project as it was when the run was started: it may have gone, or to another provider, since."""
    if project in main.projects and main.same_plan_files(project, run.main_sha):
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
