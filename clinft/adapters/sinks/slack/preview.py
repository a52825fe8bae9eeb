"""What would be sent, as far as memory knows what stands there; nothing is reached and no key is needed."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from clinft.adapters.sinks.slack import memory as remembered
from clinft.adapters.sinks.slack.blocks import Message, milestone_message
from clinft.adapters.sinks.slack.calls import (
    MILESTONE,
    THREAD,
    milestone_tags,
    post_arguments,
    thread_tags,
    update_arguments,
)
from clinft.adapters.sinks.slack.memory import UNKNOWN, Known
from clinft.adapters.sinks.slack.states import headline_of, states_of
from clinft.adapters.sinks.slack.webhook import body_of
from clinft.ports.sinks import Milestone

ABOVE = "<ts of the message above>"
# In its place while several messages are looked at, one after the other.
NOT_YET = "0.0"
Call = tuple[str, Mapping[str, Any]]


def of_bot(milestone: Milestone, memory: Mapping[str, str], channel: str) -> str:
    return _json(_calls(milestone, remembered.known(memory, channel, milestone), channel))


def of_webhook(milestone: Milestone, memory: Mapping[str, str]) -> str:
    body = body_of(milestone, memory)
    return _json([("POST to the webhook", body)] if body else [])


def remembered_of_bot(milestone: Milestone, memory: Mapping[str, str], channel: str) -> dict[str, str]:
    known, message = remembered.known(memory, channel, milestone), milestone_message(milestone)
    return {
        **remembered.thread_is(milestone, channel, known.thread or NOT_YET),
        **remembered.message_is(milestone, known.message or NOT_YET, message.digest),
        **remembered.step_is(milestone),
        **remembered.headline_is(
            milestone, headline_of(milestone, states_of(known, milestone, message)).digest
        ),
    }


def _calls(milestone: Milestone, known: Known, channel: str) -> Iterator[Call]:
    message = milestone_message(milestone)
    top = headline_of(milestone, states_of(known, milestone, message))
    if known.thread is None:
        tags = _tagged(thread_tags(milestone.thread), top)
        yield "chat.postMessage", post_arguments(channel, top, THREAD, tags, None)
    if known.digest != message.digest:
        tags = _tagged(milestone_tags(milestone), message)
        if known.message is not None and known.message != UNKNOWN:
            yield "chat.update", update_arguments(channel, known.message, message, MILESTONE, tags)
        else:
            below = ABOVE if known.thread is None else None if known.thread == UNKNOWN else known.thread
            yield "chat.postMessage", post_arguments(channel, message, MILESTONE, tags, below)
    if known.thread is not None and known.thread != UNKNOWN and known.headline != top.digest:
        tags = _tagged(thread_tags(milestone.thread), top)
        yield "chat.update", update_arguments(channel, known.thread, top, THREAD, tags)


def _tagged(tags: Mapping[str, str], message: Message) -> dict[str, str]:
    return {**tags, "digest": message.digest}


def _json(calls: Iterator[Call] | list[Call]) -> str:
    shown = [{"method": method, "arguments": _named(arguments)} for method, arguments in calls]
    return json.dumps(shown, indent=2, ensure_ascii=False)


def _named(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {key: ABOVE if value == NOT_YET else value for key, value in arguments.items()}
