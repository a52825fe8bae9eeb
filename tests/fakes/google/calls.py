"""What passes between HTTP and an operation, and Google's form of an error."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.listening import Refused, Reply

if TYPE_CHECKING:
    from tests.fakes.google.server import GoogleServer
    from tests.fakes.google.state import Token

# No answer at all: the connection is closed.
DROPPED = 0


@dataclass(frozen=True)
class Media:
    media_type: str
    data: bytes


@dataclass(frozen=True)
class Request:
    """One request as logged. `body`: JSON or the form's fields; `status` 0: the connection was dropped."""

    method: str
    host: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    data: bytes
    body: Any = None
    media: Media | None = None
    operation_id: str = ""
    status: int = DROPPED


@dataclass(frozen=True)
class Call:
    server: "GoogleServer"
    parts: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    media: Media | None
    token: "Token | None"


Handler = Callable[[Call], Reply]


def problem(status: int, reason: str, message: str, word: str = "", detail: str = "") -> Reply:
    """`reason`: of Drive's list of errors; `word`: google.rpc's; `detail`: of an ErrorInfo."""
    error: dict[str, Any] = {
        "code": status,
        "message": message,
        "errors": [{"message": message, "domain": "global", "reason": reason}],
        "status": word
        or {403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE"}.get(
            status, "UNKNOWN"
        ),
    }
    if detail:
        error["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": detail}]
    return Reply(status, {"error": error})


def refused(status: int, reason: str, message: str, word: str = "", detail: str = "") -> Refused:
    return Refused(problem(status, reason, message, word, detail))
