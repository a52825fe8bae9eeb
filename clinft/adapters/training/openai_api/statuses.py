"""The one place where a service's word for a job's state becomes one of our six."""

from clinft.adapters.training.openai_api.answers import RemoteJob
from clinft.adapters.training.openai_api.problems import Place
from clinft.artifacts.model import Job, JobStatus
from clinft.spec.base import Provider

OURS: dict[str, JobStatus] = {
    "validating_files": "validating_files",
    "queued": "queued",
    "running": "running",
    "succeeded": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
    # Azure's.
    "pending": "queued",
    "notrunning": "queued",
    "canceled": "cancelled",
    "paused": "running",
}
PAUSED = "It is paused at the provider, and goes on when somebody resumes it there."
REFUSED = (
    " The provider's safety checks refused it, and nothing is sent again by itself: clinical text about "
    "self-harm, violence or sexual health is often taken for a violation. Take such records out of the data, "
    "ask the provider's support to look at the refusal, or train with the provider peft."
)
SAFETY_WORDS = (
    "moderation",
    "usage polic",
    "unsafe",
    "safety",
    "content_filter",
    "content policy",
    "responsible ai",
    "harmful",
)


def job_of(remote: RemoteJob, provider: Provider, run_id: str, place: Place) -> Job:
    """A state that nobody knows is not over: the job goes on until the provider says otherwise."""
    word = remote.status.lower()
    return Job(
        id=place.plain("a job", remote.id),
        provider=provider,
        run_id=run_id,
        status=OURS.get(word, "running"),
        message=_message(remote, word, place),
    )


def warning_of(remote: RemoteJob, place: Place) -> str | None:
    """One line where the provider's word for the state, or its count of tokens, is none that is known."""
    if remote.status.lower() not in OURS:
        said = place.shown(remote.status, 60)
        return f"Warning: the provider calls the state {said!r}, which is not known here."
    if remote.trained_tokens is not None and remote.tokens is None:
        return (
            "Warning: the number of trained tokens that the provider tells cannot be; it counts as not told."
        )
    return None


def is_refused_for_safety(remote: RemoteJob) -> bool:
    error = remote.error
    said = "" if error is None else f"{error.code or ''} {error.message or ''}".lower()
    return any(word in said for word in SAFETY_WORDS)


def _message(remote: RemoteJob, word: str, place: Place) -> str:
    if word == "paused":
        return PAUSED
    error = remote.error
    if error is None or not (error.code or error.message):
        return warning_of(remote, place) or ""
    said = place.shown(f"{error.code or 'no code'}: {error.message or 'no message'}")
    return said + (REFUSED if is_refused_for_safety(remote) else "")
