"""The training job and the model it gave."""

from typing import Literal

from pydantic import Field

from clinft.artifacts.planning import BaseModelIdentity
from clinft.spec.base import Count, Loss, Provider, Sha256, Strict

JobStatus = Literal["validating_files", "queued", "running", "succeeded", "failed", "cancelled"]
TERMINAL: frozenset[str] = frozenset({"succeeded", "failed", "cancelled"})
# A job that ended like this has no model, and another may be paid.
WITHOUT_MODEL: frozenset[str] = frozenset({"failed", "cancelled"})


class Upload(Strict):
    """A file as it was sent: its bytes on the wire, a byte-order mark included."""

    file_id: str = Field(description="The provider's own.")
    purpose: Literal["training", "validation"]
    sha256: Sha256
    size_bytes: Count


class JobEvent(Strict):
    """What a provider said of a job. `message` is its own words: hostile until escaped."""

    at: str | None = Field(description="ISO time, UTC; None where the provider tells none.")
    level: Literal["info", "warn", "error"]
    kind: Literal["message", "metrics", "checkpoint"]
    message: str = Field(max_length=2000)
    step: Count | None = None


class Job(Strict):
    """A job as its provider knows it; `id` is the provider's own."""

    id: str
    provider: Provider
    run_id: str
    status: JobStatus
    message: str = ""

    @property
    def may_have_model(self) -> bool:
        """Now or later: what was paid for it is not lost."""
        return self.status not in WITHOUT_MODEL


class LossPoint(Strict):
    step: Count
    tokens: Count | None = Field(description="Answer tokens seen so far; None: not told.")
    training_loss: Loss | None = Field(default=None, description="Nats per answer token.")
    validation_loss: Loss | None = None


class TrainedModel(Strict):
    provider: Provider
    base_model: BaseModelIdentity
    fine_tuned_model: str = Field(description="Folder relative to the run, or the provider's model name.")
    status: Literal["succeeded"] = "succeeded"
    steps: Count | None = Field(description="None: the provider does not tell.")
    samples: Count
    answer_tokens: Count | None = Field(description="None: the provider does not tell.")
    trainable_parameters: Count | None
    loss: tuple[LossPoint, ...]
    plan_digest: Sha256
    training_file: Sha256
    validation_file: Sha256
    weights: dict[str, Sha256] = Field(description="File name to sha256; empty for a hosted model.")
    uploads: tuple[Upload, ...] = Field(default=(), description="What was sent to a provider.")
    trained_tokens: Count | None = Field(
        default=None, description="What the provider bills, as it says itself."
    )
    declared_by: str | None = Field(
        default=None,
        description="Who told these values where nothing was measured; None: they were measured.",
    )
