"""An incoming webhook: only adds, tells nothing back."""

from dataclasses import replace

import pytest

from clinft.adapters.sinks.slack import client
from clinft.errors import PolicyViolation, ServiceError
from tests.fakes.slack.milestones import AUDIT, SEVEN
from tests.fakes.slack.state import HOOK


def headers(server) -> list[str]:
    return [one["blocks"][0]["text"]["text"] for one in server.hooked]


def test_seven_milestones_are_seven_messages(server, hook):
    for milestone in SEVEN.values():
        assert hook.send(milestone).changed
    assert len(server.hooked) == 7
    assert all(one["text"] and one["unfurl_links"] is False for one in server.hooked)


def test_the_same_again_adds_nothing(server, hook):
    hook.send(AUDIT)
    assert not hook.again().send(AUDIT).changed
    assert len(server.hooked) == 1


def test_something_new_is_added_and_says_that_it_is_an_update(server, hook):
    news = replace(AUDIT, lines=["news"])
    for milestone in (AUDIT, news, news):
        hook.again().send(milestone)
    assert headers(server) == [
        "icd10-coding: audit passed with findings",
        "icd10-coding: updated: audit passed with findings",
    ]


def test_memory_does_not_hold_the_path(hook):
    hook.send(AUDIT)
    assert set(hook.memory) == {f"thread:{AUDIT.thread}", f"message:{AUDIT.key}"}
    assert "secret-of-the-hook" not in str(hook.memory)


def test_what_a_bot_told_is_told_by_the_webhook_once_more(server, hook, desk):
    desk.send(AUDIT)
    hook.memory = desk.memory
    assert hook.send(AUDIT).changed
    assert headers(server) == ["icd10-coding: audit passed with findings"]


def test_429_and_503_are_waited_for(server, hook):
    server.rate_limit_next("webhook", retry_after="4")
    server.fail_next("webhook", 503)
    hook.send(AUDIT)
    assert hook.waited == [4.0, 2.0]
    assert len(server.hooked) == 1


@pytest.mark.parametrize("way", ["dropped", "stalled", "500", "page of a proxy"])
def test_a_message_whose_answer_was_lost_is_not_sent_again(server, hook, way, monkeypatch):
    if way == "stalled":
        monkeypatch.setattr(client, "TIMEOUT_SECONDS", 0.3)
    if way == "dropped":
        server.drop_next("webhook")
    elif way == "stalled":
        server.stall_next("webhook")
    elif way == "500":
        server.fail_next("webhook", 500, after_accepting=True)
    else:
        server.fail_next("webhook", 200, after_accepting=True, body="<html>")
    assert "answer was lost" in hook.send(AUDIT).what
    assert not hook.again().send(AUDIT).changed
    assert len(server.hooked) == 1


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("no_service", "Make a new webhook"),
        ("channel_is_archived", "Reopen it"),
        ("action_prohibited", "administrators"),
    ],
)
def test_refusals_are_for_people_to_mend(server, hook, code, advice):
    server.hook_state = code
    with pytest.raises(PolicyViolation, match=f"{code}.*{advice}"):
        hook.send(AUDIT)


def test_busy_for_long_is_a_service_error(server, hook):
    server.fail_next("webhook", 429, times=4)
    with pytest.raises(ServiceError):
        hook.send(AUDIT)


@pytest.mark.parametrize(
    "key",
    [
        "xoxb-1-a-bot-token",
        "services/T/B/C",
        "/",
        "/services/../x",
        "/a?b=/c",
        "https://evil.example/services/T/B/C",
    ],
)
def test_what_is_no_path_is_refused_without_being_shown(server, key, hook):
    other = type(hook)(server, channel=None, key=key)
    with pytest.raises(PolicyViolation, match="no path of a webhook") as caught:
        other.send(AUDIT)
    assert key not in str(caught.value) or key == "/"
    assert server.requests == []


def test_the_whole_address_is_taken_too(server, hook):
    type(hook)(server, channel=None, key=server.base + HOOK).send(AUDIT)
    assert len(server.hooked) == 1
