"""runs.csv: one row for each change of a run's status. It says what was known by then and stays so."""

from collections.abc import Iterator
from dataclasses import dataclass

from clinft.artifacts.planning import CostEstimate, TrainingPlan
from clinft.artifacts.run_state import OVER
from clinft.pipeline.tracking.amounts import amount
from clinft.pipeline.tracking.cells import Cell, Row
from clinft.pipeline.tracking.read import TrackedRun

COLUMNS = (
    "plan_digest", "attempt", "status", "at", "provider", "base_model", "method", "hyperparameters", "runner",
    "started_at", "ended_at", "estimated_usd", "estimated_usd_upper", "actual_usd", "train_wall_seconds",
    "training_seconds", "gpu_seconds", "workflow_run", "pull_request", "message", "record_digest",
)  # fmt: skip
# Of evidence that nobody can read.
UNREADABLE = "unreadable"
SECONDS = ("seconds", "training_seconds", "gpu_seconds")


@dataclass(frozen=True)
class Change:
    """`what`: names it within the run. `ended`: whether the attempt was over by then."""

    what: str
    status: str
    at: str | None
    ended: bool
    workflow_run: int | None = None
    message: str | None = None


def rows(run: TrackedRun) -> Iterator[Row]:
    record, stages = run.own.record, run.own.stages
    costs: CostEstimate | None = stages["estimate"].payload if "estimate" in stages else None
    plan = costs.plan if costs else None
    measured = stages["train"].measured if "train" in stages else {}
    for change in changes(run):
        after = [amount(measured.get("cost_usd")), *(measured.get(name) for name in SECONDS)]
        yield (
            change.what,
            record.plan_digest,
            record.attempt,
            change.status,
            change.at,
            *((plan.provider, plan.base_model.ref, method(plan)) if plan else (None,) * 3),
            hyperparameters(plan) if plan else None,
            plan.runner if plan else None,
            run.started_at,
            run.ended_at if change.ended else None,
            *((costs.cost_usd, costs.cost_usd_upper) if costs else (None, None)),
            *(after if change.ended else [None] * len(after)),
            change.workflow_run,
            stages["gate"].payload.source.pull_request if "gate" in stages else None,
            change.message,
            record.digest if change.ended else None,
        )


def unreadable() -> Row:
    """Said, not left out: a run that nobody can read must not look like one that never was."""
    said = {"status": UNREADABLE}
    return (UNREADABLE, *(said.get(column) for column in COLUMNS))


def changes(run: TrackedRun) -> Iterator[Change]:
    """The journal's entries; of a laptop, which keeps none, the record's two: it ran, and it ended."""
    if run.on_a_laptop:
        yield Change("running", "running", run.started_at, ended=False)
        if run.is_over:
            yield Change("ended", run.own.record.status, run.ended_at, ended=True)
    ended = False
    for entry in run.status:
        ended = ended or entry.status in OVER
        yield Change(
            f"{entry.number:02d}", entry.status, entry.at, ended, entry.workflow_run, entry.message or None
        )


def hyperparameters(plan: TrainingPlan) -> str:
    """Everything of the recipe that is set, e.g. `lora.r 16; n_epochs 1`."""
    return "; ".join(f"{name} {value}" for name, value in _flat(plan.recipe) if name != "method")


def method(plan: TrainingPlan) -> str | None:
    found = plan.recipe.get("method")
    return found if isinstance(found, str) else None


def _flat(value: object, name: str = "") -> Iterator[tuple[str, Cell]]:
    if isinstance(value, dict):
        for key, inner in sorted(value.items()):
            # What nearly every setting is part of tells nobody anything.
            prefix = "" if key == "hyperparameters" and not name else key
            yield from _flat(inner, ".".join(filter(None, (name, prefix))))
    elif isinstance(value, list):
        if value:
            yield name, " ".join(map(str, value))
    elif isinstance(value, bool):
        yield name, "yes" if value else "no"
    elif isinstance(value, str | int | float):
        yield name, value
