"""Holding a project's lock across the jobs and the re-runs of one workflow run."""

from datetime import datetime, timedelta

from clinft.artifacts.run_state import Claim, ProjectState
from clinft.pipeline.github.journal import utc_text

# The longest a runner may be waited for plus one segment; a workflow run that is over frees it sooner.
LEASE = timedelta(hours=50)


def mine(here: ProjectState, claimant: tuple[int, int], run_id: str) -> bool:
    """Whether this workflow run holds the lock for the run; jobs that were run again are a later attempt."""
    claim = here.holder
    if claim is None or (claim.workflow_run, claim.run_id) != (claimant[0], run_id):
        return False
    return claim.attempt <= claimant[1]


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
