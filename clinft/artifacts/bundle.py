"""What a job without write access leaves: the evidence of one run, and a manifest that names every byte."""

from typing import Literal

from pydantic import Field

from clinft.artifacts.canonical import digest_json
from clinft.artifacts.model import Job
from clinft.artifacts.run_state import Commit, Purpose
from clinft.spec.base import Sha256, Slug, Strict
from clinft.spec.evaluation import RunId

# How the work ended. paused: a checkpoint was written, the next job goes on. running: a provider works on it.
BundleStatus = Literal["running", "paused", "trained", "failed", "cancelled"]
MANIFEST = "bundle.json"


class Disposed(Strict):
    """What a machine says it deleted of a run that was past its date."""

    project: Slug
    run_id: RunId
    what: Literal["weights"] = "weights"
    files: int = Field(ge=0, le=10**12)
    size_bytes: int = Field(ge=0, le=10**15)
    at: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\+00:00$")


class BundleManifest(Strict):
    """`files`: below the run's folder, by path with `/`; git-ignored data/ is never in it."""

    schema_version: Literal[1] = 1
    project: Slug
    run_id: RunId
    purpose: Purpose
    plan_digest: Sha256
    main_sha: Commit
    workflow_run: int
    attempt: int
    status: BundleStatus
    message: str = Field(default="", max_length=500)
    job: Job | None = None
    files: dict[str, Sha256]
    disposed: tuple[Disposed, ...] = Field(
        default=(), max_length=1000, description="Of earlier runs, by this machine; no record says so yet."
    )

    @property
    def digest(self) -> str:
        return digest_json(self.model_dump(mode="json"))

    @property
    def artifact(self) -> str:
        """The name under which GitHub keeps it; so GitHub itself says which run left which bytes."""
        return f"bundle-{self.run_id}-{self.digest}"


def evidence_artifact(run_id: str, record_digest: str, purpose: Purpose) -> str:
    """The name under which the job that sealed a record keeps the evidence.

    Another evaluation has another kind of name, so that neither can be shown in the place of the other.
    """
    return f"{'evidence' if purpose == 'train' else 'again'}-{run_id}-{record_digest}"
