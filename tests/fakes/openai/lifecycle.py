"""One step in the life of a job: validating_files, queued, running, succeeded, and what may come in between."""

import base64
import math
from typing import Any

from tests.fakes.openai.outcomes import JobError, Status
from tests.fakes.openai.state import Job, Model, State
from tests.fakes.openai.training_files import Example, error_in, examples, tokens_of

METRICS = "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy"
AUTO = {"n_epochs": 3, "batch_size": 1, "learning_rate_multiplier": 1.8, "beta": 0.1}
CHECKPOINTS_KEPT = 3


def advance(state: State, job: Job) -> None:
    outcome = job.outcome
    if job.done or job.paused or outcome.stuck_in == job.status:
        return
    if job.cancel_came_late:
        finish(state, job)
    elif outcome.fails_in == job.status:
        error = outcome.error or JobError("server_error", "The job failed due to an internal error.")
        _fail(state, job, error)
    elif job.status == "validating_files":
        _validate(state, job)
    elif job.status == "queued":
        job.status = "running"
        note(state, job, "Fine-tuning job started")
    else:
        job.running_steps_done += 1
        _train(state, job)
        if job.running_steps_done >= outcome.running_steps:
            _succeed(state, job)


def finish(state: State, job: Job) -> None:
    """All the way to succeeded, whatever the test had in mind; to failed with a bad file."""
    if job.status == "validating_files":
        _validate(state, job)
    if not job.done:
        job.status, job.running_steps_done = "running", job.outcome.running_steps
        _train(state, job)
        _succeed(state, job)


def cancel(state: State, job: Job) -> None:
    job.error = None
    _end(state, job, "cancelled", "Fine-tuning job cancelled")


def note(
    state: State, job: Job, message: str, level: str = "info", data: dict[str, Any] | None = None
) -> None:
    event = {
        "object": "fine_tuning.job.event",
        "id": state.next_id("ftevent"),
        "created_at": state.now(),
        "level": level,
        "message": message,
        "type": "metrics" if data else "message",
        "data": data or {},
    }
    job.events.append(event)


def _validate(state: State, job: Job) -> None:
    for param in ("training_file", "validation_file"):
        file_id = job.body.get(param)
        if file_id is None:
            continue
        if not state.has_file(file_id):
            _fail(state, job, JobError("file_not_found", f"The file {file_id} no longer exists.", param))
            return
        error = error_in(state.files[file_id].data, job.method, param, state.bom_allowed)
        if error:
            _fail(state, job, error)
            return
    found = _training_examples(state, job)
    asked = {name: job.asked.get(name) for name in ("n_epochs", "batch_size", "learning_rate_multiplier")}
    if job.method == "dpo":
        asked["beta"] = job.asked.get("beta")
    job.resolved = {name: AUTO[name] if value in (None, "auto") else value for name, value in asked.items()}
    job.n_epochs = job.resolved["n_epochs"]
    job.steps = math.ceil(len(found) / job.resolved["batch_size"]) * job.n_epochs
    # Counted here: the file may be deleted before the job ends.
    job.trained_tokens = tokens_of(found, state.count_tokens) * job.n_epochs
    job.status = "queued"
    note(state, job, "Files validated, moving job to queued state")


def _training_examples(state: State, job: Job) -> list[Example]:
    return examples(state.files[job.body["training_file"]].data, job.method, state.bom_allowed)


def metrics_of(job: Job, step: int) -> dict[str, float]:
    """The same for the same step; validation only with a validation file."""
    shown: dict[str, float] = {
        "step": step,
        "train_loss": round(2 / (1 + step), 4),
        "train_mean_token_accuracy": round(1 - 1 / (1 + step), 4),
    }
    if job.body.get("validation_file"):
        shown["valid_loss"] = round(2.2 / (1 + step), 4)
        shown["valid_mean_token_accuracy"] = round(1 - 1.1 / (1 + step), 4)
    return shown


def _train(state: State, job: Job) -> None:
    until = job.steps * min(job.running_steps_done, job.outcome.running_steps) // job.outcome.running_steps
    per_epoch = job.steps // job.n_epochs
    for step in range(job.steps_done + 1, until + 1):
        metrics = metrics_of(job, step)
        note(
            state,
            job,
            f"Step {step}/{job.steps}: training loss={metrics['train_loss']}",
            data={**metrics, "total_steps": job.steps},
        )
        # The last epoch's checkpoint is the model itself.
        if step % per_epoch == 0:
            _checkpoint(state, job, step, metrics)
    job.steps_done = until


def _checkpoint(state: State, job: Job, step: int, metrics: dict[str, float]) -> None:
    name = state.model_name(job)
    checkpoint = {
        "id": state.next_id("ftckpt"),
        "object": "fine_tuning.job.checkpoint",
        "created_at": state.now(),
        "fine_tuned_model_checkpoint": name if step == job.steps else f"{name}:ckpt-step-{step}",
        "fine_tuning_job_id": job.id,
        "step_number": step,
        "metrics": metrics,
    }
    job.checkpoints = [*job.checkpoints, checkpoint][-CHECKPOINTS_KEPT:]
    note(state, job, f"Checkpoint created at step {step}")


def _succeed(state: State, job: Job) -> None:
    job.fine_tuned_model = state.model_name(job)
    owner = state.organization or "system"
    shutdown_date = state.models[job.body["model"]].shutdown_date
    for checkpoint in job.checkpoints:
        name = checkpoint["fine_tuned_model_checkpoint"]
        state.models[name] = Model(name, (), shutdown_date, owner)
    if job.outcome.trained_tokens is not None:
        job.trained_tokens = job.outcome.trained_tokens
    result = state.store(_result_file(state, job), "step_metrics.csv", "fine-tune-results")
    job.result_files = [result.id]
    note(state, job, f"New fine-tuned model created: {job.fine_tuned_model}")
    _end(state, job, "succeeded", "The job has successfully completed")


def _result_file(state: State, job: Job) -> bytes:
    rows = [METRICS]
    for step in range(1, job.steps + 1):
        metrics = metrics_of(job, step)
        names = ("step", "train_loss", "train_mean_token_accuracy", "valid_loss", "valid_mean_token_accuracy")
        rows.append(",".join(str(metrics.get(name, "")) for name in names))
    plain = ("\n".join(rows) + "\n").encode()
    return base64.b64encode(plain) if state.results_in_base64 else plain


def _fail(state: State, job: Job, error: JobError) -> None:
    job.error, job.trained_tokens = error, None
    note(state, job, error.message, level="error")
    _end(state, job, "failed", "")


def _end(state: State, job: Job, status: Status, message: str) -> None:
    job.status, job.finished_at = status, state.now()
    if message:
        note(state, job, message)
