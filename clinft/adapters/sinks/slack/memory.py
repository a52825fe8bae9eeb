"""What is remembered of a thread: where it is, which message tells which step, and what was told."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from clinft.ports.sinks import Milestone, MilestoneKind, Tone

# A message's name in its channel. `UNKNOWN`: it was sent, and the answer was lost.
STAMP = re.compile(r"[0-9]{1,12}\.[0-9]{1,12}")
UNKNOWN = "unknown"
LOST = "sent, but the answer was lost; it is not sent twice: look for it"
MAYBE = "it may be there, as nobody saw how sending it ended; it is not sent twice: look for it"
Stamp: TypeAlias = str
Where: TypeAlias = Stamp | Literal["unknown"] | None


@dataclass(frozen=True)
class Known:
    """Of one thread and one message of it; of another channel nothing is known."""

    thread: Where = None
    headline: str = ""  # digests of what stands there
    message: Where = None
    digest: str = ""
    states: Mapping[MilestoneKind, Tone] = field(default_factory=dict)
    sending: str = ""  # digest of what was on its way when it was last heard of


def known(memory: Mapping[str, str], channel: str, milestone: Milestone) -> Known:
    told_in, _, stamp = memory.get(f"thread:{milestone.thread}", "").partition(" ")
    states: dict[MilestoneKind, Tone] = {
        kind: tone
        for kind in get_args(MilestoneKind)
        for tone in get_args(Tone)
        if memory.get(f"step:{milestone.thread}/{kind}") == tone
    }
    if told_in != channel:
        return Known(states=states, sending=sending(memory, milestone))
    message, _, digest = memory.get(f"message:{milestone.key}", "").partition(" ")
    return Known(
        thread=_where(stamp),
        headline=memory.get(f"headline:{milestone.thread}", ""),
        message=_where(message),
        digest=digest,
        states=states,
        sending=sending(memory, milestone),
    )


def sending(memory: Mapping[str, str], milestone: Milestone) -> str:
    return memory.get(f"sending:{milestone.key}", "")


def sending_is(milestone: Milestone, digest: str) -> dict[str, str]:
    return {f"sending:{milestone.key}": digest}


def thread_is(milestone: Milestone, channel: str, stamp: Stamp) -> dict[str, str]:
    return {f"thread:{milestone.thread}": f"{channel} {stamp}"}


def thread_is_gone(milestone: Milestone) -> dict[str, str]:
    """Somebody deleted it: the next message opens another."""
    return {f"thread:{milestone.thread}": "gone"}


def headline_is(milestone: Milestone, digest: str) -> dict[str, str]:
    return {f"headline:{milestone.thread}": digest}


def message_is(milestone: Milestone, stamp: Stamp, digest: str) -> dict[str, str]:
    return {f"message:{milestone.key}": f"{stamp} {digest}"}


def step_is(milestone: Milestone) -> dict[str, str]:
    return {f"step:{milestone.thread}/{milestone.kind}": milestone.tone}


def _where(text: str) -> Where:
    return text if text == UNKNOWN or STAMP.fullmatch(text) else None
