"""The `evaluation:` and `regression:` sections: what is measured and what must not get worse."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from clinft.spec.base import Fraction, Label, Slug, Strict

# One slug names module, YAML value, test file and heading (clinft/stages/evaluate/metrics/).
MetricName = Literal[
    "accuracy", "macro_f1", "macro_precision", "macro_recall", "parse_failure_rate", "perplexity",
    "critical_recall",
]  # fmt: skip
SystemName = Literal["base_zero_shot", "base_prompt", "tuned"]
RunId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}-a[1-9][0-9]*$")]


class Threshold(Strict):
    """The lower bound of the tuned model's interval must reach `min` (or stay under `max`)."""

    metric: MetricName
    min: float | None = Field(default=None, strict=False)
    max: float | None = Field(default=None, strict=False)


class EvaluationSpec(Strict):
    metrics: tuple[MetricName, ...] = Field(
        default=("accuracy", "macro_f1", "parse_failure_rate", "perplexity"), min_length=1
    )
    compare: tuple[SystemName, ...] = ("base_zero_shot", "base_prompt", "tuned")
    thresholds: tuple[Threshold, ...] = ()
    benchmarks: tuple[Slug, ...] = ()
    confidence: Annotated[float, Field(gt=0.5, lt=1.0)] = 0.95


class Margin(Strict):
    metric: MetricName
    margin: Fraction = Field(description="Largest loss that still counts as no worse, e.g. 0.02.")


class RegressionSpec(Strict):
    baseline: Literal["deployment"] | RunId = Field(
        default="deployment", description="deployment: the run that deployment.yaml names."
    )
    margins: tuple[Margin, ...] = (Margin(metric="accuracy", margin=0.02),)
    critical_labels: tuple[Label, ...] = Field(
        default=(), description="Labels whose misses are listed one by one and judged apart."
    )
