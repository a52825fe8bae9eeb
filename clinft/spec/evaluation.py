"""The `evaluation:` and `regression:` sections: what is measured and what must not get worse."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from clinft.spec.base import Fraction, Label, Line, Slug, Strict, conflict

# One slug names module, YAML value, test file and heading (clinft/metrics/).
MetricName = Literal[
    "accuracy", "macro_f1", "macro_precision", "macro_recall", "parse_failure_rate", "perplexity",
    "critical_recall", "over_triage_rate", "bits_per_byte", "brier", "log_loss", "calibration_error", "auroc",
    "score", "micro_f1", "micro_precision", "micro_recall", "weighted_f1", "exact_match",
    "rouge_1", "rouge_2", "rouge_l",
    "clinical_term_accuracy", "clinical_term_accuracy_relaxed", "code_validity", "category_credit",
    "hallucination_rate", "hallucinated_share", "omission_rate", "critical_omission_rate",
    "schema_validity", "refusal_rate",
]  # fmt: skip
# Of these less is better.
LOWER_IS_BETTER = frozenset(
    {
        "parse_failure_rate", "perplexity", "over_triage_rate", "bits_per_byte", "brier", "log_loss",
        "calibration_error", "hallucination_rate", "hallucinated_share", "omission_rate",
        "critical_omission_rate", "refusal_rate",
    }
)  # fmt: skip
# Without an upper bound of 1.
UNBOUNDED = frozenset({"perplexity", "bits_per_byte", "log_loss"})
SystemName = Literal["base_zero_shot", "base_prompt", "tuned", "deployed"]
RunId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}-a[1-9][0-9]*$")]
# In place of a run id: answers of an earlier model that were recorded in the project's folder baseline/.
RECORDED, RECORDED_FOLDER = "recorded", "baseline"
# One pattern, not a union: an error then has one place and one type.
Baseline = Annotated[str, StringConstraints(pattern=r"^(deployment|recorded|[0-9a-f]{12}-a[1-9][0-9]*)$")]


class Threshold(Strict):
    """The lower bound of the tuned model's interval must reach `min` (or stay under `max`)."""

    metric: MetricName = Field(description="A metric of evaluation.metrics.")
    min: float | None = Field(default=None, strict=False, description="At least this; no max then.")
    max: float | None = Field(default=None, strict=False, description="At most this; no min then.")

    @model_validator(mode="after")
    def bounds_make_sense(self) -> Self:
        bounds = [
            (name, value) for name, value in (("min", self.min), ("max", self.max)) if value is not None
        ]
        if len(bounds) != 1:
            raise conflict(
                "a threshold has either min or max",
                *[name for name, _ in bounds[1:]],
                next_step="Write one of them, e.g. `min: 0.6`.",
            )
        name, value = bounds[0]
        if value < 0.0 or (self.metric not in UNBOUNDED and value > 1.0):
            raise conflict(
                "a threshold is a fraction from 0 to 1 (perplexity, bits per byte, log loss: any from 0)",
                name,
                next_step="Write e.g. 0.6 for 60 percent.",
            )
        return self


class EvaluationSpec(Strict):
    """What is measured, on which systems, and what must be reached."""

    metrics: tuple[MetricName, ...] = Field(
        default=("accuracy", "macro_f1", "parse_failure_rate", "perplexity"),
        min_length=1,
        max_length=20,
        description="What is measured on the test split.",
    )
    compare: tuple[SystemName, ...] = Field(
        default=("base_zero_shot", "base_prompt", "tuned"),
        min_length=1,
        max_length=10,
        description="Which systems are measured side by side.",
    )
    thresholds: tuple[Threshold, ...] = Field(
        default=(), max_length=40, description="What the tuned model must reach to be deployable."
    )
    benchmarks: tuple[Slug, ...] = Field(
        default=(), max_length=20, description="Public benchmarks by their name in clinft."
    )
    also: tuple[Slug, ...] = Field(
        default=(),
        max_length=10,
        description="Other models that the policy names in `evaluation_models`, on the same items.",
    )
    judge: Slug | None = Field(
        default=None,
        description="A model of the policy's `evaluation_models` that looks at errors; never alone.",
    )
    min_subgroup: int = Field(
        default=20, ge=5, le=10_000, description="A subgroup with fewer items gets no figure."
    )
    confidence: float = Field(
        default=0.95,
        ge=0.9,
        lt=1.0,
        description="Level of every interval in the report; verdicts rest on them, so 0.9 at least.",
    )


class Margin(Strict):
    """How much of a metric may be lost against the baseline."""

    metric: MetricName = Field(description="A metric of evaluation.metrics.")
    margin: Fraction = Field(description="Largest loss that still counts as no worse, e.g. 0.02.")


class RegressionSpec(Strict):
    """What the new model is compared with and what must not get worse."""

    baseline: Baseline = Field(
        default="deployment",
        description="deployment: the run that deployment.yaml names; a run id; or recorded: the answers of "
        "an earlier model in baseline/, as `clinft rescue` writes them.",
    )
    margins: tuple[Margin, ...] = Field(
        default=(Margin(metric="accuracy", margin=0.02),),
        max_length=20,
        description="The loss that still counts as no worse, per metric.",
    )
    critical_labels: tuple[Label, ...] = Field(
        default=(), max_length=500, description="Labels whose misses are listed and judged apart."
    )
    approved_baseline: RunId | None = Field(
        default=None,
        description="A run that was approved once and stays the second reference, so that small losses do "
        "not add up from release to release.",
    )
    sentinels: tuple[Line, ...] = Field(
        default=(),
        max_length=500,
        description="Test records that must never be missed: id, = and the first 12 or more digits of its "
        "item_sha256 in items.jsonl, e.g. test-000012=1f0c6b7d92ae. An id alone protects nothing: after a "
        "change of the data it is another case.",
    )
    critical_recall_min: Fraction | None = Field(
        default=None,
        description="The lower bound (one-sided) that the recall of critical cases must reach, e.g. 0.9.",
    )
    harm_alpha: float = Field(
        default=0.10,
        ge=0.01,
        le=0.20,
        strict=False,
        description="Level of the tests for harm: more missed critical cases, hallucinations or omissions.",
    )
