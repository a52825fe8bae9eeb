"""Who may take a project, and which run it then works on."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clinft.artifacts.run_state import LIVE, Claim, ProjectState, RunStatus, StatusEntry
from clinft.errors import PolicyViolation
from clinft.pipeline.github.state import (
    Busy,
    Done,
    Taken,
    check_chain,
    forget,
    holds,
    note,
    release,
    set_results,
    take,
)

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLAN, OTHER = "a" * 64, "b" * 64
FIRST, SECOND, OF_OTHER = "aaaaaaaaaaaa-a1", "aaaaaaaaaaaa-a2", "bbbbbbbbbbbb-a1"
EMPTY = ProjectState(project="demo")
NOBODY: Mapping[str, str] = {}


def asked(state: ProjectState, by: tuple[int, int] = (1, 1), plan: str = PLAN, **more: Any) -> Any:
    arguments: dict[str, Any] = {
        "purpose": "train",
        "on_main": NOBODY,
        "provider": "peft",
        "runner": "gpu",
        "main_sha": "1" * 40,
        "pull_request": 7,
        "now": NOW,
        "lease": HOUR,
        **more,
    }
    return take(state, claim_by=by, plan_digest=plan, **arguments)


def taken(state: ProjectState, by: tuple[int, int] = (1, 1), plan: str = PLAN, **more: Any) -> ProjectState:
    answer = asked(state, by, plan, **more)
    assert isinstance(answer, Taken)
    return answer.state


def noted(state: ProjectState, run_id: str, *statuses: RunStatus, by: int = 1) -> ProjectState:
    for status in statuses:
        state = note(state, run_id, status, now=NOW, workflow_run=by)
    return state


def freed(state: ProjectState) -> ProjectState:
    assert state.holder is not None
    found = release(state, state.holder.workflow_run)
    assert found is not None
    return found


def test_the_first_attempt_is_queued_and_held() -> None:
    answer = asked(EMPTY, (5, 2), now=NOW)
    assert isinstance(answer, Taken)
    assert (answer.run_id, answer.resumed, answer.ended) == (FIRST, False, ())
    (run,) = answer.state.runs
    assert (run.run_id, run.purpose, run.plan_digest, run.status) == (FIRST, "train", PLAN, "queued")
    assert (run.provider, run.runner, run.main_sha, run.pull_request) == ("peft", "gpu", "1" * 40, 7)
    assert run.history == (
        StatusEntry(
            number=1,
            run_id=FIRST,
            status="queued",
            at="2026-11-24T09:30:00+00:00",
            workflow_run=5,
            previous=None,
        ),
    )
    assert answer.state.holder == Claim(
        workflow_run=5,
        attempt=2,
        run_id=FIRST,
        taken_at="2026-11-24T09:30:00+00:00",
        lease_until="2026-11-24T10:30:00+00:00",
    )
    assert ProjectState.model_validate_json(answer.state.model_dump_json()) == answer.state


LATER = NOW + HOUR
HELD = noted(taken(EMPTY), FIRST, "running")
AN_HOUR_HELD: list[tuple[str, tuple[int, int], datetime, bool]] = [
    ("another workflow run, the lease runs", (2, 1), LATER - timedelta(seconds=1), False),
    ("another workflow run, the lease ran out this second", (2, 1), LATER, True),
    ("the workflow run was run again: its former attempt is over", (1, 2), NOW, True),
    ("the holder itself, whose answer was lost", (1, 1), NOW, True),
    ("the holder itself, late", (1, 1), LATER + HOUR, True),
]


@pytest.mark.parametrize(("why", "by", "now", "may"), AN_HOUR_HELD, ids=[row[0] for row in AN_HOUR_HELD])
def test_who_may_take_a_held_run_goes_on_with_it(
    why: str, by: tuple[int, int], now: datetime, may: bool
) -> None:
    answer = asked(HELD, by, now=now)
    if not may:
        assert answer == Busy(HELD.holder, HELD.runs[0])
        return
    assert isinstance(answer, Taken)
    assert (answer.run_id, answer.resumed, answer.ended) == (FIRST, True, ())
    # Only the claim changes: what is under way, the caller finds out and notes.
    assert answer.state.runs == HELD.runs
    assert holds(answer.state, *by, FIRST)
    assert holds(answer.state, 1, 1, FIRST) == (by == (1, 1))


def test_a_former_attempt_that_wakes_up_does_not_take_the_lock_back() -> None:
    again = taken(HELD, (1, 2))
    assert asked(again, (1, 1)) == Busy(again.holder, again.runs[0])


def test_a_lock_on_what_is_merged_and_forgotten_is_a_lock() -> None:
    left = forget(noted(HELD, FIRST, "failed"), FIRST)
    answer = asked(left, (2, 1), OTHER)
    assert answer == Busy(left.holder, None)


@pytest.mark.parametrize("status", sorted(LIVE))
def test_what_nobody_holds_is_gone_on_with_whatever_it_is(status: RunStatus) -> None:
    state = freed(noted(taken(EMPTY), FIRST, status))
    answer = asked(state, (2, 1))
    assert isinstance(answer, Taken)
    assert (answer.run_id, answer.resumed) == (FIRST, True)


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_a_further_attempt_follows_those_that_ended_badly(end: RunStatus) -> None:
    state = freed(noted(taken(EMPTY), FIRST, end))
    answer = asked(state, (2, 1))
    assert isinstance(answer, Taken)
    assert (answer.run_id, answer.resumed) == (SECOND, False)
    assert [run.run_id for run in answer.state.runs] == [FIRST, SECOND]
    # Also what was deleted since then had ended badly.
    deleted = noted(state, FIRST, "weights_deleted", "provider_files_deleted")
    assert asked(deleted, (2, 1)).run_id == SECOND


ATTEMPTS: list[tuple[str, dict[str, str], str]] = [
    ("one failed", {FIRST: "failed"}, "aaaaaaaaaaaa-a2"),
    ("numbers are no texts", {f"aaaaaaaaaaaa-a{n}": "failed" for n in (2, 10)}, "aaaaaaaaaaaa-a11"),
    ("runs of other plans do not count", {"bbbbbbbbbbbb-a4": "succeeded"}, FIRST),
    ("what is no run id does not count", {"aaaaaaaaaaaa-a03": "failed", "aaaaaaaaaaaa-ax": "failed"}, FIRST),
]


@pytest.mark.parametrize(("why", "on_main", "run_id"), ATTEMPTS, ids=[row[0] for row in ATTEMPTS])
def test_attempts_on_main_are_counted(why: str, on_main: dict[str, str], run_id: str) -> None:
    assert asked(EMPTY, on_main=on_main).run_id == run_id


def test_what_succeeded_is_done_whoever_holds_the_lock() -> None:
    here = noted(taken(EMPTY), FIRST, "trained", "succeeded")
    deployed = noted(here, FIRST, "deployed", "rolled_back")
    for state in (here, deployed, freed(here)):
        assert asked(state, (2, 1)) == Done(FIRST)
    assert asked(HELD, (2, 1), on_main={"aaaaaaaaaaaa-a3": "succeeded"}) == Done("aaaaaaaaaaaa-a3")


def test_a_record_that_does_not_say_how_it_ended_stops_further_attempts() -> None:
    with pytest.raises(PolicyViolation, match="does not say how it ended") as refused:
        asked(EMPTY, on_main={FIRST: "running"})
    assert "higher revision" in refused.value.next_step


def test_main_knows_better_than_an_old_state() -> None:
    """The note of the end was lost, its results were merged."""
    state = freed(noted(taken(EMPTY), FIRST, "trained"))
    answer = asked(state, (2, 1), on_main={FIRST: "failed"})
    assert (answer.run_id, answer.resumed) == (SECOND, False)
    assert [run.run_id for run in answer.state.runs] == [SECOND]
    assert asked(state, (2, 1), on_main={FIRST: "succeeded"}) == Done(FIRST)


def test_a_run_of_another_plan_is_ended_when_nobody_holds_it() -> None:
    paused = noted(HELD, FIRST, "paused")
    assert asked(paused, (2, 1), OTHER) == Busy(paused.holder, paused.runs[0])
    # Not even the holder drops what it works on.
    assert asked(paused, (1, 1), OTHER) == Busy(paused.holder, paused.runs[0])
    for answer in (asked(freed(paused), (2, 1), OTHER), asked(paused, (2, 1), OTHER, now=LATER)):
        assert isinstance(answer, Taken)
        assert (answer.run_id, answer.resumed, answer.ended) == (OF_OTHER, False, (FIRST,))
        old, new = answer.state.runs
        assert (old.status, old.history[-1].message) == ("cancelled", "another plan was merged")
        assert old.history[-1].workflow_run == 2
        assert check_chain(old.history) is None
        assert new.status == "queued"


def test_a_plan_that_comes_back_after_another_one_has_a_new_attempt() -> None:
    other = taken(freed(HELD), (2, 1), OTHER)
    back = asked(freed(other), (3, 1), PLAN)
    assert isinstance(back, Taken)
    assert (back.run_id, back.ended) == (SECOND, (OF_OTHER,))


def test_only_a_merged_success_is_evaluated_once_more() -> None:
    for on_main in (NOBODY, {FIRST: "failed"}, {FIRST: "running"}, {OF_OTHER: "succeeded"}):
        for run_id in (FIRST, OF_OTHER, SECOND, None):
            with pytest.raises(PolicyViolation, match="evaluated once more"):
                asked(EMPTY, purpose="evaluate", run_id=run_id, on_main=on_main)


def evaluated(state: ProjectState, by: tuple[int, int], **more: Any) -> Any:
    return asked(state, by, purpose="evaluate", run_id=FIRST, on_main={FIRST: "succeeded"}, **more)


def test_an_evaluation_takes_the_lock_and_makes_no_attempt() -> None:
    training = freed(noted(taken(EMPTY, plan=OTHER), OF_OTHER, "paused"))
    answer = evaluated(training, (2, 1))
    assert isinstance(answer, Taken)
    assert (answer.run_id, answer.resumed, answer.ended) == (FIRST, False, ())
    run = answer.state.run(FIRST)
    assert run is not None
    assert (run.purpose, run.status, run.history[0].number) == ("evaluate", "queued", 1)
    # Neither stops the other; but only one is at work.
    assert answer.state.run(OF_OTHER) == training.run(OF_OTHER)
    held = answer.state
    assert isinstance(asked(held, (3, 1), OTHER, on_main={FIRST: "succeeded"}), Busy)
    assert isinstance(evaluated(held, (3, 1)), Busy)
    went_on = asked(freed(held), (3, 1), OTHER, on_main={FIRST: "succeeded"})
    assert (went_on.run_id, went_on.resumed, went_on.ended) == (OF_OTHER, True, ())
    assert evaluated(freed(held), (3, 1)).resumed
    assert asked(freed(held), (3, 1), PLAN, on_main={FIRST: "succeeded"}) == Done(FIRST)


def test_an_evaluation_is_done_until_its_results_are_merged_and_repeated_when_it_failed() -> None:
    queued = taken(EMPTY, purpose="evaluate", run_id=FIRST, on_main={FIRST: "succeeded"})
    done = freed(noted(queued, FIRST, "trained", "succeeded"))
    assert evaluated(done, (2, 1)) == Done(FIRST)
    assert not evaluated(forget(done, FIRST), (2, 1)).resumed
    again = evaluated(freed(noted(queued, FIRST, "failed")), (2, 1))
    assert (again.resumed, [run.status for run in again.state.runs]) == (False, ["queued"])


def test_an_evaluation_whose_results_do_not_wait_any_more_makes_room() -> None:
    queued = taken(EMPTY, purpose="evaluate", run_id=FIRST, on_main={FIRST: "succeeded"})
    done = freed(noted(queued, FIRST, "trained", "succeeded"))
    # Not published yet: that it is not among what waits says nothing.
    assert evaluated(done, (2, 1), waiting=[8]) == Done(FIRST)
    published = set_results(done, FIRST, 7)
    for waiting in (None, [7, 8]):
        assert evaluated(published, (2, 1), waiting=waiting) == Done(FIRST)
    again = evaluated(published, (2, 1), waiting=[8])
    assert (again.resumed, [run.status for run in again.state.runs]) == (False, ["queued"])
    assert again.state.runs[0].results is None
