"""What the project's earlier runs used, beside what was estimated for them: from the evidence here."""

from collections.abc import Iterator
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.model import TrainedModel
from clinft.artifacts.planning import Calibration, CostEstimate, TrainingPlan
from clinft.errors import ClinftError
from clinft.stages.estimate import Used, calibration


def earlier(runs: Path, plan: TrainingPlan) -> Calibration | None:
    """Of runs with the same provider and base model; others say nothing about this one."""
    return calibration(used for run in sorted(runs.glob("*/train.json")) for used in _used(run.parent, plan))


def _used(run: Path, plan: TrainingPlan) -> Iterator[Used]:
    try:
        estimated = run_folder.load(run, "estimate", CostEstimate)
        trained = run_folder.load(run, "train", TrainedModel)
    except ClinftError:
        return  # damaged evidence of one run only leaves it out; verify names it
    if estimated is None or trained is None:
        return
    planned = estimated.payload.plan
    if (planned.provider, planned.base_model.ref) == (plan.provider, plan.base_model.ref):
        yield from _pairs(estimated.payload, trained)


def _pairs(estimated: CostEstimate, trained: Artifact[TrainedModel]) -> Iterator[Used]:
    tokens = trained.payload.trained_tokens or trained.measured.get("trained_tokens")
    if isinstance(tokens, int):
        yield Used("tokens", estimated.billed_tokens, tokens)
    seconds = trained.measured.get("training_seconds")
    if isinstance(seconds, int | float) and estimated.minutes is not None:
        yield Used("minutes", estimated.minutes, seconds / 60)
