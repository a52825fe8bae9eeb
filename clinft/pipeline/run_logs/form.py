"""What is known of how a run went. `message` fields are words of clinft or of a provider, never of data."""

from pydantic import Field

from clinft.artifacts.model import JobEvent
from clinft.spec.base import Strict

Measured = dict[str, float | int | str]


class StageLog(Strict):
    stage: str
    stage_version: int
    created_at: str
    clinft_version: str
    git_sha: str | None
    measured: Measured = Field(description="Seconds, memory, throughput, cost; differs from run to run.")
    digest: str
    inputs: dict[str, str]


class StatusLog(Strict):
    number: int
    status: str
    at: str
    message: str
    workflow_run: int | None


class JobLog(Strict):
    provider: str
    id: str
    status: str
    message: str


class RunLog(Strict):
    """`waiting`: stages without a result, in their order. `unreadable`: files that are damaged, by name."""

    run_id: str
    project: str
    status: str
    attempt: int
    plan_digest: str
    record_digest: str
    stages: tuple[StageLog, ...]
    waiting: tuple[str, ...]
    history: tuple[StatusLog, ...]
    job: JobLog | None
    events: tuple[JobEvent, ...]
    again: tuple[str, ...] = Field(description="Further evaluations: number, status of the record.")
    unreadable: tuple[str, ...]
