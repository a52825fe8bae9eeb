"""Fine-tuning at OpenAI, and at services that speak its API, over the `openai` SDK."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from clinft.adapters.training.intent import Intent
from clinft.adapters.training.openai_api import creation, files, jobs, outcome, preflight, sent
from clinft.adapters.training.openai_api.access import Access, access_to
from clinft.adapters.training.openai_api.answers import RemoteJob
from clinft.adapters.training.openai_api.dialect import OPENAI, Dialect, check_region
from clinft.adapters.training.openai_api.events import events_of, read_events, started_at
from clinft.adapters.training.openai_api.sent import PURPOSES
from clinft.adapters.training.openai_api.service import Service, connected
from clinft.adapters.training.openai_api.statuses import job_of, warning_of
from clinft.adapters.training.tools import Tools
from clinft.adapters.training.waiting import Waiting
from clinft.artifacts.model import Job, JobEvent, TrainedModel
from clinft.errors import ClinftError, ServiceError, SpecError
from clinft.ports.progress import Progress
from clinft.ports.training import TrainingRequest
from clinft.spec.base import Provider


class OpenAIProvider:
    hosted = True

    def __init__(self, tools: Tools, dialect: Dialect = OPENAI) -> None:
        self.name: Provider = dialect.provider
        self._tools, self._dialect = tools, dialect
        self._waiting = Waiting(tools.sleep)
        # A login is kept for as long as it is valid; by the endpoint, whose host it is bound to.
        self._accesses: dict[str, Access] = {}

    def preflight(self, request: TrainingRequest) -> tuple[str, ...]:
        check_region(request)
        self._dialect.extra_body(request)
        creation.method_of(request)
        for path in (request.training_file, request.validation_file):
            if path.exists():
                sent.check_size(path, self._dialect)
        with self._service(request) as service:
            return tuple(preflight.check_model(service, request, self._tools.now()))

    def find(self, request: TrainingRequest) -> Job | None:
        with self._service(request) as service:
            remote = jobs.find_job(service, request.run_id, self._dialect)
            if remote is None:
                # Where a service keeps no tags, and the files that would tell are deleted.
                told = outcome.job_told(request, self._dialect)
                remote = None if told is None else jobs.read_job(service, told)
            return None if remote is None else self._job(remote, request.run_id, service)

    def submit(self, request: TrainingRequest) -> Job:
        check_region(request)
        self._dialect.extra_body(request)
        ready = {purpose: sent.to_send(request, purpose, self._dialect) for purpose in PURPOSES}
        tags = creation.tags_of(request, ready, outcome.lines_of(request.training_file))
        intent = Intent(request, self.name)
        with self._service(request) as service:
            looking = jobs.Looking(service, request.run_id, self._dialect, self._tools.now)
            earlier = looking.before_creation(intent)
            if earlier is not None:
                return self._job(earlier, request.run_id, service)
            uploads = {
                purpose: files.uploaded(service, one, request.run_id, self._dialect, self._tools.now())
                for purpose, one in ready.items()
            }
            body = creation.creation_of(request, uploads, tags, self._dialect)
            try:
                remote = jobs.create_job(
                    service, body, request.run_id, self._dialect, intent, self._tools.now()
                )
            except SpecError:
                # Refused for what the run is: no job will ever name these files, so nobody would delete them.
                for upload in uploads.values():
                    with suppress(ClinftError):
                        files.delete(service, upload.file_id)
                raise
            return self._job(remote, request.run_id, service)

    def poll(self, job: Job, request: TrainingRequest, progress: Progress) -> Job:
        self._waiting.before_asking(job, self.name, progress)
        with self._service(request) as service:
            remote = jobs.read_job(service, job.id)
            self._waiting.answered(job.id, remote.status)
            warning = warning_of(remote, service.place)
            if warning is not None:
                progress.note(warning)
            return self._job(remote, job.run_id, service)

    def events(self, job: Job, request: TrainingRequest) -> Sequence[JobEvent]:
        with self._service(request) as service:
            return events_of(service, job.id)

    def result(self, job: Job, request: TrainingRequest) -> TrainedModel:
        told = outcome.told_before(request, job.id, self._dialect)
        if told is not None:
            return told.model
        with self._service(request) as service:
            remote = jobs.read_job(service, job.id)
            found = self._job(remote, request.run_id, service)
            if found.status != "succeeded":
                raise ServiceError(
                    f"The job {job.id} is {found.status} at {service.host}. {found.message}".rstrip(),
                    "Only a job that succeeded gives a model.",
                    "Call again when it has succeeded.",
                )
            return outcome.outcome_of(outcome.Asked(service, request, self._dialect, remote))

    def cancel(self, job: Job, request: TrainingRequest) -> Job:
        with self._service(request) as service:
            return self._job(jobs.cancel_job(service, job.id), job.run_id, service)

    def measured(self, job: Job, request: TrainingRequest) -> dict[str, float | int | str]:
        with self._service(request) as service:
            remote = jobs.read_job(service, job.id)
            started = started_at(read_events(service, job.id))
        times = {
            "queued_seconds": _between(remote.created_at, started),
            "training_seconds": _between(started, remote.finished_at),
            "provider_seconds": _between(remote.created_at, remote.finished_at),
        }
        found: dict[str, float | int | str] = {
            name: seconds for name, seconds in times.items() if seconds is not None
        }
        if remote.tokens is not None:
            found["trained_tokens"] = remote.tokens
        source = outcome.loss_source(request, job.id, self._dialect)
        return found if source is None else {**found, "loss_from": source}

    def dispose(self, job: Job, request: TrainingRequest) -> None:
        with self._service(request) as service:
            named = files.files_of(service, job.run_id)
            ids = {file.id for found in named.values() for file in found}
            given = jobs.files_by_tag(service, job)
            if given is None and not ids:
                self._check_gone(service, job, request)
            for file_id in sorted(ids | (given or set())):
                files.delete(service, file_id)

    def _check_gone(self, service: Service, job: Job, request: TrainingRequest) -> None:
        """A key of another account or project sees nothing of the run: to it, all would seem deleted."""
        told = outcome.files_told(request, job.id, self._dialect)
        if not told or any(files.read_file(service, file_id) is not None for file_id in told):
            raise ServiceError(
                f"{service.host} shows neither the job {job.id} nor a file of it: whether its files are gone "
                "is unknown.",
                "The key is of another account or project, or the job was deleted there.",
                "Give it a key of the account that trained, or delete the files in the provider's console.",
            )

    def _job(self, remote: RemoteJob, run_id: str, service: Service) -> Job:
        return job_of(remote, self.name, run_id, service.place)

    @contextmanager
    def _service(self, request: TrainingRequest) -> Iterator[Service]:
        key = "" if request.endpoint is None else request.endpoint.model_dump_json()
        if key not in self._accesses:
            self._accesses[key] = access_to(request.endpoint, self.name, self._tools)
        with connected(self._accesses[key], self._tools.sleep) as service:
            yield service


def _between(start: int | None, end: int | None) -> int | None:
    return None if start is None or end is None else max(end - start, 0)
