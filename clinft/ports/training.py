"""One port for every way to train."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from clinft.artifacts.model import Job, TrainedModel
from clinft.artifacts.planning import BaseModelIdentity
from clinft.ports.progress import Progress
from clinft.spec.base import Provider
from clinft.spec.training import TrainingSpec


@dataclass(frozen=True)
class TrainingRequest:
    """Everything a provider may know. Files are chat JSONL: {"messages": [...]} per line."""

    run_id: str
    plan_digest: str
    base_model: BaseModelIdentity
    spec: TrainingSpec
    training_file: Path
    validation_file: Path
    training_sha256: str
    validation_sha256: str
    output_dir: Path  # the run's git-ignored data/; checkpoints and adapter go here


class TrainingProvider(Protocol):
    name: Provider

    def preflight(self, request: TrainingRequest) -> None:
        """Raises what would make training fail at once, before an attempt is taken."""

    def find(self, request: TrainingRequest) -> Job | None:
        """The job that carries this run_id, if one was ever submitted: asked before each submit."""

    def submit(self, request: TrainingRequest) -> Job:
        """Start a job tagged with the run_id; returns at once with the provider's own id."""

    def poll(self, job: Job, request: TrainingRequest, progress: Progress) -> Job:
        """The job's present state. A local provider does its work here, from the last checkpoint."""

    def result(self, job: Job, request: TrainingRequest) -> TrainedModel:
        """The model of a succeeded job."""

    def cancel(self, job: Job, request: TrainingRequest) -> Job: ...

    def measured(self, job: Job, request: TrainingRequest) -> dict[str, float | int | str]:
        """Times, throughput, memory and actual cost: whatever varies from run to run."""
