"""The `training:` section: what is trained, how and where."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from clinft.spec.base import Fraction, PositiveFloat, Slug, Strict

BaseModelRef = Annotated[
    str,
    StringConstraints(
        pattern=r"^(builtin:[a-z0-9][a-z0-9.-]*|[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*)$", max_length=200
    ),
]
Revision = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]
TargetModule = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$")]

ALL_LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class LoraSpec(Strict):
    r: int = Field(default=16, ge=1, le=512)
    lora_alpha: int = Field(default=32, ge=1, le=2048)
    lora_dropout: Fraction = 0.0
    target_modules: tuple[TargetModule, ...] = Field(default=ALL_LINEAR, min_length=1, max_length=30)
    top_layers: int | None = Field(
        default=None, ge=1, description="Adapt only the N layers nearest the output; absent: all."
    )


class Hyperparameters(Strict):
    n_epochs: int = Field(default=1, ge=1, le=50)
    batch_size: int = Field(default=8, ge=1, le=256)
    learning_rate: PositiveFloat | None = None
    learning_rate_multiplier: PositiveFloat | None = Field(
        default=None, description="Hosted providers scale their own rate by this."
    )
    warmup_fraction: Fraction = 0.05
    weight_decay: Fraction = 0.0
    max_grad_norm: PositiveFloat = 1.0
    max_tokens: int = Field(default=1024, ge=16, le=1_048_576, description="Longest sample, in tokens.")
    max_steps: int | None = Field(default=None, ge=1, description="Stop after N optimizer steps.")
    checkpoint_every_steps: int = Field(default=20, ge=1)
    seed: int = Field(default=0, ge=0, le=2**31 - 1)


class TrainingSpec(Strict):
    provider: Literal["peft", "openai", "azure_openai", "mcp", "manual", "fake"]
    base_model: BaseModelRef = Field(
        description="builtin:NAME, a folder inside the repository, a hub id, or a provider's model."
    )
    base_model_revision: Revision | None = Field(
        default=None, description="40-hex commit; required for a hub id."
    )
    method: Literal["lora", "qlora", "dora", "full", "supervised"] = "lora"
    lora: LoraSpec = LoraSpec()
    hyperparameters: Hyperparameters = Hyperparameters()
    runner: Slug = Field(default="local", description="A runner named in .github/clinft.yml.")
    region: Slug | None = None
    suffix: Slug | None = None

    @model_validator(mode="after")
    def consistent(self) -> Self:
        if self.base_model_revision is not None and self.base_model.startswith("builtin:"):
            raise ValueError("a builtin model has its own pinned digest and takes no base_model_revision")
        if self.provider == "peft" and self.method == "supervised":
            raise ValueError("provider peft trains with lora, qlora, dora or full")
        return self
