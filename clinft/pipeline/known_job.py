"""The job that a hosted provider may hold for a plan already: looked for before anything is bought."""

from dataclasses import replace
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.model import Job
from clinft.errors import PolicyViolation
from clinft.pipeline import attempts
from clinft.pipeline.context import Context
from clinft.pipeline.plan import plan_of
from clinft.ports.training import TrainingProvider, TrainingRequest

JOB = "job.json"


def job_of(run: Path) -> Job | None:
    path = run / JOB
    return Job.model_validate_json(path.read_bytes()) if path.exists() else None


def has_ended(run: Path) -> bool:
    """Whether the attempt's job is over and has no model to fetch. False also where no job is known."""
    job = job_of(run)
    return job is not None and not job.may_have_model


def known(context: Context, attempt: str | None) -> Job | None:
    """As this machine's folder, or the project's journal, has it."""
    if attempt is None:
        return None
    here = job_of(context.paths.run(attempt))
    journal = context.known_job
    return here or (journal if journal is not None and journal.run_id == attempt else None)


def is_paid(context: Context) -> bool:
    """Whether a job of this very plan exists that may give a model: going on with it buys nothing more."""
    plan_digest = plan_of(context).digest
    attempt = attempts.open_attempt(context, plan_digest)
    provider = context.services.providers(context.loaded.spec.training.provider)
    job = known(context, attempt) if provider.hosted else None
    return job is not None and job.may_have_model


def held(
    context: Context, attempt: str | None, provider: TrainingProvider, request: TrainingRequest
) -> Job | None:
    """The job of the open attempt: a known one is followed, never looked for again and then sent anew."""
    if attempt is None or not provider.hosted:
        return None
    return known(context, attempt) or provider.find(replace(request, run_id=attempt))


def refuse_second(provider: TrainingProvider, request: TrainingRequest) -> None:
    """Before a further attempt is paid: does an earlier one live, or has it a model that was paid?

    Whatever our own records say: they may have been lost, or written by another machine.
    """
    if not provider.hosted:
        return
    prefix, _, number = request.run_id.rpartition("-a")
    for earlier in range(1, int(number)):
        found = provider.find(replace(request, run_id=f"{prefix}-a{earlier}"))
        if found is not None and found.may_have_model:
            raise PolicyViolation(
                f"{prefix}-a{earlier} has a job at {found.provider} that is {found.status}: {found.id}.",
                "A further attempt at the same plan would be paid a second time.",
                "Cancel that job at the provider; or raise `revision` in project.yaml for a fresh run.",
            )


def save(run: Path, job: Job) -> None:
    run_folder.write_atomically(run / JOB, run_folder.to_bytes(job))
