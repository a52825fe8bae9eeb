"""Holding a project's lock across the jobs and the re-runs of one workflow run."""

from datetime import datetime, timedelta

from clinft.artifacts.run_state import Claim, ProjectState, RunState
from clinft.pipeline.github.journal import utc_text

# The longest a runner may be waited for plus one segment; a workflow run that is over frees it sooner.
LEASE = timedelta(hours=50)
# A workflow that was dispatched begins in minutes; after this reconcile starts it again.
ON_ITS_WAY = timedelta(hours=1)


def mine(here: ProjectState, claimant: tuple[int, int], run_id: str) -> bool:
    """Whether this workflow run holds the lock for the run; jobs that were run again are a later attempt."""
    claim = here.holder
    if claim is None or (claim.workflow_run, claim.run_id) != (claimant[0], run_id):
        return False
    return claim.attempt <= claimant[1]


def handed_over(here: ProjectState, claimant: tuple[int, int], run_id: str, now: datetime) -> ProjectState:
    """The lock stays where it is until report.yml takes it: nobody begins the work again meanwhile."""
    if not mine(here, claimant, run_id) or here.holder is None:
        return here
    claim = here.holder.model_copy(update={"handed_over_at": utc_text(now)})
    return here.model_copy(update={"holder": claim})


def is_awaited(claim: Claim, now: datetime) -> bool:
    """Whether report.yml is on its way for it."""
    if claim.handed_over_at is None:
        return False
    try:
        return now < datetime.fromisoformat(claim.handed_over_at) + ON_ITS_WAY
    except (ValueError, TypeError):
        return False


def going_on(project: str, run: RunState) -> dict[str, str]:
    """Inputs of train.yml, so that it goes on with this run and begins no other."""
    return {
        "project": project,
        "run": run.run_id,
        "evaluate": "true" if run.purpose == "evaluate" else "false",
    }


def claimed(
    here: ProjectState, claimant: tuple[int, int], run_id: str, now: datetime, lease: timedelta
) -> ProjectState:
    """The lock for publishing what a run left. Whether it is free, the caller has asked."""
    claim = Claim(
        workflow_run=claimant[0],
        attempt=claimant[1],
        run_id=run_id,
        taken_at=utc_text(now),
        lease_until=utc_text(now + lease),
    )
    return here.model_copy(update={"holder": claim})
