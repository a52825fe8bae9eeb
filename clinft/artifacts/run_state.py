"""What is under way in a project and not yet on the protected branch: the lock and the journal of its runs.

One document per project, kept in a git ref and changed by compare-and-swap only.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from clinft.artifacts.canonical import digest_json
from clinft.artifacts.model import Job
from clinft.artifacts.told import Told
from clinft.spec.base import Provider, Sha256, Slug, Strict, Usd
from clinft.spec.evaluation import RunId

Commit = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]
# What a job is there to do: train and evaluate a plan, or evaluate a run that exists already once more.
Purpose = Literal["train", "evaluate"]
# queued: the attempt is taken. running: a provider works on it. paused: cut off, goes on from its checkpoint.
# trained: the model exists, its evidence is not published yet. The last three end an attempt; what follows
# them tells what became of it.
RunStatus = Literal[
    "queued",
    "running",
    "paused",
    "trained",
    "succeeded",
    "failed",
    "cancelled",
    "deployed",
    "rolled_back",
    "weights_deleted",
    "provider_files_deleted",
]
# Providers that do their work on the machine that asks.
AT_HOME: frozenset[Provider] = frozenset({"peft", "fake"})
LIVE: frozenset[str] = frozenset({"queued", "running", "paused", "trained"})
OVER: frozenset[str] = frozenset({"succeeded", "failed", "cancelled"})
# What was deleted once a run was over; it changes nothing of how the run ended.
DISPOSALS: frozenset[str] = frozenset({"weights_deleted", "provider_files_deleted"})


class StatusEntry(Strict):
    """One change of a run's status: `runs/<run_id>/status/NN.json` once it is committed. Never rewritten.

    `previous` chains the entries: the digest of the one before, None for the first.
    """

    number: int = Field(ge=1, le=99)
    run_id: RunId
    status: RunStatus
    at: str = Field(description="ISO time, UTC.")
    workflow_run: int | None = Field(default=None, description="Of GitHub Actions; None on a laptop.")
    message: str = Field(default="", max_length=500, description="Of clinft, never of data or a provider.")
    job: Job | None = Field(default=None, description="At a hosted provider.")
    record: Sha256 | None = Field(default=None, description="Digest of record.json, once it is sealed.")
    previous: Sha256 | None

    @property
    def digest(self) -> str:
        return digest_json(self.model_dump(mode="json"))


class RunState(Strict):
    """A run that was started and whose results are not on the protected branch yet."""

    run_id: RunId
    purpose: Purpose = "train"
    plan_digest: Sha256
    provider: Provider
    runner: Slug
    main_sha: Commit = Field(description="The commit of the protected branch it was started from.")
    pull_request: int | None = Field(description="The one that brought the plan.")
    cost_usd_upper: Usd | None = Field(
        default=None, description="Counts towards the month until the record on the branch does."
    )
    history: tuple[StatusEntry, ...] = Field(min_length=1)
    results: int | None = Field(default=None, description="Number of its results pull request.")
    told: tuple[Told, ...] = Field(
        default=(), max_length=10, description="What people may be told of the plan before its results come."
    )

    @property
    def status(self) -> str:
        told = (entry.status for entry in reversed(self.history) if entry.status not in DISPOSALS)
        return next(told, self.history[0].status)

    @property
    def job(self) -> Job | None:
        """As it was told last; None: nobody has told of one."""
        return next((entry.job for entry in reversed(self.history) if entry.job is not None), None)

    @property
    def may_be_paid(self) -> bool:
        """A provider has a job of it that has not failed: another attempt might be a second payment."""
        job = self.job
        return self.provider not in AT_HOME and job is not None and job.may_have_model

    @property
    def sealed(self) -> str | None:
        """Digest of the record, once a report has sealed it."""
        return next((entry.record for entry in self.history if entry.record is not None), None)

    @property
    def live(self) -> bool:
        return self.status in LIVE


class Claim(Strict):
    """Who holds the project's lock. A workflow run that was run again has a higher attempt."""

    workflow_run: int
    attempt: int = Field(ge=1)
    run_id: RunId
    taken_at: str
    lease_until: str = Field(description="ISO time, UTC; afterwards anybody may take it over.")
    handed_over_at: str | None = Field(
        default=None, description="ISO time: the work has ended somehow, and report.yml was started."
    )


class ProjectState(Strict):
    schema_version: Literal[1] = 1
    project: Slug
    holder: Claim | None = None
    runs: tuple[RunState, ...] = ()

    def run(self, run_id: str) -> RunState | None:
        return next((run for run in self.runs if run.run_id == run_id), None)
