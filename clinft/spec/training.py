"""The `training:` section: what is trained, how and where."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from clinft.spec.base import Fraction, PositiveFloat, Provider, Slug, Strict, conflict
from clinft.spec.eligibility import TrainingType

BaseModelRef = Annotated[
    str,
    StringConstraints(
        # No segment starts with a dot: neither `..` nor a hidden folder can be named.
        pattern=r"^(builtin:[a-z0-9][a-z0-9.-]*|[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)$",
        max_length=200,
    ),
]
Revision = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]
TargetModule = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$")]

# Where the spec names none: LoRA's customary rate; for all weights what SFTConfig of TRL 1.16 has.
ADAPTER_RATE, FULL_RATE = 2e-4, 2e-5
HOSTED_METHODS = ("supervised", "dpo")
ALL_LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class LoraSpec(Strict):
    """The adapter, in PEFT's terms."""

    r: int = Field(default=16, ge=1, le=512, description="Rank of the adapter.")
    lora_alpha: int = Field(default=32, ge=1, le=2048, description="Scale of the adapter.")
    lora_dropout: Fraction = Field(default=0.0, description="Share of adapter inputs dropped in training.")
    target_modules: tuple[TargetModule, ...] = Field(
        default=ALL_LINEAR, min_length=1, max_length=30, description="Linear layers that are adapted."
    )
    top_layers: int | None = Field(
        default=None, ge=1, description="Adapt only the N layers nearest the output; absent: all."
    )


class Hyperparameters(Strict):
    """How training proceeds. Hosted providers know only some of these."""

    n_epochs: int = Field(default=1, ge=1, le=50, description="Passes over the training split.")
    batch_size: int = Field(default=8, ge=1, le=256, description="Samples per optimizer step.")
    learning_rate: PositiveFloat | None = Field(
        default=None, description="Peak rate of the optimizer; absent: the provider's default."
    )
    learning_rate_multiplier: PositiveFloat | None = Field(
        default=None, description="Hosted providers scale their own rate by this."
    )
    warmup_fraction: Fraction = Field(default=0.05, description="Share of steps that raise the rate.")
    weight_decay: Fraction = Field(default=0.0, description="Weight decay of the optimizer.")
    max_grad_norm: PositiveFloat = Field(default=1.0, description="Gradients are clipped to this norm.")
    max_tokens: int = Field(default=1024, ge=16, le=1_048_576, description="Longest sample, in tokens.")
    max_steps: int | None = Field(default=None, ge=1, description="Stop after N optimizer steps.")
    checkpoint_every_steps: int = Field(default=20, ge=1, description="Optimizer steps between checkpoints.")
    early_stopping: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="End after so many validations (one per checkpoint) without a lower loss, with the "
        "best weights; absent: train to the last step and take the last ones.",
    )
    beta: float | None = Field(
        default=None, gt=0.0, le=2.0, strict=False, description="For method dpo: how close to the base model."
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Of initialisation and sample order.")

    @property
    def asked_batch_size(self) -> int | None:
        """None where the spec says nothing: a hosted provider then chooses by the size of the data."""
        return self.batch_size if "batch_size" in self.model_fields_set else None


class TrainingSpec(Strict):
    """What is trained, how and where."""

    provider: Provider = Field(description="Who trains; policy says which are allowed.")
    base_model: BaseModelRef = Field(
        description="builtin:NAME, a folder inside the repository, a hub id, or a provider's model."
    )
    base_model_revision: Revision | None = Field(
        default=None, description="40-hex commit; required for a hub id."
    )
    method: Literal["lora", "qlora", "dora", "full", "supervised", "dpo"] = Field(
        default="lora", description="supervised and dpo: what hosted providers offer; the others are PEFT's."
    )
    lora: LoraSpec = Field(default=LoraSpec(), description="The adapter.")
    hyperparameters: Hyperparameters = Field(default=Hyperparameters(), description="How training proceeds.")
    runner: Slug = Field(default="local", description="A runner named in .github/clinft.yml.")
    endpoint: Slug | None = Field(
        default=None,
        description="An endpoint named in .github/clinft.yml; absent: the provider's only one. For mcp "
        "and manual: where the trained model answers.",
    )
    server: Slug | None = Field(default=None, description="An MCP server named in .github/clinft.yml.")
    region: Slug | None = Field(default=None, description="Where a hosted provider trains.")
    training_type: TrainingType | None = Field(
        default=None, description="Azure's training type; absent: standard, which keeps data in the region."
    )
    suffix: Slug | None = Field(default=None, description="End of the name of a hosted fine-tuned model.")

    @model_validator(mode="after")
    def consistent(self) -> Self:
        if self.base_model.split("/")[0].lower() == "projects":
            raise conflict(
                "a base model does not lie below projects/, where a change of it needs no role",
                "base_model",
                next_step="Move the folder elsewhere in the repository.",
            )
        if self.base_model_revision is not None and self.base_model.startswith("builtin:"):
            raise conflict(
                "a builtin model has its own pinned digest and takes no base_model_revision",
                "base_model_revision",
                next_step="Remove base_model_revision.",
            )
        if self.provider == "peft" and self.method in HOSTED_METHODS:
            raise conflict(
                "provider peft trains with lora, qlora, dora or full",
                "method",
                next_step="Write one of these methods.",
            )
        return self


def usual_rate(method: str) -> float:
    return FULL_RATE if method == "full" else ADAPTER_RATE
