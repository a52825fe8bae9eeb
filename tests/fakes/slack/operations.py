"""What each method of the Web API does. A refusal is Slack's code."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.fakes.slack.state import BOT, TEAM, Conversation, Message, State


class Refusal(Exception):
    def __init__(self, code: str, **more: str) -> None:
        super().__init__(code)
        self.body: dict[str, Any] = {"ok": False, "error": code, **more}


Operation = Callable[[State, Mapping[str, Any]], dict[str, Any]]


def auth_test(state: State, _: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "url": "https://hospital.slack.com/",
        "team": "Hospital",
        "user": "clinft",
        "team_id": TEAM,
        "user_id": "U0CLINFT",
        "bot_id": BOT,
    }


def post_message(state: State, asked: Mapping[str, Any]) -> dict[str, Any]:
    channel = _writable(state, asked["channel"])
    below = asked.get("thread_ts")
    if below and channel.find(below) is None:
        raise Refusal("thread_not_found")
    message = Message(state.stamp(), asked["text"], asked["blocks"], asked.get("metadata"), below)
    channel.messages.append(message)
    return {"channel": channel.id, "ts": message.ts, "message": _shown(message, all_metadata=True)}


def update(state: State, asked: Mapping[str, Any]) -> dict[str, Any]:
    channel = _writable(state, asked["channel"])
    message = _own(channel, asked["ts"], "cant_update_message")
    message.text, message.blocks = asked["text"], asked["blocks"]
    # Without the field Slack keeps what was there.
    message.metadata = asked.get("metadata", message.metadata)
    message.edits += 1
    # By Slack's types the message of this answer does not repeat where it stands.
    shown = _shown(message, all_metadata=True)
    shown = {name: one for name, one in shown.items() if name not in ("ts", "thread_ts")}
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


def delete(state: State, asked: Mapping[str, Any]) -> dict[str, Any]:
    channel = _writable(state, asked["channel"])
    message = _own(channel, asked["ts"], "cant_delete_message")
    channel.messages.remove(message)
    return {"channel": channel.id, "ts": message.ts}


def history(state: State, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The newest first; replies stand in their threads alone."""
    channel = _readable(state, asked["channel"])
    found = [one for one in channel.messages if one.thread_ts is None and one.ts > asked.get("oldest", "")]
    return _pages(state, asked, found[::-1])


def replies(state: State, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The parent, then its replies, the oldest first."""
    channel = _readable(state, asked["channel"])
    parent = channel.find(asked["ts"])
    if parent is None:
        raise Refusal("thread_not_found")
    return _pages(state, asked, [parent, *(one for one in channel.messages if one.thread_ts == parent.ts)])


def info(state: State, asked: Mapping[str, Any]) -> dict[str, Any]:
    _need(state, asked["channel"], "read")
    channel = _known(state, asked["channel"])
    return {
        "channel": {
            "id": channel.id,
            "is_archived": channel.archived,
            "is_member": channel.member,
            "is_ext_shared": channel.shared,
        }
    }


OPERATIONS: dict[str, Operation] = {
    "auth.test": auth_test,
    "chat.postMessage": post_message,
    "chat.update": update,
    "chat.delete": delete,
    "conversations.history": history,
    "conversations.replies": replies,
    "conversations.info": info,
}


def _known(state: State, name: str) -> Conversation:
    if name not in state.channels:
        raise Refusal("channel_not_found")
    return state.channels[name]


def _writable(state: State, name: str) -> Conversation:
    if "chat:write" not in state.scopes:
        raise Refusal("missing_scope", needed="chat:write", provided=",".join(sorted(state.scopes)))
    channel = _known(state, name)
    if channel.archived:
        raise Refusal("is_archived")
    if not channel.member and "chat:write.public" not in state.scopes:
        raise Refusal("not_in_channel")
    return channel


def _readable(state: State, name: str) -> Conversation:
    _need(state, name, "history")
    channel = _known(state, name)
    if not channel.member:
        raise Refusal("not_in_channel")
    return channel


def _need(state: State, name: str, what: str) -> None:
    needed = f"{'groups' if name.startswith('G') else 'channels'}:{what}"
    if needed not in state.scopes:
        raise Refusal("missing_scope", needed=needed, provided=",".join(sorted(state.scopes)))


def _own(channel: Conversation, ts: str, otherwise: str) -> Message:
    message = channel.find(ts)
    if message is None:
        raise Refusal("message_not_found")
    if message.bot != BOT:
        raise Refusal(otherwise)
    return message


def _pages(state: State, asked: Mapping[str, Any], found: list[Message]) -> dict[str, Any]:
    start, size = int(asked.get("cursor") or 0), min(int(asked.get("limit", 100)), state.page)
    more = len(found) > start + size
    return {
        "messages": [
            _shown(one, bool(asked.get("include_all_metadata"))) for one in found[start : start + size]
        ],
        "has_more": more,
        **({"response_metadata": {"next_cursor": str(start + size)}} if more else {}),
    }


def _shown(message: Message, all_metadata: bool) -> dict[str, Any]:
    metadata = dict(message.metadata or {})
    if not all_metadata:
        metadata.pop("event_payload", None)
    return {
        "type": "message",
        "ts": message.ts,
        "text": message.text,
        "user": "U0CLINFT" if message.bot == BOT else "U0PERSON",
        "blocks": message.blocks,
        **({"bot_id": message.bot} if message.bot else {}),
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
        **({"metadata": metadata} if metadata else {}),
    }
