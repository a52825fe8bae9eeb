"""What a tool returned, read by the policy's JMESPaths; nothing in it is believed before it fits."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from clinft.adapters.training.ids import ID, MODEL, is_plain
from clinft.adapters.training.mcp_client.plain import plain
from clinft.adapters.training.mcp_client.session import AnswerLost, Place, Reply
from clinft.adapters.training.numbers import whole
from clinft.artifacts.model import JobEvent
from clinft.errors import ServiceError, SpecError
from clinft.spec.mcp import McpOperation

LEVELS: dict[str, Literal["warn", "error"]] = {
    "warn": "warn",
    "warning": "warn",
    "error": "error",
    "critical": "error",
    "fatal": "error",
}
MOST_EVENTS = 2000


class Refused(ServiceError):
    """The server answered that it did not do it."""


class Unreadable(AnswerLost):
    """The server answered, and not what the policy says it does."""


def compiled(path: str) -> Any:
    """The JMESPath; ValueError where it is none."""
    import jmespath  # type: ignore[import-untyped]  # it ships no types
    from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]  # it ships no types

    try:
        return jmespath.compile(path)
    except JMESPathError as broken:
        raise ValueError(plain(str(broken).splitlines()[-1])) from None


def read(place: Place, operation: str, one: McpOperation, reply: Reply) -> list[dict[str, Any]]:
    """What was told, by our names: a single answer, or one for each item of a list."""
    if reply.failed:
        said = plain(" ".join(reply.texts), place.secret) or "it gives no reason"
        raise Refused(
            f"The tool {one.tool} of {place} refused to {operation}: {said}",
            "The words after the colon are the server's own.",
            "Correct what it names, or ask whoever runs it.",
        )
    whole = _content(place, one, reply)
    if one.items is None:
        return [_told(place, one, whole)]
    found = _search(place, one, one.items, whole)
    if found is not None and not isinstance(found, list):
        raise unreadable(place, one.tool, "where the policy's `items` points there is no list")
    return [_told(place, one, item) for item in found or ()]


def unreadable(place: Place, tool: str, what: str) -> Unreadable:
    return Unreadable(
        f"The answer of the tool {tool} of {place} cannot be used: {what}.",
        "The server changed, or its mapping in .github/clinft.yml does not fit it.",
        "Correct one of them and call again; nothing is lost, and nothing is submitted twice.",
    )


def name_of(place: Place, tool: str, told: Mapping[str, Any], key: str) -> str | None:
    """An id or a model's name: what may stand in a path, a table and a log line."""
    value = told.get(key)
    if value is None:
        return None
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    secrets = [place.secret] if place.secret else []
    if not text[:1].isalnum() or not is_plain(text, MODEL if key == "model" else ID, secrets):
        raise unreadable(place, tool, f"its {key} is no name")
    return text


def text_of(place: Place, told: Mapping[str, Any], key: str) -> str:
    value = told.get(key)
    return (
        "" if value is None else plain(value if isinstance(value, str) else json.dumps(value), place.secret)
    )


def events_of(place: Place, tool: str, told: Mapping[str, Any]) -> list[JobEvent]:
    """Oldest first where each has a time; the server's order otherwise."""
    listed = told.get("events") or []
    if not isinstance(listed, list) or not all(isinstance(one, Mapping) for one in listed):
        raise unreadable(place, tool, "its events are no list of objects")
    events = [_event(place, one) for one in listed[-MOST_EVENTS:]]
    if all(event.at is not None for event in events):
        events.sort(key=lambda event: event.at or "")
    return events


def _event(place: Place, one: Mapping[str, Any]) -> JobEvent:
    step, kind = one.get("step"), one.get("kind")
    return JobEvent(
        at=_time(one.get("at")),
        level=LEVELS.get(str(one.get("level")).lower(), "info"),
        kind=kind if kind in ("metrics", "checkpoint") else "message",
        message=plain(str(one.get("message") or ""), place.secret, longest=2000),
        step=whole(step) if isinstance(step, int | float) else None,
    )


def _time(value: object) -> str | None:
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            at = datetime.fromtimestamp(value, UTC)
        else:
            at = datetime.fromisoformat(str(value))
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _content(place: Place, one: McpOperation, reply: Reply) -> object:
    if one.source == "structured":
        if reply.structured is None:
            raise unreadable(
                place, one.tool, "it has no structured content; `source: json_text` reads JSON in a text"
            )
        return reply.structured
    try:
        # A list is sent as one text for each of its items.
        values: Sequence[object] = [json.loads(text) for text in reply.texts]
    except (ValueError, RecursionError):
        raise unreadable(place, one.tool, "its text is no JSON") from None
    return values[0] if len(values) == 1 else list(values)


def _told(place: Place, one: McpOperation, value: object) -> dict[str, Any]:
    return {name: _search(place, one, path, value) for name, path in one.paths.items()}


def _search(place: Place, one: McpOperation, path: str, value: object) -> Any:
    from jmespath.exceptions import JMESPathError

    try:
        expression = compiled(path)
    except ValueError as broken:
        raise SpecError(
            f"A JMESPath of the tool {one.tool} of {place} is broken: {broken}.",
            "It is written in the policy's mapping of this server.",
            "Correct it in .github/clinft.yml.",
        ) from None
    try:
        return expression.search(value)
    except (JMESPathError, RecursionError):
        raise unreadable(place, one.tool, "a JMESPath of the policy does not fit it") from None
