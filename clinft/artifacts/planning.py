"""What is planned before anything is spent: the prompt assessment, the plan, the estimate."""

from typing import Literal

from pydantic import Field, JsonValue

from clinft.artifacts.advice import Advice
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
    """The price of training as it was read: never a constant in code."""

    source: Line
    as_of: str = Field(description="ISO date on which the price was read.")
    usd_per_million_training_tokens: Usd | None = Field(
        description="None where the machine costs by the hour; the part `training` shows that price."
    )


class Price(Strict):
    """A row of a dated table, or what the policy says of a machine."""

    what: Literal["training", "hosting", "input", "cached_input", "output", "machine"]
    value: Usd
    unit: Literal["usd_per_million_tokens", "usd_per_hour"]
    region: str | None = Field(default=None, description="None: wherever the provider works.")
    as_of: str = Field(description="ISO date on which the price was read.")
    source: Line


class CostPart(Strict):
    """One line of an estimate. `usd` None: it costs something, and nobody here knows how much."""

    what: Literal["training", "hosting of one month", "evaluation"]
    usd: Usd | None
    usd_upper: Usd | None
    formula: str
    prices: tuple[Price, ...] = ()


class Calibration(Strict):
    """What this project's earlier runs used, against what was estimated for them."""

    of: Literal["tokens", "minutes"]
    ratio: float = Field(description="Median of actual / estimated.")
    low: float
    high: float
    n: int = Field(description="Runs.")


class CostEstimate(Strict):
    """`cost_usd` is what training costs; `cost_usd_upper` bounds it with its evaluation, not hosting."""

    plan: TrainingPlan
    plan_digest: Sha256
    training_tokens: int = Field(description="Tokens of one pass over the training file.")
    validation_tokens: int | None = Field(default=None, description="Tokens of the validation file.")
    tokens_basis: Literal["tokenizer", "characters"]
    n_epochs: int
    billed_tokens: int
    price: PriceBasis
    cost_usd: Usd
    cost_usd_upper: Usd
    minutes: float | None = Field(description="Of training itself, without setting the machine up.")
    minutes_upper: float | None
    formula: str
    throughput_basis: str
    within_budget: bool
    parts: tuple[CostPart, ...] = Field(default=(), description="Training, hosting and evaluation.")
    months: int = Field(default=1, description="How long the model is hosted in the total.")
    hosting_usd_month: Usd | None = Field(default=None, description="None: unknown. 0: none is charged.")
    evaluation_usd: Usd | None = Field(
        default=None, description="All systems, asked about the test split. None: unknown."
    )
    total_usd: Usd | None = Field(default=None, description="None where a part is unknown.")
    total_usd_upper: Usd | None = None
    served_until: str | None = Field(default=None, description="Last day; None: no end is known.")
    replacement: str | None = None
    usable_days: int | None = Field(default=None, description="From the day of the estimate on.")
    usd_per_usable_day: Usd | None = None
    unknown: tuple[str, ...] = Field(default=(), description="What has no price or no answer, in words.")
    notes: tuple[str, ...] = ()
    calibration: Calibration | None = None
    price_age_days: int | None = Field(default=None, description="Of the oldest price that was used.")
    advice: Advice | None = Field(default=None, description="Recommended settings; it decides nothing.")
