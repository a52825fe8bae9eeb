"""Fine-tuning jobs."""

from collections.abc import Mapping
from typing import Any

from tests.fakes.openai import lifecycle
from tests.fakes.openai.calls import Call, Handler, Reply, refused
from tests.fakes.openai.outcomes import Outcome
from tests.fakes.openai.state import Job, State

METADATA_PAIRS, METADATA_KEY, METADATA_VALUE = 16, 64, 512


def render(state: State, job: Job) -> dict[str, Any]:
    common = ("n_epochs", "batch_size", "learning_rate_multiplier")
    chosen = {**dict.fromkeys(common, "auto"), **job.asked, **job.resolved}
    plain = {
        "object": "fine_tuning.job",
        "id": job.id,
        "model": job.body["model"],
        "created_at": job.created_at,
        "finished_at": job.finished_at,
        "fine_tuned_model": job.fine_tuned_model,
        "organization_id": state.organization,
        "result_files": list(job.result_files),
        "status": job.status,
        "validation_file": job.body.get("validation_file"),
        "training_file": job.body["training_file"],
        "hyperparameters": {name: chosen[name] for name in common},
        # Known after training only.
        "trained_tokens": job.trained_tokens if job.status == "succeeded" else None,
        "error": job.error.as_json() if job.error else None,
        "user_provided_suffix": job.body.get("suffix"),
        "seed": job.seed,
        "estimated_finish": None,
        "integrations": [],
        "metadata": job.body.get("metadata") if state.keeps_metadata else None,
        "method": {"type": job.method, job.method: {"hyperparameters": chosen}},
    }
    return state.shown(job, plain)


def create(call: Call) -> Reply:
    state, body = call.state, call.body
    method = (body.get("method") or {"type": "supervised"})["type"]
    _judge_metadata(body.get("metadata") or {})
    _judge_model(state, body["model"], method)
    state.judge_training_type(body)
    for param in ("training_file", "validation_file"):
        if body.get(param) is not None:
            _judge_file(state, body[param], param)
    outcome = state.next_jobs.pop(0) if state.next_jobs else Outcome()
    state.submissions += 1
    number = state.submissions
    hidden = state.listed_after if outcome.listed_after is None else outcome.listed_after
    seed = number if body.get("seed") is None else body["seed"]
    job = Job(state.next_id("ftjob"), number, body, method, state.now(), outcome, hidden, seed)
    state.jobs[job.id] = job
    lifecycle.note(state, job, f"Created fine-tuning job: {job.id}")
    lifecycle.note(state, job, f"Validating training file: {body['training_file']}")
    return Reply(200, render(state, job))


def _judge_model(state: State, model: str, method: str) -> None:
    if state.locked_out:
        raise refused(
            403, "Your organization is not allowed to create fine-tuning jobs.", "permission_denied"
        )
    if model in state.locked_models:
        raise refused(
            403, f"You are not allowed to fine-tune the model {model}.", "model_not_allowed", "model"
        )
    known = state.models.get(model)
    if known is None:
        raise refused(
            404, f"The model `{model}` does not exist or you do not have access to it.", "model_not_found"
        )
    if method not in known.methods:
        raise refused(
            400,
            f"Model {model} is not available for fine-tuning or does not exist.",
            "model_not_available",
            "model",
        )


def _judge_file(state: State, file_id: str, param: str) -> None:
    if not state.has_file(file_id):
        raise refused(400, f"invalid {param}: {file_id}", "invalid_file", param)
    file = state.files[file_id]
    if file.purpose != "fine-tune":
        raise refused(400, f"File '{file_id}' must have purpose fine-tune.", "invalid_file", param)
    if file.refusal:
        raise refused(400, f"File '{file_id}' cannot be used: {file.refusal}", "invalid_file", param)
    if file.unready_looks:
        message = (
            f"File '{file_id}' is still being processed and is not ready to be used for fine-tuning. "
            "Please try again later."
        )
        raise refused(400, message, None, param)


def _judge_metadata(metadata: Mapping[str, str]) -> None:
    if len(metadata) > METADATA_PAIRS:
        raise refused(400, f"metadata has more than {METADATA_PAIRS} pairs.", None, "metadata")
    if any(len(k) > METADATA_KEY or len(v) > METADATA_VALUE for k, v in metadata.items()):
        raise refused(400, "A key or value of metadata is too long.", "string_above_max_length", "metadata")


def list_jobs(call: Call) -> Reply:
    state, wanted = call.state, call.query.get("metadata") or {}
    if wanted and state.metadata_filter == "refused":
        raise refused(400, "Unknown parameter: 'metadata'.", "unknown_parameter", "metadata")
    if state.metadata_filter == "ignored":
        wanted = {}
    newest_first = list(reversed(state.jobs.values()))
    shown = [one for one in newest_first if not one.hidden_looks and _fits(state, one, wanted)]
    for job in newest_first:
        job.hidden_looks = max(0, job.hidden_looks - 1)
    return Reply(200, call.page([render(state, job) for job in shown]))


def _fits(state: State, job: Job, wanted: Mapping[str, str]) -> bool:
    metadata = job.body.get("metadata") or {} if state.keeps_metadata else {}
    return all(metadata.get(name) == value for name, value in wanted.items())


def retrieve(call: Call) -> Reply:
    job = _job(call)
    if call.state.poll_advances:
        lifecycle.advance(call.state, job)
    return Reply(200, render(call.state, job))


def cancel(call: Call) -> Reply:
    state, job = call.state, _job(call)
    if job.outcome.on_cancel == "refused" and not job.done:
        lifecycle.finish(state, job)
    if job.done:
        raise refused(400, f"Job has already completed: {job.id} with status {job.status}", "job_completed")
    if job.outcome.on_cancel == "succeeds":
        job.cancel_came_late = True
    else:
        lifecycle.cancel(state, job)
    return Reply(200, render(state, job))


def pause(call: Call) -> Reply:
    return _paused(call, True)


def resume(call: Call) -> Reply:
    return _paused(call, False)


def _paused(call: Call, paused: bool) -> Reply:
    """No status says paused: the description knows no such word."""
    job = _job(call)
    if job.done:
        raise refused(400, f"Job has already completed: {job.id} with status {job.status}", "job_completed")
    job.paused = paused
    return Reply(200, render(call.state, job))


def events(call: Call) -> Reply:
    return Reply(200, call.page(list(reversed(_job(call).events))))


def checkpoints(call: Call) -> Reply:
    page = call.page(list(reversed(_job(call).checkpoints)), default=10)
    ids = [one["id"] for one in page["data"]]
    return Reply(200, {**page, "first_id": ids[0] if ids else None, "last_id": ids[-1] if ids else None})


def _job(call: Call) -> Job:
    return call.state.job(call.path["fine_tuning_job_id"])


OPERATIONS: dict[str, Handler] = {
    "createFineTuningJob": create,
    "listPaginatedFineTuningJobs": list_jobs,
    "retrieveFineTuningJob": retrieve,
    "cancelFineTuningJob": cancel,
    "pauseFineTuningJob": pause,
    "resumeFineTuningJob": resume,
    "listFineTuningEvents": events,
    "listFineTuningJobCheckpoints": checkpoints,
}
