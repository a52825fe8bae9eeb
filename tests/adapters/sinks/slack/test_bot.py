"""Threads and messages, read back from the server."""

from dataclasses import replace

import pytest

from tests.fakes.slack.milestones import AUDIT, COST, DATA_PLAN, EVALUATION, JOB, SEVEN
from tests.fakes.slack.server import SlackServer


def texts(server: SlackServer) -> tuple[str, list[str]]:
    """The headline and the keys of the messages below it."""
    [top] = server.top()
    return top.text, [one.payload["key"] for one in server.thread(top.ts)]


def test_seven_milestones_make_one_thread_with_one_message_each(server, desk):
    for milestone in SEVEN.values():
        assert desk.send(milestone).changed
    headline, keys = texts(server)
    assert keys == [one.key for one in SEVEN.values()]
    assert headline.splitlines() == [
        "icd10-coding: fine-tuning, plan 3f2a1b9c8d7e",
        "• Data plan: in order",
        "• Audit: passed, with warnings",
        "• Cost estimate: reported",
        "• Training job: reported",
        "• Evaluation: problem",
        "• Regression test: in order",
        "• Compliance concern: problem",
    ]


def test_headline_says_what_is_still_to_come(server, desk):
    desk.send(DATA_PLAN)
    headline, _ = texts(server)
    assert "• Data plan: in order\n• Audit: not yet\n" in headline
    assert "concern" not in headline


def test_the_same_again_reaches_nobody(server, desk):
    desk.send(AUDIT)
    before = len(server.requests)
    receipt = desk.again().send(AUDIT)
    assert not receipt.changed
    assert len(server.requests) == before


def test_the_same_again_without_memory_changes_nothing(server, desk):
    desk.send(AUDIT)
    desk.memory.clear()
    receipt = desk.again().send(AUDIT)
    assert not receipt.changed
    assert texts(server)[1] == [AUDIT.key]
    assert not {"chat.update", "chat.delete"} & set(server.asked)


def test_something_new_changes_the_message_in_place(server, desk):
    desk.send(AUDIT)
    desk.again().send(replace(AUDIT, tone="bad", lines=["1 critical finding"]))
    headline, keys = texts(server)
    assert keys == [AUDIT.key]
    [message] = server.thread(server.top()[0].ts)
    assert "• 1 critical finding" in message.text
    assert message.payload["tone"] == "bad"
    assert "• Audit: not passed, needs attention" in headline


@pytest.mark.parametrize("forget", [True, False])
def test_a_message_is_found_by_its_metadata_and_changed(server, desk, forget):
    desk.send(AUDIT)
    if forget:
        desk.memory.clear()
    desk.again().send(replace(AUDIT, lines=["other"]))
    assert texts(server)[1] == [AUDIT.key]
    assert server.thread(server.top()[0].ts)[0].edits == 1


def test_plans_have_threads_of_their_own(server, desk):
    desk.send(AUDIT)
    desk.send(replace(AUDIT, thread="icd10-coding/aaaaaaaaaaaa", key="icd10-coding/aaaaaaaaaaaa/audit"))
    assert [one.payload["thread"] for one in server.top()] == [
        "icd10-coding/3f2a1b9c8d7e",
        "icd10-coding/aaaaaaaaaaaa",
    ]


def test_an_older_step_told_again_does_not_turn_back_the_headline(server, desk, blind):
    second = replace(JOB, key=f"{JOB.thread}/a2/job", tone="bad", title="training failed")
    for milestone in (JOB, second, JOB):
        blind.again().send(milestone)
    assert "• Training job: problem" in texts(server)[0]
    assert blind.send(JOB).changed is False


def test_another_channel_in_the_policy_starts_anew(server, desk):
    desk.send(DATA_PLAN)
    server.scopes |= {"groups:history"}
    moved = type(desk)(server, channel="G0123456789")
    moved.memory = desk.memory
    moved.send(DATA_PLAN)
    moved.send(AUDIT)
    assert len(server.top("G0123456789")) == 1
    assert len(server.thread(server.top("G0123456789")[0].ts, "G0123456789")) == 2
    assert len(server.channels["C0123456789"].messages) == 2


def test_a_thread_is_found_behind_what_people_wrote(server, desk):
    desk.send(DATA_PLAN)
    server.page = 10
    server.chat(35)
    server.chat(35, thread_ts=server.top()[0].ts)
    desk.memory.clear()
    desk.again().send(AUDIT)
    ours = [one for one in server.top() if one.metadata]
    assert len(ours) == 1
    assert [one.payload["key"] for one in server.thread(ours[0].ts) if one.metadata] == [
        DATA_PLAN.key,
        AUDIT.key,
    ]


def test_messages_of_other_apps_are_not_taken_for_ours(server, desk):
    desk.send(AUDIT)
    for message in server.channels["C0123456789"].messages:
        message.bot = "B0OTHER"
    desk.memory.clear()
    desk.again().send(AUDIT)
    assert len(server.top()) == 2
    assert "chat.update" not in server.asked


def test_a_deleted_message_is_told_anew_only_when_there_is_news(server, desk):
    desk.send(AUDIT)
    server.delete(server.thread(server.top()[0].ts)[0].ts)
    assert not desk.again().send(AUDIT).changed
    assert desk.again().send(replace(AUDIT, lines=["news"])).changed
    assert texts(server)[1] == [AUDIT.key]


def test_a_message_too_old_to_change_gets_a_follower(server, desk):
    desk.send(AUDIT)
    server.refuse_next("chat.update", "edit_window_closed")
    news = replace(AUDIT, lines=["news"])
    desk.again().send(news)
    assert texts(server)[1] == [AUDIT.key, AUDIT.key]
    assert not desk.again().send(news).changed
    desk.memory.clear()


@pytest.mark.parametrize("reading", [True, False])
def test_where_nothing_can_be_edited_the_thread_goes_on(server, desk, reading):
    server.scopes = {"chat:write", "channels:history"} if reading else {"chat:write"}
    for milestone in (DATA_PLAN, AUDIT, COST):
        server.fail_next("chat.update", 200, body={"ok": False, "error": "edit_window_closed"}, times=9)
        desk.again().send(milestone)
        assert not desk.again().send(milestone).changed or reading
        server.recover()
    assert texts(server)[1] == [DATA_PLAN.key, AUDIT.key, COST.key]


def test_where_nothing_can_be_edited_news_follow_in_the_same_thread_also_without_memory(server, desk):
    desk.send(AUDIT)
    desk.memory.clear()
    server.fail_next("chat.update", 200, body={"ok": False, "error": "cant_update_message"}, times=9)
    news = replace(AUDIT, lines=["news"])
    desk.again().send(news)
    desk.memory.clear()
    desk.again().send(news)
    server.recover()
    assert texts(server)[1] == [AUDIT.key, AUDIT.key]


def test_a_headline_that_is_deleted_while_its_step_is_told_is_opened_anew_by_the_next(server, desk):
    desk.send(DATA_PLAN)
    old = server.top()[0].ts
    server.before = lambda method: server.delete(old) if method == "chat.update" else None
    desk.again().send(AUDIT)
    server.before = None
    desk.again().send(COST)
    headline, keys = texts(server)
    assert keys == [COST.key]
    assert "• Data plan: in order\n• Audit: passed, with warnings\n• Cost estimate: reported" in headline


@pytest.mark.parametrize("reading", [True, False])
def test_a_deleted_thread_is_opened_anew(server, desk, reading):
    server.scopes = {"chat:write", "channels:history"} if reading else {"chat:write"}
    desk.send(DATA_PLAN)
    server.channels["C0123456789"].messages.clear()
    desk.again().send(AUDIT)
    headline, keys = texts(server)
    assert keys == [AUDIT.key]
    assert "• Data plan: in order\n• Audit: passed, with warnings" in headline


def test_without_the_right_to_read_there_are_no_more_calls_than_needed(server, blind):
    blind.send(DATA_PLAN)
    blind.again().send(AUDIT)
    blind.again().send(replace(AUDIT, lines=["news"]))
    posts = [one for one in server.asked if one.startswith("chat.")]
    # Headline and message; message and headline; the message alone, as its tone stayed.
    assert posts == ["chat.postMessage"] * 3 + ["chat.update"] * 2
    assert texts(server)[1] == [DATA_PLAN.key, AUDIT.key]


def test_the_token_is_sent_in_the_header_alone(server, desk):
    desk.send(COST)
    desk.send(EVALUATION)
    assert {one.authorization for one in server.requests} == {"Bearer xoxb-1-test-token"}
    assert not any(b"xoxb" in one.data for one in server.requests)


def test_nothing_is_parsed_or_unfolded(server, desk):
    desk.send(COST)
    posts = [one.arguments for one in server.requests if one.method == "chat.postMessage"]
    for asked in posts:
        assert (asked["mrkdwn"], asked["parse"], asked["link_names"]) == (False, "none", False)
        assert (asked["unfurl_links"], asked["unfurl_media"]) == (False, False)


def test_memory_holds_ids_digests_and_states_alone(server, desk):
    desk.send(AUDIT)
    [top] = server.top()
    [message] = server.thread(top.ts)
    assert desk.memory == {
        f"thread:{AUDIT.thread}": f"C0123456789 {top.ts}",
        f"headline:{AUDIT.thread}": top.payload["digest"],
        f"message:{AUDIT.key}": f"{message.ts} {message.payload['digest']}",
        f"step:{AUDIT.thread}/audit": "warning",
    }
