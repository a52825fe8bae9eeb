"""Workers that read, wait, die, wake up and write in any order: nothing is trained twice or held by two."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from clinft.artifacts.run_state import ProjectState, RunStatus
from clinft.errors import PolicyViolation, ServiceError
from clinft.pipeline.github.state import Taken, check_chain, forget, holds, note, release, renew, take
from clinft.ports.state import Version
from tests.fakes.state_store import MemoryStateStore

PLANS = ("a" * 64, "b" * 64)
LEASE = timedelta(hours=1)
# What a worker notes in one go.
WORK: tuple[tuple[RunStatus, ...], ...] = (
    ("running",),
    ("paused",),
    ("trained",),
    ("trained", "succeeded"),
    ("failed",),
    ("cancelled",),
)
WORKERS = st.sampled_from((0, 1, 2))  # 2: what is left of a worker that was thought dead


FRESH = st.booleans()


@dataclass
class Worker:
    """One job. `seen` and `main`: what it read last, in this order. `until`: its lease, as far as it knows."""

    workflow_run: int
    attempt: int = 1
    run_id: str | None = None
    until: datetime | None = None
    seen: Version | None = None
    followed: bool = False  # by a higher attempt of its workflow run, which may take from it at any time
    main: dict[str, str] = field(default_factory=dict)


class Race(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.store = MemoryStateStore()
        self.now = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
        self.main: dict[str, str] = {}
        self.workers = [Worker(1), Worker(2)]
        self.last_workflow_run = 2
        self.numbers: dict[str, list[int]] = {plan: [] for plan in PLANS}

    @property
    def state(self) -> ProjectState:
        return self.store.read("demo").state

    def worker(self, which: int, fresh: bool) -> Worker:
        """Who acts on what it has just read, or on what it read some time ago."""
        worker = self.workers[which % len(self.workers)]
        if fresh or worker.seen is None:
            worker.seen = self.store.read("demo")
            worker.main = dict(self.main)
        return worker

    def wrote(self, worker: Worker, after: ProjectState) -> bool:
        assert worker.seen is not None
        won = self.store.swap(worker.seen, after)
        worker.seen = None
        return won

    @rule(which=WORKERS)
    def reads(self, which: int) -> None:
        self.worker(which, fresh=True)

    @rule(which=WORKERS, fresh=FRESH, plan=st.sampled_from(PLANS))
    def takes(self, which: int, fresh: bool, plan: str) -> None:
        worker = self.worker(which, fresh)
        assert worker.seen is not None
        before = worker.seen.state
        answer = take(
            before,
            claim_by=(worker.workflow_run, worker.attempt),
            purpose="train",
            plan_digest=plan,
            on_main=worker.main,
            provider="fake",
            runner="gpu",
            main_sha="1" * 40,
            pull_request=None,
            now=self.now,
            lease=LEASE,
        )
        if not isinstance(answer, Taken) or not self.wrote(worker, answer.state):
            return
        for other in self.workers:
            # Who lost the lock had let its lease run out, and knows it.
            assert other is worker or other.until is None or other.until <= self.now
        worker.run_id = answer.run_id
        worker.until = None if worker.followed else self.now + LEASE
        if answer.resumed:
            assert (run := before.run(answer.run_id)) is not None
            assert run.live
            assert run.plan_digest == plan
        else:
            prefix, _, number = answer.run_id.partition("-a")
            assert plan.startswith(prefix)
            assert int(number) > max(self.numbers[plan], default=0)
            self.numbers[plan].append(int(number))

    @rule(which=WORKERS, fresh=FRESH, work=st.sampled_from(WORK))
    def notes(self, which: int, fresh: bool, work: tuple[RunStatus, ...]) -> None:
        worker = self.worker(which, fresh)
        assert worker.seen is not None
        if worker.run_id is None:
            return
        state = worker.seen.state
        if not holds(state, worker.workflow_run, worker.attempt, worker.run_id):
            return
        try:
            for status in work:
                state = note(state, worker.run_id, status, now=self.now, workflow_run=worker.workflow_run)
        except (PolicyViolation, ServiceError):  # not after that status, or merged and forgotten
            return
        self.wrote(worker, state)

    @rule(which=WORKERS, fresh=FRESH)
    def renews(self, which: int, fresh: bool) -> None:
        worker = self.worker(which, fresh)
        assert worker.seen is not None
        if worker.run_id is None:
            return
        try:
            after = renew(worker.seen.state, worker.workflow_run, worker.attempt, now=self.now, lease=LEASE)
        except ServiceError:
            worker.run_id = worker.until = None
            return
        if self.wrote(worker, after):
            worker.until = None if worker.followed else self.now + LEASE

    @rule(which=WORKERS, fresh=FRESH)
    def releases(self, which: int, fresh: bool) -> None:
        worker = self.worker(which, fresh)
        assert worker.seen is not None
        after = release(worker.seen.state, worker.workflow_run, worker.attempt)
        if after is not None and self.wrote(worker, after):
            worker.run_id = worker.until = None

    @rule(which=st.sampled_from((0, 1)), again=st.booleans())
    def dies(self, which: int, again: bool) -> None:
        """Its workflow run is run again, or another one comes. It may wake up all the same."""
        dead = self.workers[which]
        self.last_workflow_run += 1
        if again:
            self.workers[which] = Worker(dead.workflow_run, dead.attempt + 1)
        else:
            self.workers[which] = Worker(self.last_workflow_run)
        dead.until, dead.followed = None, again
        self.workers[2:] = [dead]

    @rule(minutes=st.sampled_from((1, 59, 60, 200)))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: any(not run.live for run in self.state.runs))
    @rule(data=st.data(), forgotten=st.booleans())
    def results_are_merged(self, data: st.DataObject, forgotten: bool) -> None:
        before = self.store.read("demo")
        run = data.draw(st.sampled_from([run for run in before.state.runs if not run.live]))
        self.main[run.run_id] = run.status
        if forgotten:
            assert self.store.swap(before, forget(before.state, run.run_id))

    @invariant()
    def no_plan_is_trained_twice(self) -> None:
        live = [run.plan_digest for run in self.state.runs if run.live]
        assert len(live) <= 1
        ends = {**{run.run_id: run.status for run in self.state.runs}, **self.main}
        for plan in live:
            assert not [one for one in ends if plan.startswith(one[:12]) and ends[one] == "succeeded"]
        assert len({run.run_id for run in self.state.runs}) == len(self.state.runs)

    @invariant()
    def at_most_one_holds_the_lock(self) -> None:
        state = self.state
        holders = [
            one for one in self.workers if holds(state, one.workflow_run, one.attempt, one.run_id or "")
        ]
        assert len(holders) <= 1
        for worker in self.workers:
            if worker.until is not None and worker.until > self.now:
                assert holders == [worker]

    @invariant()
    def every_journal_is_whole(self) -> None:
        assert [check_chain(run.history) for run in self.state.runs] == [None] * len(self.state.runs)


Race.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestRace = Race.TestCase
