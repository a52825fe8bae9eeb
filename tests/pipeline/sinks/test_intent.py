"""What only adds is noted before it is sent: whatever is lost afterwards, nobody is told twice."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

import pytest

from clinft.adapters.sinks.slack import Slack
from clinft.adapters.sinks.tools import SinkTools
from clinft.errors import ServiceError
from clinft.pipeline.sinks.due import Wanted
from clinft.pipeline.sinks.round import send_all
from clinft.pipeline.sinks.sending import SENT, Desk, Reported, waiting
from clinft.spec.sinks import Sink as Place
from tests.fakes.slack.server import SlackServer
from tests.fakes.slack.state import CHANNEL, HOOK, TOKEN
from tests.pipeline.sinks.conftest import NOW, Hospital, sinks_of

SIX = 6


class Killed(BaseException):
    """As SIGKILL: nothing of ours runs after it."""


class World:
    """One sink of Slack's, told of by rounds an hour apart. `hook`: by a webhook, else by a bot."""

    def __init__(self, hospital: Hospital, slack: SlackServer, hook: bool) -> None:
        self.hospital, self.slack, self.hour = hospital, slack, 0
        sinks = {"channel": sinks_of()["channel"]}
        sinks["channel"] |= {"url": slack.base} if hook else {"url": slack.url, "channel": CHANNEL}
        hospital.write(notify=("channel",), sinks=sinks)
        self.tools = SinkTools(
            key_of={slack.host: HOOK if hook else TOKEN}.get, now=lambda: NOW, sleep=lambda seconds: None
        )

    def round(self) -> list[Reported]:
        self.hour += 1
        now = NOW + timedelta(hours=self.hour)
        desk = Desk(self.hospital.memory, self._open, now)
        return list(send_all(self.hospital.seen(now), desk, Wanted(), ("slack",)))

    def _open(self, place: Place) -> Slack:
        return Slack(place, self.tools)

    @property
    def notes(self) -> Mapping[str, str]:
        return self.hospital.memory.read("channel")

    def refuse_notes(self, of: str) -> None:
        def refuse(additions: Mapping[str, str]) -> None:
            if any(key.startswith(of) for key in additions):
                raise ServiceError("The remote did not answer.", "It is down.", "Nothing is to be done.")

        self.hospital.memory.before_noting = refuse

    def kill_at_notes(self, of: str) -> None:
        def kill(additions: Mapping[str, str]) -> None:
            if any(key.startswith(of) for key in additions):
                raise Killed

        self.hospital.memory.before_noting = kill

    def meanwhile(self, of: str, then: Callable[[], None]) -> None:
        """What another publisher does, which had read as much, before the first such note is taken."""

        def once(additions: Mapping[str, str]) -> None:
            if any(key.startswith(of) for key in additions):
                self.take_notes()
                then()

        self.hospital.memory.before_noting = once

    def take_notes(self) -> None:
        self.hospital.memory.before_noting = lambda additions: None


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        yield server
    assert server.violations == []


@pytest.fixture
def hook(hospital: Hospital, slack: SlackServer) -> World:
    return World(hospital, slack, hook=True)


@pytest.fixture
def blind(hospital: Hospital, slack: SlackServer) -> World:
    """A bot that may write and not read."""
    slack.scopes = {"chat:write"}
    return World(hospital, slack, hook=False)


def titles(slack: SlackServer) -> list[str]:
    return [one["blocks"][0]["text"]["text"] for one in slack.hooked]


def test_a_webhook_whose_memory_cannot_be_written_says_nothing_at_all(hook: World) -> None:
    hook.refuse_notes("sending:")
    for _ in range(3):
        (told,) = hook.round()
        assert told.state == "failed"
        assert "could not be noted before" in told.what
    assert hook.slack.hooked == []
    hook.take_notes()
    assert [one.state for one in hook.round()] == ["sent"] * SIX
    assert not [key for key, value in hook.notes.items() if key.startswith("sending:") and value]
    assert hook.round() == []


def test_a_webhook_whose_memory_fails_afterwards_is_not_sent_again(hook: World) -> None:
    hook.refuse_notes(SENT)
    (told,) = hook.round()
    assert "was sent, which could not be noted" in told.what
    assert len(hook.slack.hooked) == 1
    (again,) = hook.round()
    assert "could not be noted" in again.what
    assert len(hook.slack.hooked) == 1
    hook.take_notes()
    states = [one.state for one in hook.round()]
    assert states == ["unknown"] + ["sent"] * (SIX - 1)
    assert len(hook.slack.hooked) == len({*titles(hook.slack)}) == SIX
    assert hook.round() == []


def test_a_job_killed_while_sending_leaves_no_message_twice(hook: World) -> None:
    hook.kill_at_notes(SENT)
    for _ in range(2):
        with pytest.raises(Killed):
            hook.round()
    hook.take_notes()
    states = [one.state for one in hook.round()]
    assert states.count("unknown") == 1
    assert len(hook.slack.hooked) == len({*titles(hook.slack)}) == SIX


def test_what_is_new_after_an_unknown_outcome_is_one_more_message(hook: World) -> None:
    hook.kill_at_notes(SENT)
    with pytest.raises(Killed):
        hook.round()
    hook.take_notes()
    (first,) = titles(hook.slack)
    notes = hook.hospital.memory.notes["channel"]
    key = next(key for key in notes if key.startswith("sending:"))
    notes[key] = "0" * 16  # what was on its way said something else
    assert [one.state for one in hook.round()] == ["sent"] * SIX
    assert titles(hook.slack)[1] == first.replace("demo: ", "demo: updated: ")


@pytest.mark.parametrize("world", ["hook", "blind"])
def test_what_another_publisher_has_sent_meanwhile_is_not_sent_again(
    world: str, request: pytest.FixtureRequest
) -> None:
    here: World = request.getfixturevalue(world)
    there: list[Reported] = []
    here.meanwhile("sending:", lambda: there.extend(here.round()))
    assert here.round() == []
    assert [one.state for one in there] == ["sent"] * SIX
    sent = [one for one in here.slack.requests if one.method in ("webhook", "chat.postMessage")]
    assert len(sent) == SIX + (world == "blind")  # and the headline
    assert not [key for key, value in here.notes.items() if key.startswith("send") and value]
    assert here.round() == []


def test_what_another_publisher_is_sending_is_not_sent_here(hook: World) -> None:
    """It has noted so, and said nothing yet; or it was killed, which nobody can see."""

    def other() -> None:
        hook.kill_at_notes(SENT)
        with pytest.raises(Killed):
            hook.round()
        hook.take_notes()

    hook.meanwhile("sending:", other)
    first, *rest = hook.round()
    assert (first.state, [one.state for one in rest]) == ("unknown", ["sent"] * (SIX - 1))
    assert "another publisher is sending it" in first.what
    (again,) = hook.round()
    assert (again.state, "not sent twice" in again.what) == ("unknown", True)
    assert len(hook.slack.hooked) == len({*titles(hook.slack)}) == SIX
    assert hook.round() == []


def test_what_slack_refused_was_not_sent_and_is_tried_again(hook: World) -> None:
    hook.slack.hook_state = "channel_is_archived"
    assert {one.state for one in hook.round()} == {"failed"}
    assert not [key for key, value in hook.notes.items() if key.startswith("sending:") and value]
    assert waiting(hook.notes)
    hook.slack.hook_state = None
    assert [one.state for one in hook.round()] == ["sent"] * SIX
    assert waiting(hook.notes) == {}


def test_a_lost_answer_is_told_as_unknown(hook: World) -> None:
    hook.slack.drop_next("webhook")
    assert [one.state for one in hook.round()] == ["unknown"] + ["sent"] * (SIX - 1)
    assert hook.round() == []


def test_a_bot_that_may_not_read_sends_nothing_twice_either(blind: World) -> None:
    blind.kill_at_notes(SENT)
    for _ in range(3):
        with pytest.raises(Killed):
            blind.round()
    blind.take_notes()
    states = [one.state for one in blind.round()]
    assert states.count("unknown") == 1
    messages = [one for one in blind.slack.requests if one.method == "chat.postMessage"]
    texts = [one.arguments["text"] for one in messages]
    assert len(texts) == len({*texts})
    assert blind.round() == []


def test_a_bot_that_may_read_notes_nothing_before(hospital: Hospital, slack: SlackServer) -> None:
    world = World(hospital, slack, hook=False)
    world.refuse_notes("sending:")
    assert [one.state for one in world.round()] == ["sent"] * SIX
    world.take_notes()
    world.kill_at_notes(SENT)
    hospital.memory.notes.clear()
    with pytest.raises(Killed):
        world.round()
    world.take_notes()
    world.round()
    [top] = slack.top()
    assert len(slack.thread(top.ts)) == SIX
