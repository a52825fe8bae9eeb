"""Slack is busy, broken or silent: nothing is told twice, nothing is lost without a word."""

from dataclasses import replace

import pytest

from clinft.adapters.sinks.slack import client
from clinft.errors import PolicyViolation, ServiceError
from tests.fakes.slack.milestones import AUDIT, COST, DATA_PLAN
from tests.fakes.slack.server import SlackServer

WAYS = ["dropped", "stalled", "500", "502", "fatal_error", "page of a proxy"]


def lose(server, way: str, done: bool = True, method: str = "chat.postMessage") -> None:
    """The next answer; `done`: what was asked for was done."""
    if way == "stalled":
        server.stall_next(method)
    elif way == "dropped":
        server.drop_next(method, after_accepting=done)
    elif way == "page of a proxy":
        server.fail_next(method, 200, done, body="<html>Please log in</html>")
    elif way.isdigit():
        server.fail_next(method, int(way), done)
    else:
        server.refuse_next(method, way, done)


def keys(server) -> list[str]:
    [top] = server.top()
    return [one.payload["key"] for one in server.thread(top.ts)]


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(client, "TIMEOUT_SECONDS", 0.3)


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update", "conversations.history", "auth.test"])
def test_429_waits_as_long_as_slack_asks(server, desk, method):
    desk.send(DATA_PLAN)
    desk.memory = {} if method == "conversations.history" else desk.memory
    server.rate_limit_next(method, times=2, retry_after="7")
    desk.again().send(AUDIT)
    assert keys(server) == [DATA_PLAN.key, AUDIT.key]
    assert desk.waited == [7.0, 7.0]


@pytest.mark.parametrize(("retry_after", "calls"), [("3600", 1), ("1e9", 4), ("", 4), ("-5", 4)])
def test_429_is_not_waited_for_without_end(server, desk, retry_after, calls):
    server.rate_limit_next("chat.postMessage", times=calls, retry_after=retry_after)
    with pytest.raises(ServiceError, match="takes no more calls"):
        desk.send(AUDIT)
    assert sum(desk.waited) <= 7
    assert server.top() == []


@pytest.mark.parametrize("status", [503, 500, 502])
def test_a_server_error_before_anything_was_done_is_overcome(server, desk, status):
    server.fail_next("chat.postMessage", status)
    server.fail_next("chat.update", status)
    server.fail_next("conversations.replies", status)
    desk.send(DATA_PLAN)
    desk.send(AUDIT)
    assert keys(server) == [DATA_PLAN.key, AUDIT.key]


def test_a_server_that_stays_broken_is_a_service_error_and_told_later(server, desk):
    server.fail_next("chat.postMessage", 503, times=4)
    with pytest.raises(ServiceError):
        desk.send(AUDIT)
    assert server.top() == []
    desk.again().send(AUDIT)
    assert keys(server) == [AUDIT.key]


@pytest.mark.parametrize("which", ["headline", "message"])
@pytest.mark.parametrize("way", WAYS)
def test_a_lost_answer_is_looked_for_and_nothing_is_posted_twice(server, desk, impatient, way, which):
    if which == "message":
        desk.send(DATA_PLAN)
    lose(server, way)
    assert desk.send(AUDIT).changed
    assert keys(server)[-1] == AUDIT.key
    assert len(keys(server)) == (2 if which == "message" else 1)
    assert server.asked.count("chat.postMessage") == (3 if which == "message" else 2)
    assert not desk.again().send(AUDIT).changed


@pytest.mark.parametrize("way", ["dropped", "500", "fatal_error"])
def test_a_call_that_did_not_arrive_is_made_again(server, desk, way):
    lose(server, way, done=False)
    desk.send(AUDIT)
    assert keys(server) == [AUDIT.key]


def test_answers_lost_again_and_again_end_in_a_service_error(server, desk):
    server.drop_next("chat.postMessage", after_accepting=False, times=3)
    with pytest.raises(ServiceError, match="did not answer"):
        desk.send(AUDIT)
    desk.again().send(AUDIT)
    assert keys(server) == [AUDIT.key]


@pytest.mark.parametrize("way", WAYS)
def test_without_the_right_to_read_a_lost_message_is_never_sent_again(server, blind, impatient, way):
    blind.send(DATA_PLAN)
    lose(server, way)
    receipt = blind.send(AUDIT)
    assert "answer was lost" in receipt.what
    assert blind.memory[f"message:{AUDIT.key}"].startswith("unknown ")
    assert not blind.again().send(AUDIT).changed
    assert keys(server) == [DATA_PLAN.key, AUDIT.key]
    # What is new is told, of necessity in a message of its own.
    blind.again().send(replace(AUDIT, lines=["news"]))
    assert keys(server) == [DATA_PLAN.key, AUDIT.key, AUDIT.key]


def test_a_lost_message_is_found_once_the_app_may_read(server, blind):
    blind.send(DATA_PLAN)
    lose(server, "dropped")
    blind.send(AUDIT)
    server.scopes.add("channels:history")
    blind.again().send(replace(AUDIT, lines=["news"]))
    assert keys(server) == [DATA_PLAN.key, AUDIT.key]


def test_without_the_right_to_read_a_lost_headline_leaves_messages_by_themselves(server, blind):
    lose(server, "dropped")
    blind.send(DATA_PLAN)
    blind.again().send(AUDIT)
    blind.again().send(replace(AUDIT, lines=["news"]))
    assert [one.payload.get("key") for one in server.top()] == [None, DATA_PLAN.key, AUDIT.key]
    assert server.thread(server.top()[0].ts) == []


def test_once_the_app_may_read_the_lost_headline_is_found(server, blind):
    lose(server, "dropped")
    blind.send(DATA_PLAN)
    server.scopes.add("channels:history")
    blind.again().send(AUDIT)
    headline = server.top()[0]
    assert [one.payload["key"] for one in server.thread(headline.ts)] == [AUDIT.key]
    assert "• Data plan: in order\n• Audit: passed, with warnings" in headline.text


def test_a_message_that_stands_by_itself_is_no_headline(server, blind):
    server.drop_next("chat.postMessage")
    blind.send(DATA_PLAN)
    server.delete(server.top()[0].ts)
    server.scopes.add("channels:history")
    blind.again().send(AUDIT)
    headline = server.top()[-1]
    assert [one.payload["key"] for one in server.thread(headline.ts)] == [AUDIT.key]
    assert "key" not in headline.payload


def test_killed_between_sending_and_remembering_changes_nothing(server, desk):
    desk.send(DATA_PLAN)
    before = dict(desk.memory)
    desk.send(AUDIT)
    desk.memory = before
    assert not desk.again().send(AUDIT).changed
    assert keys(server) == [DATA_PLAN.key, AUDIT.key]


def test_a_headline_that_cannot_be_changed_now_is_changed_by_the_next_step(server, desk):
    desk.send(DATA_PLAN)
    server.fail_next("chat.update", 503, times=4)
    assert desk.send(AUDIT).changed
    assert "Audit: not yet" in server.top()[0].text
    desk.again().send(COST)
    assert "• Audit: passed, with warnings\n• Cost estimate: reported" in server.top()[0].text


def test_a_headline_that_was_not_changed_is_changed_when_the_step_is_told_again(server, desk):
    desk.send(DATA_PLAN)
    server.fail_next("chat.update", 503, times=4)
    desk.send(AUDIT)
    assert desk.again().send(AUDIT).changed
    assert "• Audit: passed, with warnings" in server.top()[0].text
    assert keys(server) == [DATA_PLAN.key, AUDIT.key]


def test_a_message_that_fails_after_its_headline_leaves_one_headline(server, blind):
    real = server.before
    server.before = lambda method: (
        server.fail_next(method, 503, times=4) if len(server.requests) == 3 else None
    )
    with pytest.raises(ServiceError):
        blind.send(DATA_PLAN)
    server.before = real
    blind.send(AUDIT)
    assert keys(server) == [AUDIT.key]


def test_an_update_whose_answer_was_lost_is_made_again(server, desk):
    desk.send(AUDIT)
    lose(server, "dropped", method="chat.update")
    desk.send(replace(AUDIT, lines=["news"]))
    assert "news" in server.thread(server.top()[0].ts)[0].text


@pytest.mark.parametrize("state", ["token_revoked", "token_expired", "account_inactive", "invalid_auth"])
def test_an_expired_token_is_for_people_to_mend(server, desk, state):
    server.token_state = state
    with pytest.raises(PolicyViolation, match=f"{state}.*Bot User OAuth Token.*CLINFT_SINK_KEYS"):
        desk.send(AUDIT)
    server.token_state = None
    desk.again().send(AUDIT)
    assert keys(server) == [AUDIT.key]


def test_nobody_listens(desk):
    with SlackServer() as gone:
        lonely = type(desk)(gone)
    with pytest.raises(ServiceError, match="did not answer"):
        lonely.send(AUDIT)
