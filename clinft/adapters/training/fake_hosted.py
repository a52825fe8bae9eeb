"""A hosted provider without a host: its service is a folder that outlives the job that submitted.

Like `fake` it is for tests and for trying out policy: what is submitted is found again by its run_id, can be
cancelled, and its model stays at the provider. Each poll takes the job one step further.
"""

import json
import math
import shutil
from collections.abc import Mapping
from pathlib import Path

from clinft.adapters.training import fake
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.model import TERMINAL, Job, JobEvent, JobStatus, LossPoint, TrainedModel
from clinft.errors import DigestMismatch, ServiceError
from clinft.ports.progress import Progress
from clinft.ports.training import TrainingRequest
from clinft.run_folder import to_bytes, write_atomically
from clinft.spec.base import Provider

NEXT: dict[str, JobStatus] = {
    "validating_files": "queued",
    "queued": "running",
    "running": "succeeded",
}
JOB, RESULT, TRAINING, VALIDATION = "job.json", "result.json", "train.jsonl", "validation.jsonl"


class FakeHostedProvider:
    """`service`: the folder that stands for the provider; `submissions` in it counts what would be paid."""

    name: Provider = "fake_hosted"
    hosted = True

    def __init__(self, service: Path) -> None:
        self._service = service

    def preflight(self, request: TrainingRequest) -> tuple[str, ...]:
        return ()

    def find(self, request: TrainingRequest) -> Job | None:
        return self._read(request.run_id)

    def submit(self, request: TrainingRequest) -> Job:
        folder = self._service / request.run_id
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(request.training_file, folder / TRAINING)
        shutil.copyfile(request.validation_file, folder / VALIDATION)
        with (self._service / "submissions").open("a") as stream:
            stream.write(f"{request.run_id}\n")
        return self._save(
            Job(
                id=f"ftjob-{request.run_id}",
                provider=self.name,
                run_id=request.run_id,
                status="validating_files",
            )
        )

    def poll(self, job: Job, request: TrainingRequest, progress: Progress) -> Job:
        known = self._read(job.run_id)
        if known is None or known.id != job.id:
            raise ServiceError(
                f"The provider knows no job {job.id}.", "It was deleted there.", "Start again."
            )
        if known.status in TERMINAL:
            return known
        return self._save(known.model_copy(update={"status": NEXT[known.status]}))

    def events(self, job: Job, request: TrainingRequest) -> tuple[JobEvent, ...]:
        return ()

    def result(self, job: Job, request: TrainingRequest) -> TrainedModel:
        """Told again once the files are gone: a provider's model outlives what it was made from."""
        folder = self._service / request.run_id
        told = folder / RESULT
        if all((folder / name).exists() for name in (TRAINING, VALIDATION)):
            _refuse_others(
                job, {name: digest_file(folder / name) for name in (TRAINING, VALIDATION)}, request
            )
            made = _made(folder, request)
            write_atomically(told, to_bytes(made))
        elif told.exists():
            made = TrainedModel.model_validate_json(told.read_bytes())
            _refuse_others(job, {TRAINING: made.training_file, VALIDATION: made.validation_file}, request)
        else:
            raise ServiceError(
                f"The files of the job {job.id} are gone at the provider, and its model was never fetched.",
                "They were deleted after the days that the policy's retention names.",
                "Raise `revision` in project.yaml by one in a pull request, and train anew.",
            )
        write_atomically(
            request.output_dir / fake.FOLDER / fake.WEIGHTS, (folder / fake.WEIGHTS).read_bytes()
        )
        return made

    def cancel(self, job: Job, request: TrainingRequest) -> Job:
        known = self._read(job.run_id) or job
        return (
            known
            if known.status in TERMINAL
            else self._save(known.model_copy(update={"status": "cancelled"}))
        )

    def measured(self, job: Job, request: TrainingRequest) -> dict[str, float | int | str]:
        return {"cost_usd": "0"}

    def dispose(self, job: Job, request: TrainingRequest) -> None:
        for name in (TRAINING, VALIDATION):
            (self._service / job.run_id / name).unlink(missing_ok=True)

    def _read(self, run_id: str) -> Job | None:
        path = self._service / run_id / JOB
        return Job.model_validate_json(path.read_bytes()) if path.exists() else None

    def _save(self, job: Job) -> Job:
        write_atomically(self._service / job.run_id / JOB, to_bytes(job))
        return job


def _refuse_others(job: Job, held: Mapping[str, str], request: TrainingRequest) -> None:
    """`held`: digests of what the provider trained on."""
    sent = {TRAINING: request.training_sha256, VALIDATION: request.validation_sha256}
    for name, expected in sent.items():
        if held[name] != expected:
            raise DigestMismatch(
                f"The job {job.id} was trained on another {name}.",
                "The file at the provider is not the audited one.",
                "Cancel the run and start a new attempt.",
            )


def _made(folder: Path, request: TrainingRequest) -> TrainedModel:
    model = folder / fake.WEIGHTS
    if not model.exists():
        write_atomically(model, fake.table_bytes(folder / TRAINING))
    table = json.loads(model.read_bytes())
    lines, held_out = fake.lines_of(folder / TRAINING), fake.lines_of(folder / VALIDATION)
    losses = [-fake.log_posterior(table, text).get(target, math.log(1e-9)) for text, target in held_out]
    return TrainedModel(
        provider="fake_hosted",
        base_model=request.base_model,
        fine_tuned_model=fake.FOLDER,
        steps=1,
        samples=len(lines),
        answer_tokens=sum(len(fake.words(target)) for _, target in lines),
        trainable_parameters=None,
        loss=(LossPoint(step=1, tokens=len(lines), validation_loss=sum(losses) / len(losses)),),
        plan_digest=request.plan_digest,
        training_file=request.training_sha256,
        validation_file=request.validation_sha256,
        weights={},
    )
