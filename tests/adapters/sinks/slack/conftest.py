from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clinft.adapters.sinks.slack import Slack
from clinft.adapters.sinks.tools import SinkTools
from clinft.ports.sinks import Milestone
from clinft.spec.eligibility import Eligibility
from clinft.spec.sinks import Sink
from tests.fakes.slack.server import SlackServer
from tests.fakes.slack.state import CHANNEL, HOOK, START, TOKEN

ELIGIBILITY = Eligibility(owner="Privacy office", review_by="2099-01-01")


@pytest.fixture
def server() -> Iterator[SlackServer]:
    with SlackServer() as found:
        yield found
    assert found.violations == []
    assert found.faults_to_come == []


class Desk:
    """One publisher: a sink, what it remembers and how long it waited."""

    def __init__(self, server: SlackServer, channel: str | None = CHANNEL, key: str | None = None) -> None:
        self.waited: list[float] = []
        self.memory: dict[str, str] = {}
        secret = key or (TOKEN if channel else HOOK)
        self.place = Sink(
            kind="slack",
            description="#fine-tuning",
            url=server.url if channel else server.base,
            channel=channel,
            eligibility=ELIGIBILITY,
        )
        self.tools = SinkTools(
            key_of={server.host: secret}.get,
            now=lambda: datetime.fromtimestamp(START, UTC) + timedelta(days=1),
            sleep=self.waited.append,
        )
        self.sink = Slack(self.place, self.tools)

    def send(self, milestone: Milestone) -> Any:
        receipt = self.sink.send(milestone, self.memory)
        self.memory |= receipt.remember
        return receipt

    def again(self) -> "Desk":
        """A later run, with what was remembered."""
        self.sink = Slack(self.place, self.tools)
        return self


@pytest.fixture
def desk(server: SlackServer) -> Desk:
    return Desk(server)


@pytest.fixture
def blind(server: SlackServer) -> Desk:
    """May write and not read."""
    server.scopes = {"chat:write"}
    return Desk(server)


@pytest.fixture
def hook(server: SlackServer) -> Desk:
    return Desk(server, channel=None)


@pytest.fixture
def new_desk(server: SlackServer) -> Callable[[], Desk]:
    return lambda: Desk(server)
