"""A preview is what is sent, and reaches nobody."""

import json
from dataclasses import replace

import pytest

from clinft.adapters.sinks.slack import Slack
from clinft.adapters.sinks.tools import SinkTools
from clinft.ports.sinks import Rows
from tests.fakes.slack.milestones import AUDIT, DATA_PLAN

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
