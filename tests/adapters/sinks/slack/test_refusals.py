"""Slack says no: what people read, and what they never read."""

import logging
import traceback

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.slack_response import SlackResponse

from clinft.adapters.sinks.slack import Slack
from clinft.adapters.sinks.slack.errors import MEND, Refused, in_words
from clinft.adapters.sinks.slack.keys import bad_token
from clinft.adapters.sinks.tools import SinkTools
from clinft.errors import PolicyViolation, ServiceError
from clinft.spec.sinks import Sink
from tests.adapters.sinks.slack.conftest import ELIGIBILITY
from tests.fakes.slack.milestones import AUDIT
from tests.fakes.slack.server import SlackServer
from tests.fakes.slack.state import HOOK, TOKEN

SECRETS = (TOKEN, HOOK, "secret-of-the-hook", "canary-of-the-answer", AUDIT.lines[0], "Bearer")


@pytest.mark.parametrize(
    "code", [*MEND, "missing_scope", "ratelimited", "msg_too_long", "invalid_blocks", "something_new"]
)
def test_every_code_has_three_sentences(code):
    error = in_words(Refused("chat.postMessage", code, "chat:write"))
    assert all((error.what, error.cause, error.next_step))
    assert code in error.what or code == "ratelimited"
    assert isinstance(error, PolicyViolation) == (code in MEND or code == "missing_scope")


def test_a_missing_scope_is_named(server, desk):
    server.scopes = {"channels:history"}
    with pytest.raises(PolicyViolation, match=r"missing_scope.*chat:write.*install the app anew"):
        desk.send(AUDIT)


@pytest.mark.parametrize("needed", ["<script>", "x" * 400, "chat:write\nsecret", None])
def test_a_scope_is_repeated_only_if_it_is_one(server, desk, needed):
    server.fail_next("chat.postMessage", 200, body={"ok": False, "error": "missing_scope", "needed": needed})
    with pytest.raises(PolicyViolation, match="the scope that the answer names"):
        desk.send(AUDIT)


def test_not_in_channel(server, desk):
    server.channels["C0123456789"].member = False
    with pytest.raises(PolicyViolation, match=r"not_in_channel.*/invite"):
        desk.send(AUDIT)


def test_a_public_channel_may_be_written_to_from_outside(server, desk):
    server.channels["C0123456789"].member = False
    server.scopes.add("chat:write.public")
    desk.send(AUDIT)
    assert len(server.thread(server.top()[0].ts)) == 1


def test_no_such_channel(server, desk):
    del server.channels["C0123456789"]
    with pytest.raises(PolicyViolation, match="channel_not_found"):
        desk.send(AUDIT)


def test_archived(server, desk):
    server.channels["C0123456789"].archived = True
    with pytest.raises(PolicyViolation, match=r"is_archived.*Reopen"):
        desk.send(AUDIT)


def test_no_key(server, desk):
    sink = type(desk.sink)(desk.place, type(desk.tools)())
    with pytest.raises(PolicyViolation, match=r"no key for 127\.0\.0\.1.*CLINFT_SINK_KEYS") as caught:
        sink.send(AUDIT, {})
    # Read for slack.com alone.
    assert "SLACK_BOT_TOKEN" not in str(caught.value)


@pytest.mark.parametrize("channel", ["C0123456789", None])
def test_without_a_key_one_reads_which_is_looked_for_where(channel):
    place = Sink(kind="slack", description="x", channel=channel, eligibility=ELIGIBILITY)
    with pytest.raises(PolicyViolation) as caught:
        Slack(place, SinkTools()).send(AUDIT, {})
    # What a failed parcel shows is the first and the last sentence.
    shown = f"{caught.value.what} {caught.value.next_step}"
    assert "SLACK_BOT_TOKEN" in shown
    assert "CLINFT_SINK_KEYS" in shown
    assert "on a laptop" in shown
    if channel:
        assert "`slack.com xoxb-...`" in shown
    else:
        assert "`hooks.slack.com /services/...`" in shown
        assert "`channel:`" in shown


def test_a_wrong_token_of_a_laptop_is_looked_for_there():
    for error in (in_words(Refused("chat.postMessage", "invalid_auth")), bad_token("slack.com")):
        assert "SLACK_BOT_TOKEN" in error.next_step


@pytest.mark.parametrize(
    "key", ["xoxp-person", "xapp-1-app", "xoxe-1-refresh", "/services/T/B/C", "xoxb-", "xoxb-a\u00e9"]
)
def test_what_is_no_bot_token_is_refused_without_being_shown(server, desk, key):
    with pytest.raises(PolicyViolation, match="no bot token") as caught:
        type(desk)(server, key=key).send(AUDIT)
    assert key not in str(caught.value).replace("(xoxb-...)", "")
    assert server.requests == []


ANSWERS = [
    (200, {"ok": False, "error": "canary-of-the-answer"}),
    (200, {"ok": False, "error": "invalid_auth", "token": TOKEN, "echo": "canary-of-the-answer"}),
    (200, {"ok": False, "error": {"canary-of-the-answer": TOKEN}}),
    (200, ["canary-of-the-answer"]),
    (200, '{"ok": canary-of-the-answer'),
    (403, f"<html>canary-of-the-answer {TOKEN}</html>"),
    (404, {"ok": False, "error": "no_service", "echo": TOKEN}),
    (500, "canary-of-the-answer"),
    (503, {"ok": False, "error": "canary-of-the-answer"}),
    (429, "canary-of-the-answer"),
]


@pytest.mark.parametrize("method", ["chat.postMessage", "conversations.history", "auth.test", "webhook"])
@pytest.mark.parametrize(("status", "body"), ANSWERS)
def test_no_error_log_or_traceback_holds_a_secret_or_an_answer(
    server, desk, hook, caplog, capfd, method, status, body
):
    caplog.set_level(logging.DEBUG)
    server.fail_next(method, status, times=9, body=body)
    told = ""
    try:
        told = (hook if method == "webhook" else desk).send(AUDIT).what
    except (PolicyViolation, ServiceError) as error:
        told = "".join(traceback.format_exception(error)) + repr(_chain(error))
    server.recover()
    out = capfd.readouterr()
    for secret in SECRETS:
        assert secret not in told
        assert secret not in out.out + out.err + caplog.text


def _chain(error: BaseException | None) -> list[str]:
    """All that it was raised from, shown or not."""
    found = []
    while error is not None:
        found.append(repr(error.args) + repr(vars(error)))
        assert not isinstance(error, SlackApiError | OSError)
        assert not any(isinstance(one, SlackResponse) for one in vars(error).values())
        error = error.__cause__ or error.__context__
    return found


ODD = [
    {"messages": "canary"},
    {"messages": [7, None, {"bot_id": "B0CLINFT", "metadata": 3, "ts": 4}]},
    {"messages": [{"bot_id": "B0CLINFT", "ts": "x", "metadata": {"event_type": "clinft_thread"}}]},
    {
        "messages": [
            {
                "bot_id": "B0CLINFT",
                "ts": "1.1",
                "metadata": {"event_type": "clinft_thread", "event_payload": []},
            }
        ]
    },
    {"response_metadata": "x"},
    {},
]


@pytest.mark.parametrize("body", ODD)
def test_an_answer_of_another_form_is_nothing(server, desk, body):
    server.fail_next("conversations.history", 200, body={"ok": True, **body})
    desk.send(AUDIT)
    assert len(server.thread(server.top()[0].ts)) == 1


@pytest.mark.parametrize(
    "body", [{"ok": True}, {"ok": True, "ts": None}, {"ok": True, "ts": "../1"}, {"ok": True, "ts": 7}]
)
def test_a_message_without_a_name_counts_as_a_lost_answer(server, desk, body):
    server.fail_next("chat.postMessage", 200, after_accepting=True, body=body)
    desk.send(AUDIT)
    assert len(server.thread(server.top()[0].ts)) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirection_does_not_carry_the_token_to_another_host(server, desk, status):
    with SlackServer() as other:
        server.fail_next("auth.test", status, headers={"Location": f"{other.url}/auth.test"})
        with pytest.raises((PolicyViolation, ServiceError)):
            desk.send(AUDIT)
        assert [one.authorization for one in other.requests] in ([], [""])
        assert other.asked == (["auth.test"] if status < 307 else [])
