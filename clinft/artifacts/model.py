"""The training job and the model it gave."""

from typing import Literal

from pydantic import Field

from clinft.artifacts.planning import BaseModelIdentity
from clinft.spec.base import Provider, Sha256, Strict

JobStatus = Literal["validating_files", "queued", "running", "succeeded", "failed", "cancelled"]
TERMINAL: frozenset[str] = frozenset({"succeeded", "failed", "cancelled"})


class Job(Strict):
    """A job as its provider knows it; `id` is the provider's own."""

    id: str
    provider: Provider
    run_id: str
    status: JobStatus
    message: str = ""


class LossPoint(Strict):
    step: int
    tokens: int = Field(description="Answer tokens seen so far.")
    training_loss: float | None = Field(default=None, description="Nats per answer token.")
    validation_loss: float | None = None


class TrainedModel(Strict):
    provider: Provider
    base_model: BaseModelIdentity
    fine_tuned_model: str = Field(description="Folder relative to the run, or the provider's model name.")
    status: Literal["succeeded"] = "succeeded"
    steps: int
    samples: int
    answer_tokens: int
    trainable_parameters: int | None
    loss: tuple[LossPoint, ...]
    plan_digest: Sha256
    training_file: Sha256
    validation_file: Sha256
    weights: dict[str, Sha256] = Field(description="File name to sha256; empty for a hosted model.")
