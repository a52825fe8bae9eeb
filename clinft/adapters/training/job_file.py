"""A job that a provider keeps as one file beside its work, for providers that have no server."""

from pathlib import Path

from clinft.artifacts.model import Job, JobStatus
from clinft.ports.training import TrainingRequest
from clinft.run_folder import to_bytes, write_atomically
from clinft.spec.base import Provider


class JobFile:
    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def find(self, request: TrainingRequest) -> Job | None:
        """None where there is none, or where it belongs to another run."""
        path = self._path(request)
        if not path.exists():
            return None
        job = Job.model_validate_json(path.read_bytes())
        return job if job.run_id == request.run_id else None

    def open(self, request: TrainingRequest) -> Job:
        """A new job, queued."""
        job = Job(
            id=f"{self._provider}-{request.run_id}",
            provider=self._provider,
            run_id=request.run_id,
            status="queued",
        )
        return self._save(job, request)

    def update(self, job: Job, request: TrainingRequest, status: JobStatus, message: str = "") -> Job:
        return self._save(job.model_copy(update={"status": status, "message": message}), request)

    def _save(self, job: Job, request: TrainingRequest) -> Job:
        write_atomically(self._path(request), to_bytes(job))
        return job

    def _path(self, request: TrainingRequest) -> Path:
        return request.output_dir / f"{self._provider}-job.json"
