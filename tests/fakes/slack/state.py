"""Channels and messages as Slack keeps them."""

from dataclasses import dataclass, field
from typing import Any

TOKEN, BOT, OTHER_BOT, CHANNEL, PRIVATE = (
    "xoxb-1-test-token",
    "B0CLINFT",
    "B0OTHER",
    "C0123456789",
    "G0123456789",
)
TEAM = "T0HOSPITAL"
HOOK = "/services/T0HOSPITAL/B0HOOK/secret-of-the-hook"
SCOPES = ("chat:write", "channels:history", "channels:read")
START = 1_795_000_000


@dataclass
class Message:
    ts: str
    text: str
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any] | None
    thread_ts: str | None = None
    bot: str = BOT
    edits: int = 0

    @property
    def payload(self) -> dict[str, str]:
        found: dict[str, str] = (self.metadata or {}).get("event_payload", {})
        return found


@dataclass
class Conversation:
    id: str
    member: bool = True
    archived: bool = False
    shared: bool = False
    messages: list[Message] = field(default_factory=list)

    def find(self, ts: str) -> Message | None:
        return next((one for one in self.messages if one.ts == ts), None)


class State:
    """`violations` must be empty at the end of every test."""

    def __init__(self) -> None:
        self.channels = {name: Conversation(name) for name in (CHANNEL, PRIVATE)}
        self.hooked: list[dict[str, Any]] = []  # what came through the webhook
        self.scopes: set[str] = set(SCOPES)
        self.token, self.hook = TOKEN, HOOK
        self.token_state: str | None = None  # token_revoked, token_expired, account_inactive
        self.hook_state: str | None = None  # no_service, channel_is_archived, action_prohibited
        self.page = 200
        self.now = START
        self.violations: list[str] = []

    def stamp(self) -> str:
        self.now += 1
        return f"{self.now}.{self.now % 1_000_000:06d}"

    def top(self, channel: str = CHANNEL) -> list[Message]:
        return [one for one in self.channels[channel].messages if one.thread_ts is None]

    def thread(self, ts: str, channel: str = CHANNEL) -> list[Message]:
        return [one for one in self.channels[channel].messages if one.thread_ts == ts]

    def delete(self, ts: str, channel: str = CHANNEL) -> None:
        """As a person does."""
        found = self.channels[channel]
        found.messages = [one for one in found.messages if one.ts != ts]

    def chat(self, count: int, channel: str = CHANNEL, thread_ts: str | None = None) -> None:
        """People talk."""
        for number in range(count):
            self.channels[channel].messages.append(
                Message(self.stamp(), f"word {number}", [], None, thread_ts, bot="")
            )
