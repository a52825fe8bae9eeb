"""Decisions over what is under way in a project: who may take it, and what may be said of a run next.

Pure but for `update`. That the plan is the protected branch's plan now, the caller of `take` makes sure.
"""

import random
import re
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from clinft.artifacts.run_state import OVER, Claim, ProjectState, Purpose, RunState
from clinft.errors import PolicyViolation, ServiceError
from clinft.pipeline.attempts import PLAN_PREFIX
from clinft.pipeline.github.journal import entry_after, note, set_results, utc_text
from clinft.pipeline.status_chain import check_chain, ending
from clinft.pipeline.transitions import ENDS
from clinft.ports.state import NoState, StateStore
from clinft.spec.base import Provider

__all__ = [
    "Busy",
    "Done",
    "Taken",
    "check_chain",
    "expired",
    "forget",
    "holds",
    "note",
    "release",
    "renew",
    "set_results",
    "take",
    "update",
]

RUN_ID = re.compile(r"([0-9a-f]{12})-a([1-9][0-9]*)")
ANOTHER_PLAN = "another plan was merged"
LONGEST_SLEEP_SECONDS = 2.0


@dataclass(frozen=True)
class Taken:
    """`resumed`: the run was there already, and its status is what it was.

    `ended`: runs of another plan that were cancelled on the way. Their jobs are the caller's to stop, and
    their ends the caller's to publish.
    """

    state: ProjectState
    run_id: str
    resumed: bool
    ended: tuple[str, ...] = ()


@dataclass(frozen=True)
class Busy:
    """`run`: None where the claim's run is merged already."""

    claim: Claim
    run: RunState | None


@dataclass(frozen=True)
class Done:
    """There is nothing to do: this run succeeded."""

    run_id: str


def take(
    state: ProjectState,
    *,
    claim_by: tuple[int, int],
    purpose: Purpose,
    plan_digest: str,
    on_main: Mapping[str, str],
    provider: Provider,
    runner: str,
    main_sha: str,
    pull_request: int | None,
    now: datetime,
    lease: timedelta,
    run_id: str | None = None,
    waiting: Collection[int] | None = None,
) -> Taken | Busy | Done:
    """The project's lock for the workflow run `claim_by` (id, attempt), and the run to work on.

    `on_main`: id and status of every record on the protected branch, read after the state and not before: a
    run that was merged and forgotten in between would be in neither, and be trained once more.
    `run_id`: what to evaluate once more, with a journal of its own. An evaluation whose results pull request
    is not among those `waiting` was closed or merged, and makes room for another; None: nobody has asked.
    Safe to repeat after a lost answer: the same run comes back, as resumed.
    """
    if purpose == "evaluate":
        _refuse_evaluation(run_id, plan_digest, on_main)
    state = _without_merged(state, on_main)
    if (done := _succeeded(state, purpose, plan_digest, run_id, on_main, waiting)) is not None:
        return Done(done)
    found = _open(state, purpose, plan_digest, run_id)
    if state.holder is not None and _bars(state, state.holder, claim_by, found, now):
        return Busy(state.holder, state.run(state.holder.run_id))
    workflow_run, attempt = claim_by
    ended: list[str] = []
    for other in state.runs:
        # An evaluation neither stops a training nor is made pointless by one.
        if purpose == other.purpose == "train" and other.live and other != found:
            state = note(
                state, other.run_id, "cancelled", now=now, workflow_run=workflow_run, message=ANOTHER_PLAN
            )
            ended.append(other.run_id)
    if found is None:
        name = run_id if purpose == "evaluate" and run_id else _next_attempt(state, plan_digest, on_main)
        begun = RunState(
            run_id=name,
            purpose=purpose,
            plan_digest=plan_digest,
            provider=provider,
            runner=runner,
            main_sha=main_sha,
            pull_request=pull_request,
            history=(entry_after(name, (), "queued", now, workflow_run),),
        )
        # An evaluation that failed, or was closed, makes room for the next one of the same run.
        others = tuple(run for run in state.runs if run.run_id != name)
        state = state.model_copy(update={"runs": (*others, begun)})
    else:
        name = found.run_id
    claim = Claim(
        workflow_run=workflow_run,
        attempt=attempt,
        run_id=name,
        taken_at=utc_text(now),
        lease_until=utc_text(now + lease),
    )
    state = state.model_copy(update={"holder": claim})
    return Taken(state, name, resumed=found is not None, ended=tuple(ended))


def renew(
    state: ProjectState, workflow_run: int, attempt: int, *, now: datetime, lease: timedelta
) -> ProjectState:
    """A longer lease for the holder, also where it ran out and nobody took over; ServiceError for others."""
    claim = state.holder
    if claim is None or (claim.workflow_run, claim.attempt) != (workflow_run, attempt):
        raise ServiceError(
            f"The lock of {state.project} was lost.",
            "This job did not renew it in time, and another one took over or ended the run.",
            "Nothing of this job is published; what it left is kept, and the next job goes on from there.",
        )
    return state.model_copy(
        update={"holder": claim.model_copy(update={"lease_until": utc_text(now + lease)})}
    )


def release(state: ProjectState, workflow_run: int, attempt: int | None = None) -> ProjectState | None:
    """None where the lock is not this workflow run's: nothing is to be written then.

    `attempt`: None for whoever speaks of a workflow run that is over, whichever attempt it was.
    """
    claim = state.holder
    if claim is None or claim.workflow_run != workflow_run or attempt not in (None, claim.attempt):
        return None
    return state.model_copy(update={"holder": None})


def holds(state: ProjectState, workflow_run: int, attempt: int, run_id: str) -> bool:
    """Who lost the lock must not publish.

    True also where the lease ran out and nobody took over. The answer is as old as the state is: renew
    right before publishing, which only the holder can.
    """
    claim = state.holder
    return claim is not None and (claim.workflow_run, claim.attempt, claim.run_id) == (
        workflow_run,
        attempt,
        run_id,
    )


def expired(claim: Claim, now: datetime) -> bool:
    try:
        until = datetime.fromisoformat(claim.lease_until)
    except ValueError:
        until = None
    if until is None or until.tzinfo is None:
        raise _damaged("a lease's end is no time")
    return until <= now


def forget(state: ProjectState, run_id: str) -> ProjectState:
    """Without the run, whose results are on the protected branch. The lock stays with who holds it."""
    run = state.run(run_id)
    if run is not None and run.live:
        raise PolicyViolation(
            f"The run {run_id} is {run.status}: it cannot be forgotten.",
            "Its end was not noted, though its results are merged.",
            "Note how it ended first.",
        )
    return state.model_copy(update={"runs": tuple(one for one in state.runs if one != run)})


def update(
    store: StateStore,
    project: str,
    change: Callable[[ProjectState], ProjectState | None],
    tries: int = 8,
    sleep: Callable[[float], None] = time.sleep,
) -> ProjectState:
    """What the document holds afterwards. `change` decides afresh on each try; None: leave it as it is."""
    for number in range(tries):
        before = store.read(project)
        _refuse_damaged(before.state, project)
        after = change(before.state)
        if after is None or after == before.state:
            return before.state
        if store.swap(before, after):
            return after
        # Not all of those who lost may come back at the same moment.
        sleep(random.uniform(0.0, min(LONGEST_SLEEP_SECONDS, 0.1 * 2**number)))  # noqa: S311
    raise ServiceError(
        f"The state of {project} could not be changed: others were faster {tries} times.",
        "Many jobs of one project end or begin at the same moment.",
        "Run this job again.",
    )


def _bars(
    state: ProjectState, claim: Claim, claim_by: tuple[int, int], found: RunState | None, now: datetime
) -> bool:
    """Does the claim keep the workflow run from taking the lock for `found`, or for a new run?"""
    workflow_run, attempt = claim_by
    if expired(claim, now):
        return False
    if claim.workflow_run != workflow_run:
        return True
    if claim.attempt != attempt:
        # GitHub runs a workflow run again only when its former attempt is over.
        return claim.attempt > attempt
    mine = state.run(claim.run_id)
    return mine is not None and mine.live and mine != found


def _succeeded(
    state: ProjectState,
    purpose: Purpose,
    plan_digest: str,
    run_id: str | None,
    on_main: Mapping[str, str],
    waiting: Collection[int] | None,
) -> str | None:
    """The run that makes a further one needless."""
    for run in state.runs:
        published = run.purpose == "evaluate" and run.results is not None
        if published and waiting is not None and run.results not in waiting:
            continue
        asked = purpose == "train" or run.run_id == run_id
        if asked and (run.purpose, run.plan_digest) == (purpose, plan_digest) and _end(run) == "succeeded":
            return run.run_id
    if purpose == "evaluate":
        return None
    merged = _attempts(plan_digest, on_main).values()
    return next((name for name in merged if on_main[name] == "succeeded"), None)


def _refuse_evaluation(run_id: str | None, plan_digest: str, on_main: Mapping[str, str]) -> None:
    found = _attempts(plan_digest, on_main).values()
    if run_id is None or run_id not in found or on_main[run_id] != "succeeded":
        raise PolicyViolation(
            "Only a run of this plan that succeeded, and whose results are merged, is evaluated once more.",
            "Its results pull request is still open, or the run failed.",
            "Merge its results first, or have the plan trained.",
        )


def _without_merged(state: ProjectState, on_main: Mapping[str, str]) -> ProjectState:
    """Where the protected branch has a run's end, the state's word is old, whatever it says."""
    runs = tuple(run for run in state.runs if run.purpose != "train" or on_main.get(run.run_id) not in OVER)
    return state.model_copy(update={"runs": runs})


def _open(state: ProjectState, purpose: Purpose, plan_digest: str, run_id: str | None) -> RunState | None:
    for run in state.runs:
        asked = purpose == "train" or run.run_id == run_id
        if asked and run.live and (run.purpose, run.plan_digest) == (purpose, plan_digest):
            return run
    return None


def _next_attempt(state: ProjectState, plan_digest: str, on_main: Mapping[str, str]) -> str:
    merged = _attempts(plan_digest, on_main)
    if unclear := [name for name in merged.values() if on_main[name] not in ENDS]:
        raise PolicyViolation(
            f"The record of {unclear[0]} on the protected branch does not say how it ended.",
            "It was committed from a laptop while the run was open.",
            "Remove its folder in a pull request, or give the spec a higher revision.",
        )
    numbers = {*merged, *_attempts(plan_digest, [run.run_id for run in state.runs])}
    return f"{plan_digest[:PLAN_PREFIX]}-a{max(numbers, default=0) + 1}"


def _attempts(plan_digest: str, run_ids: Iterable[str]) -> dict[int, str]:
    """By number, the runs whose ids begin as this plan's do."""
    found = [(match, name) for name in run_ids if (match := RUN_ID.fullmatch(name))]
    return {int(match[2]): name for match, name in found if match[1] == plan_digest[:PLAN_PREFIX]}


def _end(run: RunState) -> str | None:
    entry = ending(run.history)
    return None if entry is None else entry.status


def _refuse_damaged(state: ProjectState, project: str) -> None:
    names = [run.run_id for run in state.runs]
    if state.project != project:
        raise _damaged("it belongs to another project")
    if len(names) != len(set(names)):
        raise _damaged("it lists a run twice")
    for run in state.runs:
        if run.history[0].run_id != run.run_id or check_chain(run.history) is not None:
            raise _damaged("the journal of a run is broken")


def _damaged(why: str) -> NoState:
    return NoState(
        f"The project's state is damaged: {why}.",
        "Something other than clinft wrote to refs/clinft/.",
        "Compare the ref's earlier commits and push the last good one, or delete the ref: then nothing is "
        "under way, and reconcile starts what is missing.",
    )
