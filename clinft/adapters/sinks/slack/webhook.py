"""An incoming webhook: it only adds. A step that has something new to tell becomes one more message.

No answer can be looked for: a message of which nobody knows whether it arrived is not sent again. So what is
about to be sent is noted before.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from clinft.adapters.sinks.slack import memory as remembered
from clinft.adapters.sinks.slack.blocks import milestone_message
from clinft.adapters.sinks.slack.errors import Lost
from clinft.adapters.sinks.slack.memory import LOST, MAYBE, UNKNOWN, Stamp
from clinft.ports.sinks import Milestone, Receipt

# In place of a channel's id and a message's name, which a webhook does not tell.
WEBHOOK, ADDED = "webhook", "added"


def body_of(milestone: Milestone, memory: Mapping[str, str]) -> dict[str, Any] | None:
    """None: exactly this was told already."""
    digest = milestone_message(milestone).digest
    before = told(milestone, memory)
    if before == digest:
        return None
    message = milestone_message(milestone, updated=before is not None)
    return {
        "text": message.text,
        "blocks": list(message.blocks),
        "unfurl_links": False,
        "unfurl_media": False,
    }


class Sends(Protocol):
    def send(self, body: Mapping[str, Any]) -> None: ...


class Webhook:
    def __init__(self, hook: Sends) -> None:
        self._hook = hook

    def foreseen(self, milestone: Milestone, memory: Mapping[str, str]) -> Mapping[str, str]:
        if body_of(milestone, memory) is None:
            return {}
        return remembered.sending_is(milestone, milestone_message(milestone).digest)

    def send(self, milestone: Milestone, memory: Mapping[str, str]) -> Receipt:
        if remembered.sending(memory, milestone) == milestone_message(milestone).digest:
            remember = {**remembered_of(milestone, UNKNOWN), **remembered.sending_is(milestone, "")}
            return Receipt(True, f"{milestone.kind}: {MAYBE}", remember=remember, certain=False)
        body = body_of(milestone, memory)
        if body is None:
            return Receipt(False, f"{milestone.kind}: nothing new")
        stamp, what = ADDED, "message added"
        try:
            self._hook.send(body)
        except Lost:
            stamp, what = UNKNOWN, LOST
        return Receipt(
            True,
            f"{milestone.kind}: {what}",
            remember=remembered_of(milestone, stamp),
            certain=stamp != UNKNOWN,
        )


def remembered_of(milestone: Milestone, stamp: Stamp = ADDED) -> dict[str, str]:
    return {
        **remembered.thread_is(milestone, WEBHOOK, ADDED),
        **remembered.message_is(milestone, stamp, milestone_message(milestone).digest),
    }


def told(milestone: Milestone, memory: Mapping[str, str]) -> str | None:
    """Digest of what was told last, or may have been."""
    if on_its_way := remembered.sending(memory, milestone):
        return on_its_way
    if memory.get(f"thread:{milestone.thread}") != f"{WEBHOOK} {ADDED}":
        return None
    return memory.get(f"message:{milestone.key}", "").rpartition(" ")[2] or None
