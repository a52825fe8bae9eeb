"""Training that a person does in a provider's console: clinft says how, waits, and takes the person's word.

The job is a file beside the run's work. What the person says lies in the project, committed, so that a
machine of GitHub that starts from nothing knows it too: `clinft import` writes it.
"""

from pathlib import Path

from clinft.adapters.training.job_file import JobFile
from clinft.artifacts.console_steps import ConsoleFacts, console_steps
from clinft.artifacts.model import TERMINAL, Job, JobEvent, LossPoint, TrainedModel
from clinft.errors import CheckpointWritten, ServiceError, SpecError
from clinft.ports.progress import Progress
from clinft.ports.training import TrainingRequest
from clinft.run_folder import write_atomically
from clinft.spec.base import Provider
from clinft.spec.declaration import Declaration, load_declaration

STEPS = "STEPS.md"
NOT_SUBMITTED = "Not submitted: a person starts it, and tells its id with `clinft import`."
NOT_STOPPED = "clinft waits for it no longer. Nothing was stopped at the provider: stop it in its console."


class ManualProvider:
    """Hosted: the work is done elsewhere, so no machine of the team is held while a person works."""

    name: Provider = "manual"
    hosted = True

    def __init__(self) -> None:
        self._job = JobFile(self.name)
        self._asked: set[str] = set()

    def preflight(self, request: TrainingRequest) -> tuple[str, ...]:
        return ()

    def find(self, request: TrainingRequest) -> Job | None:
        known, said = self._job.find(request), _said(request)
        if known is None and (said is None or (said.job_id is None and said.metrics is None)):
            return None
        return _as_said(known or self._new(request), said)

    def submit(self, request: TrainingRequest) -> Job:
        """Sends nothing, so that doing it again costs nothing."""
        job = self._job.update(self._new(request), request, "queued", NOT_SUBMITTED)
        steps = "".join(f"{number}. {step}\n" for number, step in enumerate(_steps(request), start=1))
        write_atomically(
            request.output_dir / STEPS, f"# Training {request.run_id} by hand\n\n{steps}".encode()
        )
        return job

    def poll(self, job: Job, request: TrainingRequest, progress: Progress) -> Job:
        """Answers a machine that only asks, as reconcile does. CheckpointWritten where somebody waits: on the
        machine that wrote the steps, or asked again with nothing new."""
        known = self._job.find(request)
        now = _as_said(known or job, _said(request))
        waiting = known is not None or job.run_id in self._asked
        self._asked.add(job.run_id)
        if now.status in TERMINAL or not waiting:
            return now
        if now.status == "queued":
            for number, step in enumerate(_steps(request), start=1):
                progress.note(f"{number}. {step}")
        raise _waits(now, _project(request))

    def events(self, job: Job, request: TrainingRequest) -> tuple[JobEvent, ...]:
        """The provider told a person, not clinft."""
        return ()

    def result(self, job: Job, request: TrainingRequest) -> TrainedModel:
        said = _said(request)
        if said is None or said.metrics is None or said.metrics.fine_tuned_model is None:
            raise SpecError(
                f"Nobody has declared what {request.run_id} gave.",
                "Its file in declared/ was deleted, or holds no metrics.",
                "Tell it with `clinft import`, or restore the file from git.",
            )
        assert said.samples is not None, "a declaration with metrics has them"
        metrics = said.metrics
        return TrainedModel(
            provider=self.name,
            base_model=request.base_model,
            fine_tuned_model=said.metrics.fine_tuned_model,
            steps=metrics.steps,
            samples=said.samples,
            # Nobody counted them; a console shows what is billed, prompts included.
            answer_tokens=None,
            trainable_parameters=None,
            loss=tuple(
                LossPoint(
                    step=point.step,
                    tokens=None,
                    training_loss=point.training_loss,
                    validation_loss=point.validation_loss,
                )
                for point in metrics.loss
            ),
            plan_digest=request.plan_digest,
            training_file=request.training_sha256,
            validation_file=request.validation_sha256,
            weights={},
            trained_tokens=metrics.trained_tokens,
            declared_by=said.declared_by,
        )

    def cancel(self, job: Job, request: TrainingRequest) -> Job:
        now = _as_said(self._job.find(request) or job, _said(request))
        if now.status in TERMINAL:
            return now
        return self._job.update(now, request, "cancelled", NOT_STOPPED)

    def measured(self, job: Job, request: TrainingRequest) -> dict[str, float | int | str]:
        """Each name says that the value was declared."""
        said = _said(request)
        if said is None or said.metrics is None:
            return {}
        told = {
            "declared_by": said.declared_by,
            "declared_trained_tokens": said.metrics.trained_tokens,
            "declared_cost_usd": None if said.metrics.cost_usd is None else str(said.metrics.cost_usd),
        }
        return {name: value for name, value in told.items() if value is not None}

    def dispose(self, job: Job, request: TrainingRequest) -> None:
        """Only a person can delete what a person uploaded; until they say so nothing counts as deleted."""
        said = _said(request)
        if said is None or said.files_deleted is None:
            raise ServiceError(
                f"The files that a person uploaded for {request.run_id} are to be deleted by hand.",
                "clinft did not send them and has no way in; their date by the policy has passed.",
                f"Delete them in the provider's console, or see that there are none; then: clinft import "
                f"projects/{_project(request).name} --run {request.run_id} --files-deleted, and commit it.",
            )

    def _new(self, request: TrainingRequest) -> Job:
        return Job(
            id=f"{self.name}-{request.run_id}", provider=self.name, run_id=request.run_id, status="queued"
        )


def _project(request: TrainingRequest) -> Path:
    """Of projects/<name>/data/formatted/train.jsonl. `output_dir` may lie outside the checkout on GitHub."""
    return request.training_file.parents[2]


def _said(request: TrainingRequest) -> Declaration | None:
    return load_declaration(_project(request), request.run_id)


def _as_said(job: Job, said: Declaration | None) -> Job:
    """A job that was cancelled here stays so, whatever is told of it later."""
    if said is None or job.status in TERMINAL or (said.job_id is None and said.metrics is None):
        return job
    told: dict[str, str] = {"status": "running" if said.metrics is None else "succeeded", "message": ""}
    if said.job_id is not None:
        told["id"] = said.job_id
    return job.model_copy(update=told)


def _steps(request: TrainingRequest) -> tuple[str, ...]:
    folder = f"projects/{_project(request).name}/data/formatted"
    return console_steps(
        ConsoleFacts(
            project=_project(request).name,
            training=request.spec,
            training_file=f"{folder}/{request.training_file.name}",
            validation_file=f"{folder}/{request.validation_file.name}",
            training_sha256=request.training_sha256,
            validation_sha256=request.validation_sha256,
            run_id=request.run_id,
        )
    )


def _waits(job: Job, project: Path) -> CheckpointWritten:
    folder, run_id = f"projects/{project.name}", job.run_id
    if job.status == "queued":
        return CheckpointWritten(
            f"{run_id} waits for `clinft import`: a person trains it in the provider's console.",
            "The steps stand above, and in STEPS.md in the run's data/ folder.",
            f"Do them; then `clinft import {folder} --run {run_id} --job ID`, and call this again.",
        )
    return CheckpointWritten(
        f"{run_id} waits for `clinft import`: the job {job.id} is told, its result is not.",
        "clinft cannot ask the provider; only a person sees there whether it is over.",
        f"Then: clinft import {folder} --run {run_id} --metrics FILE --source NAME --model MODEL",
    )
