"""One port for every way to train."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from clinft.artifacts.model import Job, JobEvent, TrainedModel
from clinft.artifacts.planning import BaseModelIdentity
from clinft.ports.progress import Progress
from clinft.spec.base import Provider
from clinft.spec.eligibility import Endpoint
from clinft.spec.mcp import McpServer
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
    # Of one call's work on this machine: at the end of the step then CheckpointWritten is raised.
    stop_after_seconds: float | None = None
    # The graphics card that the policy says this machine has; None: it says none, or the machine is another.
    card: str | None = None
    # Where a hosted provider is reached: entries of the policy, never of the spec.
    endpoint: Endpoint | None = None
    server: McpServer | None = None


class TrainingProvider(Protocol):
    name: Provider
    hosted: bool  # the work is done elsewhere, and goes on while nobody asks

    def preflight(self, request: TrainingRequest) -> Sequence[str]:
        """Raises what would make training fail at once, before an attempt is taken.

        Gives what it has looked at where the provider is, one line each; nothing for a local provider.
        """

    def find(self, request: TrainingRequest) -> Job | None:
        """The job that carries this run_id, if one was ever submitted: asked before each submit."""

    def submit(self, request: TrainingRequest) -> Job:
        """Start a job tagged with the run_id; returns at once with the provider's own id.

        Never retried by itself. Where the answer was lost it looks for the tag, and raises ServiceError
        rather than submit again; the next call asks `find` first.
        """

    def poll(self, job: Job, request: TrainingRequest, progress: Progress) -> Job:
        """The job's present state. A local provider does its work here, from the last checkpoint.

        On SIGTERM, or after `stop_after_seconds`, it raises CheckpointWritten; the next call goes on.
        """

    def events(self, job: Job, request: TrainingRequest) -> Sequence[JobEvent]:
        """All that the provider has said of the job so far, oldest first, checkpoints included."""

    def result(self, job: Job, request: TrainingRequest) -> TrainedModel:
        """The model of a succeeded job."""

    def cancel(self, job: Job, request: TrainingRequest) -> Job: ...

    def measured(self, job: Job, request: TrainingRequest) -> dict[str, float | int | str]:
        """Times, throughput, memory and tokens billed: whatever varies from run to run.

        A local provider's `cost_usd` is what it was charged by others; a hosted one's cost is
        `trained_tokens` at the estimate's price, so that it gives the tokens and no money.
        """

    def dispose(self, job: Job, request: TrainingRequest) -> None:
        """Deletes the files that were uploaded for the job, not its model; nothing where they are gone.

        Asked once the job is over; `request` says where its account is, and names no files of this machine.
        """
