"""One example of a training file for a hosted provider: chat, or a pair of answers for DPO.

No message here holds anything of the data, keys included: a key may be a patient's name.
"""

import re
from collections.abc import Iterator
from typing import Any, Literal

Method = Literal["supervised", "dpo"]
# What is wrong, and what to do about it.
Fault = tuple[str, str]

ROLES = ("system", "developer", "user", "assistant", "tool")
# A completion for DPO is what the model says and what its tools answer.
OUTPUT_ROLES = ("assistant", "tool")
CHAT_KEYS = ("messages", "tools", "parallel_tool_calls")
PAIR_KEYS = ("input", "preferred_output", "non_preferred_output")
MESSAGE_KEYS = ("role", "content", "name")
ASSISTANT_KEYS = (*MESSAGE_KEYS, "weight", "tool_calls")
TOOL_KEYS = (*MESSAGE_KEYS, "tool_call_id")
CALL_KEYS = ("id", "type", "function")
FUNCTION_KEYS = ("name", "description", "parameters", "strict")
# What OpenAI's interface accepts as the name of a participant, and of a function.
NAME = re.compile(r"[^\s<|\\/>]{1,64}")
FUNCTION_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def faults(example: Any, method: Method) -> Iterator[Fault]:
    """All that is wrong with a parsed line; nothing where it may be trained on."""
    if not isinstance(example, dict):
        yield "The line is not a JSON object.", "Write one object a line, without a list around them."
    elif method == "dpo":
        yield from _pair(example)
    else:
        yield from _keys("The example", example, CHAT_KEYS)
        yield from _tools(example)
        yield from _messages("messages", example.get("messages"), ROLES, answered=True, weights=True)


def _pair(example: dict[str, Any]) -> Iterator[Fault]:
    yield from _keys("The example", example, PAIR_KEYS)
    prompt = example.get("input")
    known: set[str] = set()
    if isinstance(prompt, dict):
        yield from _keys("input", prompt, CHAT_KEYS)
        yield from _tools(prompt)
        yield from _messages("input.messages", prompt.get("messages"), ROLES, answered=False)
        known = _call_ids(prompt.get("messages"))
    else:
        yield "input is missing or not an object.", "Give input with the messages to answer."
    for key in PAIR_KEYS[1:]:
        yield from _messages(key, example.get(key), OUTPUT_ROLES, answered=True, known_calls=known)
    if "preferred_output" in example and example["preferred_output"] == example.get("non_preferred_output"):
        yield "Both outputs are the same.", "Give two that differ, or remove the example."


def _messages(
    where: str,
    messages: Any,
    roles: tuple[str, ...],
    answered: bool,
    weights: bool = False,
    known_calls: set[str] | None = None,
) -> Iterator[Fault]:
    """`answered`: the assistant has the last word, otherwise somebody else. `weights`: these are allowed."""
    if not isinstance(messages, list) or not messages:
        yield f"{where} is missing, empty or not a list.", "Give a list of messages."
        return
    calls = set(known_calls or ())
    for index, message in enumerate(messages):
        place = f"{where}[{index}]"
        if not isinstance(message, dict):
            yield f"{place} is not an object.", "A message has a role and content."
            continue
        yield from _message(place, message, roles, weights, calls)
        calls |= _call_ids([message])
    assistants = [message for message in messages if _role(message) == "assistant"]
    if answered and _role(messages[-1]) != "assistant":
        yield f"{where} does not end with the assistant.", "The last message is the answer to be learned."
    if not answered and _role(messages[-1]) == "assistant":
        yield f"{where} ends with the assistant.", "The answers belong into the two outputs."
    if weights and assistants and all(_is_zero(message.get("weight")) for message in assistants):
        yield (
            f"Every assistant message of {where} has weight 0.",
            "Nothing would be learned; give one weight 1.",
        )


def _message(
    place: str, message: dict[str, Any], roles: tuple[str, ...], weights: bool, calls: set[str]
) -> Iterator[Fault]:
    role = _role(message)
    if role not in roles:
        yield f"{place}.role is none of {', '.join(roles)}.", "Use one of them."
        return
    allowed = {"assistant": ASSISTANT_KEYS, "tool": TOOL_KEYS}.get(role, MESSAGE_KEYS)
    yield from _keys(place, message, tuple(key for key in allowed if weights or key != "weight"))
    name, weight = message.get("name"), message.get("weight")
    if name is not None and not (isinstance(name, str) and NAME.fullmatch(name)):
        yield f"{place}.name is not a name.", r"Up to 64 characters, without blanks and < > | \ /."
    if weights and "weight" in message and not (_is_whole(weight) and weight in (0, 1)):
        yield f"{place}.weight is neither 0 nor 1.", "0: not learned from; 1, or no weight: learned from."
    if role == "tool" and _not_among(message.get("tool_call_id"), calls):
        yield f"{place}.tool_call_id is of no earlier tool call.", "Give the id of the call that it answers."
    if role == "assistant" and "tool_calls" in message:
        yield from _tool_calls(f"{place}.tool_calls", message["tool_calls"])
    yield from _content(f"{place}.content", message)


def _content(place: str, message: dict[str, Any]) -> Iterator[Fault]:
    content = message.get("content")
    if content is None and _role(message) == "assistant" and message.get("tool_calls"):
        return
    parts = content if isinstance(content, list) else [{"type": "text", "text": content}]
    if any(isinstance(part, dict) and part.get("type") not in ("text", None) for part in parts):
        yield f"{place} holds something other than text.", "The audit reads text alone; leave pictures out."
    elif not parts or not all(_is_text(part) for part in parts):
        yield f"{place} is missing, empty or not text.", "Every message says something."


def _tool_calls(place: str, calls: Any) -> Iterator[Fault]:
    if not isinstance(calls, list) or not calls:
        yield f"{place} is not a list of calls.", "Leave it out where no tool is called."
        return
    for index, call in enumerate(calls):
        function = call.get("function") if isinstance(call, dict) else None
        good = (
            isinstance(function, dict)
            and set(call) == set(CALL_KEYS)
            and call["type"] == "function"
            and _is_filled(call["id"])
            and set(function) == {"name", "arguments"}
            and _is_function_name(function["name"])
            and isinstance(function["arguments"], str)
        )
        if not good:
            yield (
                f"{place}[{index}] is not a call of a function.",
                "It has id, type: function, and function with name and arguments, JSON in a string.",
            )


def _tools(holder: dict[str, Any]) -> Iterator[Fault]:
    tools = holder.get("tools", [])
    if not isinstance(tools, list):
        yield "tools is not a list.", "Give a list of functions, or leave it out."
        return
    for index, tool in enumerate(tools):
        function = tool.get("function") if isinstance(tool, dict) else None
        good = (
            isinstance(function, dict)
            and set(tool) == {"type", "function"}
            and tool["type"] == "function"
            and set(function) <= set(FUNCTION_KEYS)
            and _is_function_name(function.get("name"))
            and isinstance(function.get("parameters", {}), dict)
        )
        if not good:
            yield (
                f"tools[{index}] is not a function.",
                "It has type: function, and function with name, description and parameters.",
            )
    if not isinstance(holder.get("parallel_tool_calls", True), bool):
        yield "parallel_tool_calls is neither true nor false.", "Write one of them, or leave it out."


def _keys(place: str, holder: dict[str, Any], allowed: tuple[str, ...]) -> Iterator[Fault]:
    unknown = [str(number) for number, key in enumerate(holder, start=1) if key not in allowed]
    if unknown:
        yield (
            f"{place} has a key that is not known there: number {', '.join(unknown[:5])}.",
            f"Allowed: {', '.join(allowed)}.",
        )


def _call_ids(messages: Any) -> set[str]:
    if not isinstance(messages, list):
        return set()
    calls = [
        message["tool_calls"]
        for message in messages
        if isinstance(message, dict) and isinstance(message.get("tool_calls"), list)
    ]
    ids = [call.get("id") for some in calls for call in some if isinstance(call, dict)]
    return {found for found in ids if isinstance(found, str)}


def _role(message: Any) -> str:
    role = message.get("role") if isinstance(message, dict) else None
    return role if isinstance(role, str) else ""


def _not_among(value: Any, known: set[str]) -> bool:
    return not isinstance(value, str) or value not in known


def _is_whole(value: Any) -> bool:
    """true and false are none, though Python counts with them."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_zero(value: Any) -> bool:
    return _is_whole(value) and value == 0


def _is_filled(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_text(part: Any) -> bool:
    return isinstance(part, dict) and set(part) == {"type", "text"} and _is_filled(part["text"])


def _is_function_name(value: Any) -> bool:
    return isinstance(value, str) and FUNCTION_NAME.fullmatch(value) is not None
