"""Judges a training file as OpenAI does while a job is validating_files; the wording is near OpenAI's."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.fakes.openai.outcomes import JobError

LEAST = 10
ROLES = ("system", "developer", "user", "assistant", "tool", "function")
CHAT_KEYS = {"messages", "tools", "parallel_tool_calls", "functions"}
MESSAGE_KEYS = {"role", "content", "name", "weight", "tool_calls", "tool_call_id", "function_call", "refusal"}
DPO_KEYS = {"input", "preferred_output", "non_preferred_output"}

# The messages of one example.
Example = list[dict[str, Any]]


class Malformed(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def examples(data: bytes, method: str, bom_allowed: bool) -> list[Example]:
    """All messages of each example, both answers of a preference. Raises Malformed."""
    try:
        text = data.decode("utf-8-sig" if bom_allowed else "utf-8")
    except UnicodeDecodeError:
        raise _format_error("The file is not UTF-8.") from None
    read = _preference if method == "dpo" else _chat
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            found.append(read(_object(number, line), number))
    return found


def error_in(data: bytes, method: str, param: str, bom_allowed: bool = False) -> JobError | None:
    which = param.replace("_", " ")
    try:
        count = len(examples(data, method, bom_allowed))
    except Malformed as error:
        return JobError(
            error.code, f"The job failed due to a file format error in the {which}. {error}", param
        )
    # A validation file may be shorter.
    if param == "training_file" and count < LEAST:
        message = f"{which.capitalize()} has {count} example(s), but must have at least {LEAST} examples."
        return JobError("invalid_n_examples", message, param)
    if not count:
        return JobError("invalid_n_examples", f"{which.capitalize()} has no examples.", param)
    return None


def tokens_of(found: list[Example], count: Callable[[str], int]) -> int:
    return sum(count(text) for example in found for message in example for text in _texts(message))


def _texts(message: dict[str, Any]) -> Iterator[str]:
    if isinstance(message.get("content"), str):
        yield message["content"]


def _object(number: int, line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        raise _format_error(f"Line {number} is not valid JSON.") from None
    if not isinstance(found, dict):
        raise _format_error(f"Line {number} is not a JSON object.")
    return found


def _chat(row: dict[str, Any], number: int) -> Example:
    _known(row, CHAT_KEYS, f"Example {number}")
    messages = _messages(row.get("messages"), number, "messages")
    if messages[-1]["role"] != "assistant":
        raise _format_error(f"Example {number}: the last message must be from the assistant.")
    if not any(one["role"] == "assistant" and one.get("weight", 1) for one in messages):
        raise _format_error(f"Example {number} has no assistant message with a weight of 1.")
    return messages


def _preference(row: dict[str, Any], number: int) -> Example:
    _known(row, DPO_KEYS, f"Example {number}")
    start = row.get("input")
    if not isinstance(start, dict):
        raise _format_error(f"Example {number}: input must be an object with messages.")
    _known(start, CHAT_KEYS, f"Example {number}, input")
    messages = _messages(start.get("messages"), number, "input.messages")
    if messages[-1]["role"] == "assistant":
        raise _format_error(f"Example {number}: input must not end with the assistant.")
    for name in ("preferred_output", "non_preferred_output"):
        answer = _messages(row.get(name), number, name)
        if answer[-1]["role"] != "assistant":
            raise _format_error(f"Example {number}: {name} must be from the assistant.")
        messages = messages + answer
    return messages


def _messages(value: Any, number: int, where: str) -> Example:
    if not isinstance(value, list) or not value:
        raise _format_error(f"Example {number} needs a non-empty list {where}.")
    for index, message in enumerate(value):
        place = f"Example {number}, {where} {index}"
        if not isinstance(message, dict):
            raise _format_error(f"{place} is not an object.")
        _known(message, MESSAGE_KEYS, place)
        _judge(message, place)
    return value


def _judge(message: dict[str, Any], place: str) -> None:
    role, content = message.get("role"), message.get("content")
    if role not in ROLES:
        raise _format_error(f"{place}: role must be one of {', '.join(ROLES)}.")
    calls = role == "assistant" and (message.get("tool_calls") or message.get("function_call"))
    if not isinstance(content, str) and not (content is None and calls):
        raise _format_error(f"{place}: content must be text.")
    if "weight" in message:
        if role != "assistant":
            raise _format_error(f"{place}: weight is for messages of the assistant only.")
        if isinstance(message["weight"], bool) or message["weight"] not in (0, 1):
            raise _format_error(f"{place}: weight must be 0 or 1.")


def _known(found: dict[str, Any], keys: set[str], place: str) -> None:
    unknown = sorted(set(found) - keys)
    if unknown:
        raise _format_error(f"{place}: unexpected key {unknown[0]}.")


def _format_error(message: str) -> Malformed:
    return Malformed("invalid_file_format", f"Invalid file format. {message}")
