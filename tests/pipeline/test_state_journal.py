"""What may be said of a run next, how a broken journal shows, and the lock in the hands of its holder."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from clinft.artifacts.model import Job
from clinft.artifacts.run_state import LIVE, OVER, ProjectState, RunStatus, StatusEntry
from clinft.errors import PolicyViolation, ServiceError
from clinft.pipeline.github.state import (
    Taken,
    check_chain,
    expired,
    forget,
    holds,
    note,
    release,
    renew,
    set_results,
    take,
    update,
)
from clinft.pipeline.transitions import FOLLOWS, first_illegal, may_follow
from tests.fakes.state_store import MemoryStateStore

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
LEASE = timedelta(hours=1)
RUN = "aaaaaaaaaaaa-a1"
STATUSES: tuple[RunStatus, ...] = get_args(RunStatus)


def begun() -> ProjectState:
    answer = take(
        ProjectState(project="demo"),
        claim_by=(1, 1),
        purpose="train",
        plan_digest="a" * 64,
        on_main={},
        provider="openai",
        runner="gpu",
        main_sha="1" * 40,
        pull_request=None,
        now=NOW,
        lease=LEASE,
    )
    assert isinstance(answer, Taken)
    return answer.state


def noted(state: ProjectState, *statuses: RunStatus, **more: Any) -> ProjectState:
    for status in statuses:
        state = note(state, RUN, status, **{"now": NOW, "workflow_run": 1, **more})
    return state


def journal(state: ProjectState) -> tuple[StatusEntry, ...]:
    run = state.run(RUN)
    assert run is not None
    return run.history


LIVES: list[tuple[str, str]] = [
    ("the usual life", "queued running trained succeeded deployed"),
    ("the job has no write access: its end is the first that is noted", "queued trained succeeded"),
    ("cut off and gone on with", "queued running paused paused running running trained succeeded"),
    ("its report was taken over", "queued trained trained failed"),
    ("failed at once, and its uploads were deleted", "queued failed provider_files_deleted weights_deleted"),
    ("superseded", "queued queued cancelled"),
    ("the model's evidence was never published", "queued running trained cancelled"),
    ("uploads go early", "queued trained succeeded provider_files_deleted deployed rolled_back deployed"),
    ("a later run was rolled back", "queued trained succeeded deployed deployed rolled_back weights_deleted"),
    ("replaced by a later run, then deleted", "queued trained succeeded deployed weights_deleted"),
]


@pytest.mark.parametrize(("why", "life"), LIVES, ids=[row[0] for row in LIVES])
def test_a_life_that_may_be(why: str, life: str) -> None:
    statuses: list[RunStatus] = life.split()  # type: ignore[assignment]
    state = begun()
    for number, status in enumerate(statuses[1:], start=2):
        state = noted(state, status, workflow_run=number)
    assert [entry.status for entry in journal(state)] == statuses
    assert check_chain(journal(state)) is None
    assert [entry.number for entry in journal(state)] == list(range(1, len(statuses) + 1))


IMPOSSIBLE: list[tuple[str, str]] = [
    ("nothing begins with work", "running"),
    ("nothing begins with an end", "failed"),
    ("nobody takes an attempt twice", "queued running queued"),
    ("without a model there is no success", "queued running succeeded"),
    ("a model does not become untrained", "queued trained running"),
    ("a success stays one", "queued trained succeeded failed"),
    ("a success is not trained further", "queued trained succeeded running"),
    ("a failure stays one", "queued failed succeeded"),
    ("a failure is not resumed", "queued failed running"),
    ("what was cancelled stays so", "queued cancelled paused"),
    ("only a success is deployed", "queued failed deployed"),
    ("nor by way of deleted uploads", "queued failed provider_files_deleted deployed"),
    ("only what is deployed is rolled back", "queued trained succeeded rolled_back"),
    ("without weights nothing is deployed", "queued trained succeeded weights_deleted deployed"),
    ("nothing is deleted while it is needed", "queued running provider_files_deleted"),
    ("deleted twice", "queued failed provider_files_deleted provider_files_deleted"),
]


@pytest.mark.parametrize(("why", "life"), IMPOSSIBLE, ids=[row[0] for row in IMPOSSIBLE])
def test_a_life_that_cannot_be(why: str, life: str) -> None:
    *before, last = life.split()
    assert first_illegal(before) is None
    assert not may_follow(before, last)
    assert first_illegal([*before, last, "queued"]) == len(before) + 1
    if before:
        state = noted(begun(), *before[1:])  # type: ignore[arg-type]
        with pytest.raises(PolicyViolation, match=f"is {before[-1]}; it cannot become {last}"):
            noted(state, last, workflow_run=2)  # type: ignore[arg-type]


def test_the_table_knows_every_status_and_every_live_one_can_end() -> None:
    assert {None, *STATUSES} == {*FOLLOWS, "provider_files_deleted"}
    assert set(itertools.chain.from_iterable(FOLLOWS.values())) == {*STATUSES} - {"provider_files_deleted"}
    for status in LIVE:
        assert FOLLOWS[status] >= {status, "failed", "cancelled", "trained"}
    for status in set(STATUSES) - LIVE - {"provider_files_deleted"}:
        assert not FOLLOWS[status] & (LIVE | OVER)


JOB = Job(id="ft-1", provider="openai", run_id=RUN, status="queued")
SAID = [
    ("exactly the same", {}, False),
    ("later, in other words", {"now": NOW + LEASE, "message": "again"}, False),
    ("by another workflow run", {"workflow_run": 2}, True),
    ("by nobody of GitHub", {"workflow_run": None}, True),
    ("with a job", {"job": JOB.model_copy(update={"id": "ft-2"})}, True),
    ("with a job in another state", {"job": JOB.model_copy(update={"status": "running"})}, True),
    ("without a job", {"job": None}, True),
    ("with a record", {"record": "c" * 64}, True),
]


@pytest.mark.parametrize(("why", "more", "adds"), SAID, ids=[row[0] for row in SAID])
def test_saying_it_again_adds_nothing(why: str, more: dict[str, Any], adds: bool) -> None:
    state = noted(begun(), "running", job=JOB, message="submitted")
    again = noted(state, "running", **{"job": JOB, **more})
    assert (again != state) == adds
    assert len(journal(again)) == 3 if adds else 2
    assert check_chain(journal(again)) is None


def test_a_message_is_cut_and_a_time_has_a_zone() -> None:
    assert journal(noted(begun(), "failed", message="x" * 501))[-1].message == "x" * 500
    elsewhere = datetime.fromisoformat("2026-11-24T18:30:00.7+09:00")
    assert journal(noted(begun(), "failed", now=elsewhere))[-1].at == "2026-11-24T09:30:00+00:00"
    with pytest.raises(ValueError, match="zone"):
        noted(begun(), "failed", now=NOW.replace(tzinfo=None))


def test_a_full_journal_still_ends() -> None:
    state = begun()
    for number in range(2, 90):
        state = noted(state, "paused", workflow_run=number)
    with pytest.raises(PolicyViolation, match="interrupted too often"):
        noted(state, "paused", workflow_run=90)
    assert len(journal(noted(state, "failed", "weights_deleted", "provider_files_deleted"))) == 92


def test_what_is_not_there_cannot_be_noted() -> None:
    for call in (lambda: note(begun(), "aaaaaaaaaaaa-a2", "running", now=NOW, workflow_run=1),
                 lambda: set_results(begun(), "aaaaaaaaaaaa-a2", 3)):  # fmt: skip
        with pytest.raises(ServiceError, match="No run aaaaaaaaaaaa-a2 is under way in demo"):
            call()


WHOLE = journal(noted(begun(), "running", "trained", "succeeded", "deployed"))
TORN: list[tuple[str, list[StatusEntry], str]] = [
    ("the first is missing", [*WHOLE[1:]], "entry 1 is missing"),
    ("one is missing", [WHOLE[0], *WHOLE[2:]], "entry 2 is missing"),
    ("another order", [WHOLE[1], WHOLE[0]], "entry 1 is missing"),
    ("twice", [WHOLE[0], WHOLE[0]], "entry 2 is missing"),
    ("a word was changed", [WHOLE[0].model_copy(update={"message": "x"}), *WHOLE[1:]], "entry 2 does not name"),
    ("the first names one before it", [WHOLE[0].model_copy(update={"previous": "d" * 64})], "entry 1 does not"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "entries", "wrong"), TORN, ids=[row[0] for row in TORN])
def test_a_torn_chain_is_told(why: str, entries: list[StatusEntry], wrong: str) -> None:
    assert wrong in str(check_chain(entries))


@pytest.mark.parametrize(
    ("change", "wrong"),
    [({"status": "succeeded"}, "entry 2 tells what cannot follow"), ({"run_id": "aaaaaaaaaaaa-a2"}, "another run")],
)  # fmt: skip
def test_a_chain_that_was_forged_as_a_whole_is_told(change: dict[str, str], wrong: str) -> None:
    assert check_chain(WHOLE) is None
    forged = WHOLE[1].model_copy(update=change)
    assert wrong in str(check_chain([WHOLE[0], forged]))


def test_only_the_holder_renews() -> None:
    state = begun()
    late = NOW + 3 * LEASE
    longer = renew(state, 1, 1, now=late, lease=LEASE)
    assert longer.holder is not None
    assert longer.holder.lease_until == "2026-11-24T13:30:00+00:00"
    assert longer.holder.taken_at == "2026-11-24T09:30:00+00:00"
    assert not expired(longer.holder, late)
    freed = release(state, 1)
    assert freed is not None
    for other, *by in ((state, 2, 1), (state, 1, 2), (freed, 1, 1)):
        with pytest.raises(ServiceError, match="The lock of demo was lost"):
            renew(other, *by, now=NOW, lease=LEASE)


def test_only_the_holder_releases() -> None:
    state = begun()
    for freed in (release(state, 1), release(state, 1, 1)):
        assert freed == state.model_copy(update={"holder": None})
    assert release(state, 2) is None
    assert release(state, 1, 2) is None
    assert release(ProjectState(project="demo"), 1) is None


def test_who_holds_is_told_by_workflow_run_attempt_and_run() -> None:
    state = begun()
    assert holds(state, 1, 1, RUN)
    assert not holds(state, 2, 1, RUN)
    assert not holds(state, 1, 2, RUN)
    assert not holds(state, 1, 1, "aaaaaaaaaaaa-a2")
    assert not holds(ProjectState(project="demo"), 1, 1, RUN)


@pytest.mark.parametrize("until", ["", "tomorrow", "2026-11-24T10:30:00", "9"])
def test_a_lease_without_a_time_is_damage(until: str) -> None:
    holder = begun().holder
    assert holder is not None
    with pytest.raises(ServiceError, match="damaged"):
        expired(holder.model_copy(update={"lease_until": until}), NOW)


def test_what_is_merged_is_forgotten_and_what_lives_is_not() -> None:
    state = begun()
    for status in ("running", "paused", "trained"):
        state = noted(state, status)
        with pytest.raises(PolicyViolation, match=f"{RUN} is {status}"):
            forget(state, RUN)
    over = set_results(noted(state, "succeeded"), RUN, 12)
    assert over.runs[0].results == 12
    assert forget(over, RUN) == over.model_copy(update={"runs": ()})
    assert forget(forget(over, RUN), RUN) == forget(over, RUN)


def test_a_lost_race_is_decided_again() -> None:
    store, sleeps, seen = MemoryStateStore(begun()), list[float](), list[str]()

    def change(state: ProjectState) -> ProjectState:
        seen.append(journal(state)[-1].status)
        if len(seen) < 3:  # somebody else is faster, twice
            update(store, "demo", lambda now: noted(now, "running", workflow_run=10 + len(seen)))
        return noted(state, "trained")

    after = update(store, "demo", change, sleep=sleeps.append)
    assert seen == ["queued", "running", "running"]
    assert [entry.status for entry in journal(after)] == ["queued", "running", "running", "trained"]
    assert store.read("demo").state == after
    assert len(sleeps) == 2
    assert all(0 <= seconds <= 2 for seconds in sleeps)


def test_who_never_wins_is_told_so() -> None:
    store, sleeps, tries = MemoryStateStore(begun()), list[float](), itertools.count(2)

    def change(state: ProjectState) -> ProjectState:
        update(store, "demo", lambda now: noted(now, "running", workflow_run=next(tries)))
        return noted(state, "trained")

    with pytest.raises(ServiceError, match="others were faster 5 times"):
        update(store, "demo", change, tries=5, sleep=sleeps.append)
    assert len(sleeps) == 5
    assert "trained" not in [entry.status for entry in journal(store.read("demo").state)]


def test_nothing_is_written_where_nothing_changes() -> None:
    store = MemoryStateStore(begun())
    before = store.read("demo")
    assert update(store, "demo", lambda state: None) == before.state
    assert update(store, "demo", lambda state: noted(state, "queued")) == before.state
    assert store.read("demo").token == before.token


RUNS = begun().runs
DAMAGED = [
    ("a run twice", {"runs": RUNS * 2}),
    ("a journal of another run", {"runs": (RUNS[0].model_copy(update={"run_id": "aaaaaaaaaaaa-a2"}),)}),
    ("a torn journal", {"runs": (RUNS[0].model_copy(update={"history": RUNS[0].history * 2}),)}),
]


@pytest.mark.parametrize(("why", "changes"), DAMAGED, ids=[row[0] for row in DAMAGED])
def test_nothing_is_built_on_a_damaged_state(why: str, changes: dict[str, Any]) -> None:
    store = MemoryStateStore(begun().model_copy(update=changes))
    with pytest.raises(ServiceError, match="damaged") as refused:
        update(store, "demo", lambda state: state.model_copy(update={"holder": None}))
    assert "refs/clinft/" in refused.value.cause
