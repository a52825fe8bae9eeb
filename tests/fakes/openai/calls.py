"""What passes between HTTP and an operation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.listening import Refused, Reply

if TYPE_CHECKING:
    from tests.fakes.openai.state import State

# No answer at all: the connection is closed.
DROPPED = 0


@dataclass(frozen=True)
class Upload:
    filename: str
    data: bytes


@dataclass(frozen=True)
class Request:
    """One request as logged. `body`: the JSON or the form's fields; `status` 0: the connection was dropped."""

    method: str
    path: str
    query: Mapping[str, Any]
    headers: Mapping[str, str]  # names in lower case
    data: bytes
    body: Any = None
    upload: Upload | None = None
    operation_id: str = ""
    status: int = DROPPED


@dataclass(frozen=True)
class Call:
    state: "State"
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any
    upload: Upload | None
    headers: Mapping[str, str]

    def limit(self, default: int) -> int:
        return int(self.query.get("limit", default))

    def page(self, objects: list[dict[str, Any]], default: int = 20) -> dict[str, Any]:
        """`objects`: the newest first, as OpenAI lists them."""
        after = self.query.get("after")
        ids = [one["id"] for one in objects]
        start = ids.index(after) + 1 if after in ids else 0
        shown = objects[start : start + self.limit(default)]
        return {"object": "list", "data": shown, "has_more": start + len(shown) < len(objects)}


Handler = Callable[[Call], Reply]


def problem(
    status: int,
    message: str,
    code: str | None = None,
    param: str | None = None,
    kind: str = "invalid_request_error",
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """OpenAI's form of an error."""
    error = {"message": message, "type": kind, "param": param, "code": code}
    return Reply(status, {"error": error}, headers or {})


def refused(status: int, message: str, code: str | None = None, param: str | None = None) -> Refused:
    return Refused(problem(status, message, code, param))
