"""What this month's runs may have cost, from the evidence in the repository and from what is under way."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.run_state import RunState
from clinft.errors import ClinftError
from clinft.pipeline.status_chain import ending
from clinft.ports.state import NoState, StateStore


def spent_in_month(projects: Path, now: datetime, but_plan: str | None = None) -> Decimal:
    """Sum of the upper estimates of all runs that were estimated in the month of `now`, failed ones too.

    Actual costs are at most that: training is refused where a fresh estimate passes its bound.
    The open or finished attempt at `but_plan` is left out: whoever asks adds its estimate.
    """
    month = f"{now:%Y-%m}"
    total = Decimal(0)
    for record in sorted(projects.glob(f"*/runs/*/{run_folder.RECORD}")):
        try:
            estimate = run_folder.load(record.parent, "estimate", CostEstimate)
        except ClinftError:
            continue  # damaged evidence of one run must not stop every project; verify names it
        if estimate is None or (estimate.payload.plan_digest == but_plan and not _is_over(record.parent)):
            continue
        if estimate.created_at.startswith(month):
            total += estimate.payload.cost_usd_upper
    return total


def reserved(
    store: StateStore, projects: Path, plan_digest: str, now: datetime, say: Callable[[str], None]
) -> Decimal:
    """What runs may cost, or have cost this month, that the repository's evidence does not tell of yet.

    The open or finished attempt at the plan is left out: whoever asks adds its estimate. What is no state
    counts nothing and is said: anybody who may push can put it there, and it must not stop other projects.
    """
    total = Decimal(0)
    for project in store.projects():
        try:
            runs = store.read(project).state.runs
        except NoState as error:
            say(f"{project}: what its runs may cost is not counted. {error}")
            continue
        for run in runs:
            known = (projects / project / "runs" / run.run_id / run_folder.RECORD).exists()
            if run.purpose == "train" and not known and _counts(run, plan_digest, now):
                total += run.cost_usd_upper or 0
    return total


def _counts(run: RunState, plan_digest: str, now: datetime) -> bool:
    """What is over belongs to the month in which it ended, whatever becomes of its results."""
    ended = ending(run.history)
    if run.plan_digest == plan_digest and (ended is None or ended.status == "succeeded"):
        return False
    return ended is None or ended.at.startswith(f"{now:%Y-%m}")


def _is_over(run: Path) -> bool:
    """A failed or cancelled attempt has cost what it has cost; a further one costs again."""
    try:
        record = run_folder.load_record(run)
    except ClinftError:
        return True
    return record is not None and record.status in ("failed", "cancelled")
