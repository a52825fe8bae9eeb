"""What is planned before anything is spent: the prompt assessment, the plan, the estimate."""

from typing import Literal

from pydantic import Field, JsonValue

from clinft.artifacts.canonical import digest_json
from clinft.spec.base import Line, Provider, Sha256, Slug, Strict, Usd


class BaseModelIdentity(Strict):
    """`digest` pins the weights: of the file for builtin, of the folder, or of hub id @ revision."""

    ref: str
    kind: Literal["builtin", "folder", "hub", "hosted", "fake"]
    digest: Sha256
    revision: str | None = Field(default=None, description="The pinned commit of a hub model.")


class Interval(Strict):
    """`value` with a two-sided interval at `confidence`, measured on `n` items."""

    value: float
    low: float
    high: float
    n: int
    confidence: float
    method: str


class StrategyResult(Strict):
    strategy: str
    accuracy: Interval
    parse_failures: int | None = Field(description="None where labels were scored, so nothing is parsed.")
    prompt_tokens_mean: float


class PromptAssessment(Strict):
    verdict: Literal["PROMPT_SUFFICIENT", "FINE_TUNE", "INCONCLUSIVE"]
    reason: str
    target: float | None
    target_metric: str
    strategies: tuple[StrategyResult, ...]
    recommended: str
    dev_sha256: Sha256


class TrainingPlan(Strict):
    """All that determines the weights, where they are made and what leaves the repository.

    Policy, prices, metrics, documents and the engine's version are left out: they change by
    themselves and are decided afresh at train time.
    """

    project: Slug
    task: dict[str, JsonValue]
    data: dict[str, JsonValue]
    recipe: dict[str, JsonValue]
    records: dict[str, Sha256] = Field(description="sha256 of each split, held-out ones too.")
    prompt: Sha256
    base_model: BaseModelIdentity
    provider: Provider
    region: str | None
    runner: Slug
    revision: int

    @property
    def digest(self) -> str:
        return digest_json(self.model_dump(mode="json"))


class PriceBasis(Strict):
    """A price as it was read: never a constant in code."""

    source: Line
    as_of: str = Field(description="ISO date on which the price was read.")
    usd_per_million_training_tokens: Usd


class CostEstimate(Strict):
    plan: TrainingPlan
    plan_digest: Sha256
    training_tokens: int = Field(description="Tokens of one pass over the training file.")
    tokens_basis: Literal["tokenizer", "characters"]
    n_epochs: int
    billed_tokens: int
    price: PriceBasis
    cost_usd: Usd
    cost_usd_upper: Usd
    minutes: float | None
    minutes_upper: float | None
    formula: str
    throughput_basis: str
    within_budget: bool
