"""Milestones in a Slack channel: with a bot token a thread for each plan, with a webhook messages alone."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from clinft.adapters.sinks.slack import preview, shown, webhook
from clinft.adapters.sinks.slack.webhook import Webhook
from clinft.adapters.sinks.tools import SinkTools
from clinft.errors import ClinftError, MissingExtra
from clinft.ports.sinks import Milestone, Parcel, Reached, Receipt
from clinft.spec.sinks import Sink as Place

if TYPE_CHECKING:
    from clinft.adapters.sinks.slack.bot import Bot
    from clinft.adapters.sinks.slack.client import Api, Hook

API, HOOKS = "https://slack.com/api", "https://hooks.slack.com"


class Slack:
    def __init__(self, place: Place, tools: SinkTools) -> None:
        self._channel, self._tools = place.channel, tools
        self._url = (place.url or (API if place.channel else HOOKS)).rstrip("/")

    def accepts(self, parcel: Parcel) -> bool:
        return isinstance(parcel, Milestone)

    def send(self, parcel: Parcel, memory: Mapping[str, str]) -> Receipt:
        milestone = _milestone(parcel)
        return self._sender.send(milestone, memory)

    def foreseen(self, parcel: Parcel, memory: Mapping[str, str]) -> Mapping[str, str]:
        return self._sender.foreseen(_milestone(parcel), memory)

    def preview(self, parcel: Parcel, memory: Mapping[str, str]) -> str:
        milestone = _milestone(parcel)
        if self._channel:
            return preview.of_bot(milestone, memory, self._channel)
        return preview.of_webhook(milestone, memory)

    def shown(self, parcel: Parcel, memory: Mapping[str, str]) -> str:
        milestone = _milestone(parcel)
        if self._channel:
            return shown.of_bot(milestone, memory, self._channel)
        return shown.of_webhook(milestone, memory)

    def rehearsed(self, parcel: Parcel, memory: Mapping[str, str]) -> Mapping[str, str]:
        milestone = _milestone(parcel)
        if self._channel:
            return preview.remembered_of_bot(milestone, memory, self._channel)
        return webhook.remembered_of(milestone)

    def check(self) -> Iterator[Reached]:
        try:
            if self._channel:
                from clinft.adapters.sinks.slack import checks

                yield from checks.of_channel(self._api(), self._channel)
            else:
                self._hook()
                yield Reached(True, "The path of the webhook is well-formed; only a message would try it.")
        except ClinftError as error:
            yield Reached(False, error.what, f"{error.cause} {error.next_step}")

    @cached_property
    def _sender(self) -> "Bot | Webhook":
        if not self._channel:
            return Webhook(self._hook())
        api = self._api()
        from clinft.adapters.sinks.slack.bot import Bot
        from clinft.adapters.sinks.slack.channel import Channel

        channel = Channel(api, self._channel, self._tools.sleep, lambda: self._tools.now().timestamp())
        return Bot(self._channel, channel)

    def _api(self) -> "Api":
        _need_client()
        from clinft.adapters.sinks.slack.client import Api

        return Api(self._url, self._key(), self._tools.sleep)

    def _hook(self) -> "Hook":
        _need_client()
        from clinft.adapters.sinks.slack.client import Hook

        return Hook(self._url, self._key(), self._tools.sleep)

    def _key(self) -> str | None:
        return self._tools.key_of(urlsplit(self._url).netloc)


def _need_client() -> None:
    if find_spec("slack_sdk") is None:
        raise MissingExtra("slack", "Writing to Slack")


def _milestone(parcel: Parcel) -> Milestone:
    if not isinstance(parcel, Milestone):
        raise ValueError("Slack gets milestones alone")  # accepts() was not asked: a bug
    return parcel
