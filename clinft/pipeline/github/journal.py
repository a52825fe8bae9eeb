"""What is said of a run, entry by entry: added only where it may follow, each naming the one before."""

from collections.abc import Sequence
from datetime import UTC, datetime

from clinft.artifacts.model import Job
from clinft.artifacts.run_state import LIVE, ProjectState, RunState, RunStatus, StatusEntry
from clinft.errors import PolicyViolation, ServiceError
from clinft.pipeline.transitions import may_follow

MESSAGE_LENGTH = 500
# A journal has 99 numbers; the last ones are kept for the end of the run and what becomes of it.
LAST_LIVE = 89


def note(
    state: ProjectState,
    run_id: str,
    status: RunStatus,
    *,
    now: datetime,
    workflow_run: int | None,
    message: str = "",
    job: Job | None = None,
    record: str | None = None,
) -> ProjectState:
    """The state with one more entry in the run's journal; the same state where it says so already.

    Whether the caller still holds the lock is not asked here: see `holds`.
    """
    run = _run(state, run_id)
    last = run.history[-1]
    if (last.status, last.job, last.record, last.workflow_run) == (status, job, record, workflow_run):
        return state
    if not may_follow([entry.status for entry in run.history], status):
        raise PolicyViolation(
            f"The run {run_id} is {last.status}; it cannot become {status}.",
            "Another job ended it or went on with it in the meantime.",
            "Start the reconcile workflow: it looks at how things are now.",
        )
    if status in LIVE and status != "trained" and last.number >= LAST_LIVE:
        raise PolicyViolation(
            f"The run {run_id} was interrupted too often: its journal is full.",
            "Its jobs are cut off again and again before they get on.",
            "End the attempt as failed, and give its jobs more time.",
        )
    entry = entry_after(run_id, run.history, status, now, workflow_run, message, job, record)
    return _with(state, run.model_copy(update={"history": (*run.history, entry)}))


def set_results(state: ProjectState, run_id: str, number: int) -> ProjectState:
    return _with(state, _run(state, run_id).model_copy(update={"results": number}))


def entry_after(
    run_id: str,
    history: Sequence[StatusEntry],
    status: RunStatus,
    now: datetime,
    workflow_run: int | None,
    message: str = "",
    job: Job | None = None,
    record: str | None = None,
) -> StatusEntry:
    return StatusEntry(
        number=len(history) + 1,
        run_id=run_id,
        status=status,
        at=utc_text(now),
        workflow_run=workflow_run,
        message=message[:MESSAGE_LENGTH],
        job=job,
        record=record,
        previous=history[-1].digest if history else None,
    )


def _run(state: ProjectState, run_id: str) -> RunState:
    run = state.run(run_id)
    if run is None:
        raise ServiceError(
            f"No run {run_id} is under way in {state.project}.",
            "Its results are merged, or somebody deleted the project's state.",
            "Start the reconcile workflow: it looks at how things are now.",
        )
    return run


def _with(state: ProjectState, run: RunState) -> ProjectState:
    runs = tuple(run if one.run_id == run.run_id else one for one in state.runs)
    return state.model_copy(update={"runs": runs})


def utc_text(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC).isoformat(timespec="seconds")
