"""How a message is asked for, and how one of ours is known again: by its metadata."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from clinft.adapters.sinks.slack.blocks import Message
from clinft.adapters.sinks.slack.memory import STAMP, Stamp
from clinft.ports.sinks import Milestone, MilestoneKind, Tone

THREAD, MILESTONE = "clinft_thread", "clinft_milestone"

Tags = Mapping[str, str]


@dataclass(frozen=True)
class Seen:
    """One message of ours, read back."""

    stamp: Stamp
    event: str
    tags: Tags
    posted: bool = False  # just now, by us

    @property
    def digest(self) -> str:
        return self.tags.get("digest", "")

    def state(self) -> tuple[MilestoneKind, Tone] | None:
        """Metadata can be written by every app that has our name; unknown words are nothing."""
        kind, tone = self.tags.get("kind", ""), self.tags.get("tone", "")
        if kind in get_args(MilestoneKind) and tone in get_args(Tone):
            return kind, tone  # type: ignore[return-value]  # narrowed by the line above
        return None


def post_arguments(
    channel: str, message: Message, event: str, tags: Tags, thread: str | None
) -> dict[str, Any]:
    return {
        "channel": channel,
        **({"thread_ts": thread} if thread else {}),
        **_content(message, event, tags),
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def update_arguments(channel: str, stamp: Stamp, message: Message, event: str, tags: Tags) -> dict[str, Any]:
    return {"channel": channel, "ts": stamp, **_content(message, event, tags)}


def thread_tags(thread: str) -> Tags:
    return {"thread": thread}


def milestone_tags(milestone: Milestone) -> Tags:
    return {
        "thread": milestone.thread,
        "key": milestone.key,
        "kind": milestone.kind,
        "tone": milestone.tone,
    }


def an_object(value: object) -> Mapping[str, Any]:
    """An answer is foreign: what has another form is nothing."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def seen_in(message: Mapping[str, Any]) -> Seen | None:
    metadata = an_object(message.get("metadata"))
    stamp, payload = str(message.get("ts")), an_object(metadata.get("event_payload"))
    if metadata.get("event_type") not in (THREAD, MILESTONE) or not STAMP.fullmatch(stamp):
        return None
    return Seen(stamp, metadata["event_type"], {str(k): str(v) for k, v in payload.items()})


def time_of(seen: Seen) -> tuple[int, int]:
    seconds, _, rest = seen.stamp.partition(".")
    return int(seconds), int(rest)


def _content(message: Message, event: str, tags: Tags) -> dict[str, Any]:
    return {
        "text": message.text,
        "blocks": list(message.blocks),
        "metadata": {"event_type": event, "event_payload": dict(tags)},
        # Nothing is parsed: no name becomes a mention, no address a link.
        "parse": "none",
        "link_names": False,
    }
