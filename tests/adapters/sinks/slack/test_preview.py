"""A preview is what is sent, and reaches nobody."""

import json
import unicodedata
from dataclasses import replace

import pytest

from clinft.adapters.sinks.slack import Slack
from clinft.adapters.sinks.slack.text import HIDDEN_CATEGORIES
from clinft.adapters.sinks.tools import SinkTools
from clinft.ports.sinks import Rows
from tests.fakes.slack.milestones import AUDIT, DATA_PLAN, HOSTILE

NEWS = replace(AUDIT, tone="bad", lines=["news"])


def previewed(desk, milestone):
    return json.loads(Slack(desk.place, SinkTools()).preview(milestone, desk.memory))


def written(server, since=0):
    return [
        {"method": one.method, "arguments": one.arguments}
        for one in server.requests[since:]
        if one.method.startswith("chat.")
    ]


@pytest.mark.parametrize("before", [[], [DATA_PLAN], [AUDIT], [DATA_PLAN, NEWS]])
def test_preview_of_a_bot_is_what_it_sends(server, desk, before):
    for one in before:
        desk.send(one)
    expected, since = previewed(desk, AUDIT), len(server.requests)
    desk.again().send(AUDIT)
    stamp = server.top()[0].ts
    text = json.dumps(expected).replace("<ts of the message above>", stamp)
    assert json.loads(text) == written(server, since)


def test_preview_of_what_was_told_is_empty(desk, hook):
    for one in (desk, hook):
        one.send(AUDIT)
        assert previewed(one, AUDIT) == []


@pytest.mark.parametrize("before", [[], [AUDIT]])
def test_preview_of_a_webhook_is_what_it_sends(server, hook, before):
    for one in before:
        hook.send(one)
    [expected] = previewed(hook, NEWS)
    hook.send(NEWS)
    assert expected["arguments"] == server.hooked[-1]


def test_slack_takes_milestones_alone(desk):
    assert desk.sink.accepts(AUDIT)
    rows = Rows("runs", ("row_id",), (("1",),))
    assert not desk.sink.accepts(rows)
    with pytest.raises(ValueError, match="milestones alone"):
        desk.sink.preview(rows, {})


def test_what_a_person_sees_is_what_people_would_read(server, desk, hook):
    sink = desk.sink
    first = sink.shown(AUDIT, {})
    assert first.splitlines()[0] == (
        f"To the channel {desk.place.channel}, a new message below a new headline, "
        "\u201cicd10-coding: fine-tuning, plan 3f2a1b9c8d7e\u201d:"
    )
    assert "    • no critical finding" not in first
    assert "  • no critical finding" in first.splitlines()
    assert "  [Pull request #12] https://github.com/hospital/clinft/pull/12" in first.splitlines()
    assert "in the same thread" in sink.shown(DATA_PLAN, sink.rehearsed(AUDIT, {}))
    assert "an update of the message" in sink.shown(NEWS, sink.rehearsed(AUDIT, {}))
    assert sink.shown(AUDIT, sink.rehearsed(AUDIT, {})).startswith("nothing new")
    assert "By the incoming webhook, a new message" in hook.sink.shown(AUDIT, {})
    assert "marked as an update" in hook.sink.shown(NEWS, hook.sink.rehearsed(AUDIT, {}))
    assert hook.sink.shown(AUDIT, hook.sink.rehearsed(AUDIT, {})).startswith("nothing new")
    assert server.requests == []


def test_what_would_be_remembered_is_what_is_remembered(server, desk, hook):
    for one in (desk, hook):
        for milestone in (DATA_PLAN, AUDIT, NEWS):
            expected = one.sink.rehearsed(milestone, one.memory)
            one.send(milestone)
            assert {k: v.split(" ")[-1] for k, v in expected.items() if not k.startswith("thread")} == {
                k: v.split(" ")[-1]
                for k, v in one.memory.items()
                if k in expected and not k.startswith("thread")
            }


def test_nothing_hidden_is_in_what_a_person_sees(desk):
    shown = desk.sink.shown(HOSTILE, {})
    assert not [one for one in shown if one != "\n" and unicodedata.category(one) in HIDDEN_CATEGORIES]
    assert "&amp;" not in shown
