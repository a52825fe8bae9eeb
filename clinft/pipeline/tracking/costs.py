"""costs.csv: what training and each evaluation was estimated to cost, and what it was measured to cost.

What was spent in all is never stored: it is added up where it is shown (spend.py).
"""

from collections.abc import Iterator
from typing import Any

from clinft.artifacts.envelope import Artifact
from clinft.artifacts.model import TrainedModel
from clinft.artifacts.planning import CostEstimate
from clinft.pipeline.tracking.amounts import amount
from clinft.pipeline.tracking.cells import Cell, Row
from clinft.pipeline.tracking.read import TrackedRun

COLUMNS = (
    "what", "again", "at", "provider", "base_model", "estimated_usd", "estimated_usd_upper", "actual_usd",
    "tokens_estimated", "tokens_trained", "price_as_of",
)  # fmt: skip
TRAINING, EVALUATION = "training", "evaluation"


def rows(run: TrackedRun) -> Iterator[Row]:
    estimated, trained = run.own.stages.get("estimate"), run.own.stages.get("train")
    if estimated is None or not run.is_over:
        return
    costs: CostEstimate = estimated.payload
    place = (costs.plan.provider, costs.plan.base_model.ref)
    yield (
        TRAINING,
        TRAINING,
        None,
        # What has failed has its day too: it may have cost something.
        trained.created_at if trained else run.ended_at or estimated.created_at,
        *place,
        costs.cost_usd,
        costs.cost_usd_upper,
        None if trained is None else amount(trained.measured.get("cost_usd")),
        costs.billed_tokens,
        None if trained is None else _tokens(trained),
        costs.price.as_of,
    )
    for evidence in (run.own, *run.again):
        evaluated = evidence.stages.get("evaluate")
        if evaluated is None:
            continue
        yield (
            f"{EVALUATION}-{evidence.again or 0}",
            EVALUATION,
            evidence.again,
            evaluated.created_at,
            *place,
            # Nobody estimated the further ones.
            costs.evaluation_usd if evidence.again is None else None,
            None,
            amount(evaluated.measured.get("cost_usd")),
            None,
            None,
            costs.price.as_of,
        )


def _tokens(trained: Artifact[Any]) -> Cell:
    """As the provider bills them, else as clinft counted them; empty where nobody did."""
    model: TrainedModel = trained.payload
    counted = trained.measured.get("trained_tokens")
    return model.trained_tokens if model.trained_tokens is not None else counted
