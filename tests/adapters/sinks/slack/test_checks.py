"""What the doctor says about a channel or a webhook; nothing is written."""

import pytest

from tests.fakes.slack.state import SCOPES


def said(desk) -> list[tuple[bool, str]]:
    return [(one.ok, one.what) for one in desk.sink.check()]


def problems(desk) -> str:
    return " ".join(f"{one.what} {one.advice}" for one in desk.sink.check() if not one.ok)


def test_all_is_well(server, desk):
    assert said(desk) == [
        (True, "The token is good and has the scope chat:write."),
        (True, "The channel is open and the app is in it."),
    ]
    assert server.asked == ["auth.test", "conversations.info"]


def test_the_least_rights_are_enough(server, blind):
    found = list(blind.sink.check())
    assert all(one.ok for one in found)
    assert "a message whose answer is lost is never sent again" in found[1].what
    assert "channels:read" in found[2].what


@pytest.mark.parametrize(
    ("scopes", "text"),
    [
        ({"channels:history", "channels:read"}, "lacks the scope chat:write"),
        ({*SCOPES, "files:read", "admin"}, "2 scopes that clinft does not need"),
    ],
)
def test_scopes(server, desk, scopes, text):
    server.scopes = scopes
    assert text in problems(desk)


def test_state_of_the_channel(server, desk):
    channel = server.channels["C0123456789"]
    channel.shared = True
    assert "shared with another organisation" in problems(desk)
    channel.member = False
    assert "/invite" in problems(desk)
    channel.archived = True
    assert "archived" in problems(desk)
    del server.channels["C0123456789"]
    assert "channel_not_found" in problems(desk)


def test_token_of_yesterday(server, desk):
    server.token_state = "token_revoked"
    assert "token_revoked" in problems(desk)


def test_no_key(server, desk, hook):
    for one in (desk, hook):
        sink = type(one.sink)(one.place, type(one.tools)())
        assert ["no key" in found.what for found in sink.check() if not found.ok] == [True]


def test_slack_is_away(server, desk):
    server.fail_next("conversations.info", 503, times=4)
    assert "takes no more calls" in problems(desk)


def test_a_webhook_is_not_tried(server, hook):
    assert said(hook) == [(True, "The path of the webhook is well-formed; only a message would try it.")]
    assert server.requests == []
