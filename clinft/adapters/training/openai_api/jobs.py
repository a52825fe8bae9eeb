"""Jobs at the service: found by their tag, created once, asked, cancelled."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from clinft.adapters.training.intent import Intent, looked_for
from clinft.adapters.training.openai_api.answers import RemoteJob, SdkPage, read_as
from clinft.adapters.training.openai_api.creation import RUN
from clinft.adapters.training.openai_api.dialect import Dialect
from clinft.adapters.training.openai_api.files import files_of
from clinft.adapters.training.openai_api.problems import Unreadable
from clinft.adapters.training.openai_api.service import Lost, Service
from clinft.adapters.training.openai_api.statuses import OURS
from clinft.artifacts.model import TERMINAL, WITHOUT_MODEL, Job
from clinft.errors import ClinftError, ServiceError

PAGE = 100
# A job that was just created may take a moment to be listed.
PAUSES_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0)
AGAIN_SECONDS = (3.0, 5.0)


def find_job(service: Service, run_id: str, dialect: Dialect) -> RemoteJob | None:
    """By its tag; where the service keeps no tags, by the name of the file that it was given."""
    listed = _listed(service, run_id if dialect.metadata_filter else None)
    tagged = _best(job for job in listed if job.tags.get(RUN) == run_id)
    if tagged is not None:
        return tagged
    ours = {file.id for file in files_of(service, run_id)["training"]}
    if not ours:
        return None
    if dialect.metadata_filter:
        listed = _listed(service, None)
    return _best(job for job in listed if job.training_file in ours and job.tags.get(RUN, run_id) == run_id)


@dataclass(frozen=True)
class Looking:
    """How the job of a run is looked for, where one was asked for before; in seconds."""

    service: Service
    run_id: str
    dialect: Dialect
    now: Callable[[], datetime]

    def before_creation(self, intent: Intent) -> RemoteJob | None:
        """Raises ServiceError for as long as a job that was asked for may still come to be listed."""

        def find() -> RemoteJob | None:
            return find_job(self.service, self.run_id, self.dialect)

        if intent.at() is not None:
            return intent.look(find, PAUSES_SECONDS, self.service.sleep, self.now)
        # Files of the run were sent by a process whose folder is gone, as one is with its machine.
        sent = any(files_of(self.service, self.run_id).values())
        return looked_for(find, AGAIN_SECONDS, self.service.sleep) if sent else None


def create_job(
    service: Service, body: dict[str, Any], run_id: str, dialect: Dialect, intent: Intent, now: datetime
) -> RemoteJob:
    """One POST. Where its answer was lost the job is looked for, and never asked for again."""
    intent.write(now)

    def call() -> RemoteJob:
        return read_as(RemoteJob, service.client.fine_tuning.jobs.create(**body))

    try:
        return service.write("the creation of the job", call)
    except Lost as lost:
        return _looked_for(service, run_id, dialect, lost)
    except ClinftError:
        # Refused, or it never left this machine.
        intent.remove()
        raise


def read_job(service: Service, job_id: str) -> RemoteJob:
    def call() -> RemoteJob:
        remote = read_as(RemoteJob, service.client.fine_tuning.jobs.retrieve(job_id))
        if remote.id != job_id:
            raise Unreadable
        return remote

    found = service.find(f"the job {job_id}", call)
    if found is None:
        raise ServiceError(
            f"{service.host} knows no job {job_id}.",
            "It was deleted there, or the key is of another account or project.",
            "Check the account behind the key; else raise `revision` in project.yaml and train anew.",
        )
    return found


def files_by_tag(service: Service, job: Job) -> set[str] | None:
    """What the job says it was given, whatever the files are called; of a job with our tag only.

    None where there is no such job.
    """
    retrieve = service.client.fine_tuning.jobs.retrieve
    remote = service.find(f"the job {job.id}", lambda: read_as(RemoteJob, retrieve(job.id)))
    if remote is None or remote.tags.get(RUN) != job.run_id:
        return None if remote is None else set()
    return {
        service.place.plain("a file", one) for one in (remote.training_file, remote.validation_file) if one
    }


def cancel_job(service: Service, job_id: str) -> RemoteJob:
    """What the job is afterwards: it may have ended before it could be cancelled."""
    jobs = service.client.fine_tuning.jobs
    problem: Exception | None = None
    pauses: tuple[float, ...] = PAUSES_SECONDS
    try:
        remote = service.write(f"the end of job {job_id}", lambda: read_as(RemoteJob, jobs.cancel(job_id)))
        if is_over(remote):
            return remote
    except Lost as lost:
        problem = lost.error
    except ClinftError as error:
        # Refused: it is over already, or it cannot be ended; one look tells.
        problem, pauses = error, ()
    remote = read_job(service, job_id)
    for pause in pauses:
        if is_over(remote):
            break
        service.sleep(pause)
        remote = read_job(service, job_id)
    if problem is not None and not is_over(remote):
        raise problem from None
    return remote


def is_over(remote: RemoteJob) -> bool:
    return OURS.get(remote.status.lower(), "running") in TERMINAL


def _listed(service: Service, run_id: str | None) -> list[RemoteJob]:
    """All jobs, or those that the service says carry the tag: not every service filters, some refuse to."""
    import openai

    call = service.client.fine_tuning.jobs.list
    if run_id is None:
        return service.all("its list of jobs", RemoteJob, partial(call, limit=PAGE))

    def filtered() -> SdkPage:
        try:
            return call(limit=PAGE, metadata={RUN: run_id})
        except (openai.BadRequestError, openai.UnprocessableEntityError):
            return call(limit=PAGE)

    return service.all("its list of jobs", RemoteJob, filtered)


def _best(jobs: Iterable[RemoteJob]) -> RemoteJob | None:
    """There should be one. Of several, what goes on or succeeded counts, then what came first."""

    def rank(job: RemoteJob) -> tuple[bool, int, str]:
        lost = OURS.get(job.status.lower()) in WITHOUT_MODEL
        return lost, job.created_at or 0, job.id

    return min(jobs, key=rank, default=None)


def _looked_for(service: Service, run_id: str, dialect: Dialect, lost: Lost) -> RemoteJob:
    answered = False
    for pause in PAUSES_SECONDS:
        service.sleep(pause)
        try:
            found = find_job(service, run_id, dialect)
        except ClinftError:
            continue
        if found is not None:
            return found
        answered = True
    reason = getattr(lost.error, "what", "")
    if answered:
        raise ServiceError(
            f"The answer to the creation of {run_id}'s job was lost, and no such job is listed. {reason}",
            "Most likely it was not created.",
            "Call again: it is looked for once more before anything is asked for.",
        ) from None
    raise ServiceError(
        f"It is unknown whether {service.host} created the job of {run_id}: it does not answer. {reason}",
        "The service or the network failed in the middle of the creation.",
        "Call again later: the job is looked for before anything is asked for, so nothing is paid twice.",
    ) from None
