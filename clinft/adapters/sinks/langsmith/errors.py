"""What LangSmith said, by its status alone: no text of an answer, no key and no record is ever repeated."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from clinft.errors import ClinftError, PolicyViolation, ServiceError

# busy: nothing was done. lost: it may have been done. conflict: something of that name or id is there.
Kind = Literal["busy", "lost", "conflict", "missing", "refused", "unread"]
BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS})
LOST = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY})

MEND: dict[int, tuple[str, str]] = {
    HTTPStatus.UNAUTHORIZED: (
        "The key in the secret CLINFT_SINK_KEYS is wrong, expired, or of another region.",
        "Make a service key under Settings → API keys and write it into the line of this host.",
    ),
    HTTPStatus.FORBIDDEN: (
        "The key may not do this, or it opens several workspaces and the policy names none.",
        "Let the key's role write datasets and projects, or set `workspace` of the sink to its id.",
    ),
    HTTPStatus.PAYMENT_REQUIRED: (
        "The plan of the workspace allows no more.",
        "Ask the administrators of the workspace, or remove the sink from `notify`.",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "One record is larger than the service takes.",
        "Shorten the records of the project, or remove the sink from `notify`.",
    ),
}


@dataclass(frozen=True)
class Trouble:
    """Why one call failed. `status` 0: no answer. `retry_after`: seconds that the answer asks for."""

    kind: Kind
    status: int = 0
    retry_after: float | None = None


def of_status(status: int, retry_after: str | None) -> Trouble:
    asked = float(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else None
    if status in BUSY or (status == HTTPStatus.SERVICE_UNAVAILABLE and asked is not None):
        return Trouble("busy", status, asked)
    if status in LOST or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Trouble("lost", status, asked)
    if status == HTTPStatus.CONFLICT:
        return Trouble("conflict", status)
    return Trouble("missing" if status == HTTPStatus.NOT_FOUND else "refused", status)


def in_words(trouble: Trouble, doing: str) -> ClinftError:
    """`doing`: our own words, e.g. `to make a dataset`."""
    if trouble.kind == "busy":
        return ServiceError(
            f"LangSmith takes no more calls for now, {doing}.",
            "Each workspace may make so many calls a minute and upload so much an hour.",
            "It is tried again later; nothing needs to be done.",
        )
    if trouble.kind in ("lost", "unread"):
        answer = "gave no answer" if not trouble.status else f"answered {trouble.status}"
        answer = "answered what cannot be read" if trouble.kind == "unread" else answer
        return ServiceError(
            f"LangSmith {answer}, {doing}.",
            "The service or the network in between has a problem, or `url` is another service's.",
            "It is tried again later; where it stays, see status.smith.langchain.com and `url` of the sink.",
        )
    cause, next_step = MEND.get(
        trouble.status,
        (
            "The address, the workspace or the version of the service is another than expected.",
            "See `url` and `workspace` of the sink; `url` of LangSmith on own servers ends in /api.",
        ),
    )
    return PolicyViolation(f"LangSmith refused with {trouble.status}, {doing}.", cause, next_step)


def no_key(host: str) -> PolicyViolation:
    return PolicyViolation(
        f"There is no key for {host} in CLINFT_SINK_KEYS.",
        "Each line of that secret holds a host, a space and its key, and this host has no line.",
        f"Add it to the environment 'sinks': {host} lsv2_...",
    )


def contradiction() -> PolicyViolation:
    return PolicyViolation(
        "LangSmith's own client refuses to start on this machine.",
        "Variables LANGSMITH_* contradict each other, e.g. LANGSMITH_ENDPOINT and LANGSMITH_RUNS_ENDPOINTS.",
        "Unset them for this call: clinft needs none of them, the policy says where things go.",
    )


def someone_elses(kind: str) -> PolicyViolation:
    return PolicyViolation(
        f"LangSmith has a {kind} of this name with another content.",
        "Somebody made it by hand, or changed what clinft has noted on it.",
        f"Rename or delete that {kind} in LangSmith; the next run sends ours.",
    )
