"""Two publishers at the same time, each with a memory of its own."""

import threading
from dataclasses import replace

import pytest

from tests.fakes.slack.milestones import AUDIT, COST, DATA_PLAN, EVALUATION, JOB, SEVEN
from tests.fakes.slack.server import SlackServer


def thread_of(server: SlackServer) -> tuple[str, list[str]]:
    [top] = server.top()
    return top.text, [one.payload["key"] for one in server.thread(top.ts)]


@pytest.mark.parametrize(
    "method", ["conversations.history", "chat.postMessage", "conversations.replies", "chat.update"]
)
@pytest.mark.parametrize("at", range(1, 4))
def test_another_publisher_of_the_same_step_comes_in_between(server, desk, new_desk, method, at):
    """Before the `at`-th call of this method the other one does all of its work."""
    other, seen = new_desk(), []

    def between(asked: str) -> None:
        seen.append(asked)
        if asked == method and seen.count(method) == at:
            server.before = None
            other.send(AUDIT)

    server.before = between
    desk.send(AUDIT)
    if server.before is not None:
        server.before = None
        other.send(AUDIT)
    headline, keys = thread_of(server)
    assert keys == [AUDIT.key]
    assert "• Audit: passed, with warnings" in headline
    # Both remember the message that stayed.
    [message] = server.thread(server.top()[0].ts)
    assert desk.memory[f"message:{AUDIT.key}"] == other.memory[f"message:{AUDIT.key}"]
    assert desk.memory[f"message:{AUDIT.key}"].startswith(message.ts)


@pytest.mark.parametrize(
    "method", ["conversations.history", "chat.postMessage", "conversations.replies", "chat.update"]
)
@pytest.mark.parametrize("at", range(1, 4))
def test_another_publisher_of_another_step_comes_in_between(server, desk, new_desk, method, at):
    desk.send(DATA_PLAN)
    other, seen = new_desk(), []
    other.memory = dict(desk.memory)

    def between(asked: str) -> None:
        seen.append(asked)
        if asked == method and seen.count(method) == at:
            server.before = None
            other.send(COST)

    server.before = between
    desk.again().send(AUDIT)
    if server.before is not None:
        server.before = None
        other.send(COST)
    headline, keys = thread_of(server)
    assert sorted(keys) == sorted([DATA_PLAN.key, AUDIT.key, COST.key])
    assert "• Data plan: in order\n• Audit: passed, with warnings\n• Cost estimate: reported" in headline


def test_four_publishers_in_threads_of_their_own(server, new_desk):
    """Real threads, no order decided by the test."""
    failed: list[BaseException] = []

    def publish() -> None:
        try:
            mine = new_desk()
            for milestone in SEVEN.values():
                mine.send(milestone)
        except BaseException as error:
            failed.append(error)

    workers = [threading.Thread(target=publish) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert failed == []
    headline, keys = thread_of(server)
    assert sorted(keys) == sorted(one.key for one in SEVEN.values())
    assert "not yet" not in headline


def test_runs_of_one_plan_follow_each_other(server, desk, new_desk):
    for attempt in ("a1", "a2"):
        desk.send(replace(JOB, key=f"{JOB.thread}/{attempt}/job"))
        desk.send(replace(EVALUATION, key=f"{JOB.thread}/{attempt}/evaluation"))
    desk.send(replace(EVALUATION, key=f"{JOB.thread}/a2/evaluation", tone="good"))
    headline, keys = thread_of(server)
    assert len(keys) == 4
    assert "• Evaluation: in order" in headline
