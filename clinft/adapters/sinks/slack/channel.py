"""One channel: messages are written once, found again by their metadata, changed in place.

Slack has no key against repetition. What was posted carries its step in metadata, so that it is looked for
before it is posted, after a lost answer, and once more afterwards: of two publishers at the same time the
one that came later takes its message back. That needs the app's right to read the channel; without it,
a message whose answer was lost is never sent again.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from clinft.adapters.sinks.slack.blocks import Message
from clinft.adapters.sinks.slack.calls import (
    THREAD,
    Seen,
    Tags,
    an_object,
    objects,
    post_arguments,
    seen_in,
    time_of,
    update_arguments,
)
from clinft.adapters.sinks.slack.client import POST, Api
from clinft.adapters.sinks.slack.errors import GONE, UNREADABLE, Lost, Refused, in_words, unreachable
from clinft.adapters.sinks.slack.memory import STAMP, UNKNOWN, Stamp
from clinft.adapters.sinks.slack.patience import pause_after
from clinft.errors import ClinftError

TRIES = 3
# How far back a thread is looked for whose place was forgotten.
SECONDS_BACK = 14 * 86_400
PAGES, PAGE = 10, 200


class Channel:
    def __init__(
        self, api: Api, channel: str, sleep: Callable[[float], None], now: Callable[[], float]
    ) -> None:
        self._api, self._channel, self._sleep, self._now = api, channel, sleep, now
        self._bot: str | None = None
        self._readable = True

    def thread(self, thread: str) -> list[Seen] | None:
        """Headlines of this thread, the first one first; None: the channel may not be read."""
        oldest = f"{max(0.0, self._now() - SECONDS_BACK):.6f}"
        found = self._read("conversations.history", {"oldest": oldest})
        if found is None:
            return None
        return [one for one in found if one.event == THREAD and one.tags.get("thread") == thread]

    def may_be_read(self) -> bool:
        return self._read("conversations.history", {"oldest": f"{self._now():.6f}"}) is not None

    def replies(self, stamp: Stamp) -> list[Seen] | None:
        """The headline and our messages below it, by time; None: the channel may not be read."""
        return self._read("conversations.replies", {"ts": stamp})

    def post(
        self,
        message: Message,
        event: str,
        tags: Tags,
        look: Callable[[], list[Seen] | None],
        thread: Stamp | None = None,
    ) -> Seen:
        """What stands there now: this, or one that was there. Stamp UNKNOWN: nobody knows. Refused: GONE."""
        tags = {**tags, "digest": message.digest}
        arguments = post_arguments(self._channel, message, event, tags, thread)
        for attempt in range(TRIES):
            there = look()
            if there:
                return there[0]
            try:
                stamp = self._posted(arguments)
            except Lost:
                if there is None:
                    return Seen(UNKNOWN, event, tags, posted=True)
                self._sleep(pause_after(attempt))
                continue
            return self._first(Seen(stamp, event, tags, posted=True), look() or [])
        there = look()
        if there:
            return there[0]
        raise unreachable(POST)

    def _posted(self, arguments: Mapping[str, Any]) -> Stamp:
        stamp = str(self._call(POST, arguments).get("ts"))
        if not STAMP.fullmatch(stamp):
            raise Lost  # what was answered is no answer of Slack's
        return stamp

    def update(self, stamp: Stamp, message: Message, event: str, tags: Tags) -> None:
        """Refused: GONE."""
        tags = {**tags, "digest": message.digest}
        self._call("chat.update", update_arguments(self._channel, stamp, message, event, tags))

    def _first(self, mine: Seen, there: list[Seen]) -> Seen:
        first = min([mine, *there], key=time_of)
        if first.stamp != mine.stamp:
            # Gone already, or it stays: neither is a reason to say that nothing was sent.
            with suppress(Refused, ClinftError):
                self._call("chat.delete", {"channel": self._channel, "ts": mine.stamp})
        return first

    def _read(self, method: str, arguments: Mapping[str, Any]) -> list[Seen] | None:
        if not self._readable:
            return None
        try:
            ours = self._bot or self._bot_id()
            return sorted(self._pages(method, arguments, ours), key=time_of)
        except Refused as refusal:
            if refusal.code == "thread_not_found":
                return []
            if refusal.code not in UNREADABLE:
                raise
            self._readable = False
            return None

    def _pages(self, method: str, arguments: Mapping[str, Any], ours: str) -> Iterator[Seen]:
        cursor: dict[str, str] = {}
        for _ in range(PAGES):
            page = self._call(
                method,
                {
                    "channel": self._channel,
                    **arguments,
                    **cursor,
                    "limit": PAGE,
                    "include_all_metadata": True,
                },
            )
            for one in objects(page.get("messages")):
                if one.get("bot_id") == ours and (seen := seen_in(one)):
                    yield seen
            following = an_object(page.get("response_metadata")).get("next_cursor")
            if not following:
                return
            cursor = {"cursor": str(following)}

    def _bot_id(self) -> str:
        """Messages of others are never taken for ours, whatever their metadata says."""
        self._bot = str(self._call("auth.test", {}).get("bot_id"))
        return self._bot

    def _call(self, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Refused only where somebody here can go on; else in words."""
        refusal: Refused
        try:
            return self._api.call(method, arguments)
        except Refused as found:
            refusal = found
        if refusal.code in GONE or (method.startswith("conversations.") and refusal.code in UNREADABLE):
            raise refusal
        raise in_words(refusal)
