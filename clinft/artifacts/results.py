"""Evaluation, regression and the run's record."""

from typing import Literal, Self

from pydantic import Field, model_validator

from clinft.artifacts.canonical import digest_json
from clinft.artifacts.planning import Interval
from clinft.spec.base import Provider, Sha256, Slug, Strict


class LabelResult(Strict):
    label: str
    support: int
    precision: float | None = Field(description="None where nothing was predicted as this label.")
    recall: Interval
    f1: float | None


class MetricResult(Strict):
    """`interval` is None only where the metric has none; `missing` says why a value is absent."""

    metric: str
    higher_is_better: bool
    interval: Interval | None
    missing: str | None = None


class SystemResult(Strict):
    """One system under test. `scoring` tells how an answer was read from the model."""

    system: str = Field(description="base_zero_shot, base_prompt or tuned")
    scoring: Literal["closed_labels", "generated_text"]
    metrics: tuple[MetricResult, ...]
    labels: tuple[LabelResult, ...]
    confusion: dict[str, dict[str, int]] = Field(description="target to prediction to count")
    items_sha256: Sha256


class ThresholdResult(Strict):
    metric: str
    bound: str
    met: bool | None = Field(description="None: not measurable here.")
    detail: str


class PairedGain(Strict):
    """Tuned against one base system on the same items, in accuracy."""

    against: str
    scoring: str
    difference: Interval
    p_value: float
    intervals_overlap: bool


class EvaluationReport(Strict):
    test_sha256: Sha256
    n: int
    systems: tuple[SystemResult, ...]
    gains: tuple[PairedGain, ...]
    thresholds: tuple[ThresholdResult, ...]
    thresholds_met: bool


class RecordedSource(Strict):
    """Whose answers these are, and what is to be known before they are believed."""

    model: str = Field(description="As its provider calls it.")
    provider: Provider
    host: str = Field(description="Where it was asked.")
    asked_from: str = Field(description="When the first answer came, UTC.")
    asked_until: str
    seen_in_training: bool = Field(description="The test records come from the model's own training file.")
    training_file_sha256: Sha256
    test_file_sha256: Sha256 | None = Field(description="None: split off from the training file.")


class RecordedEvaluation(EvaluationReport):
    """What a model answered once: it cannot be asked again, so its answers stand for it."""

    source: RecordedSource


class ItemResult(Strict):
    """One row of items.jsonl: no record text, no free model text."""

    item: str = Field(description="Record id.")
    item_sha256: Sha256
    system: str
    scoring: str
    target: str
    prediction: str | None = Field(description="One of the labels; None: the answer was not one.")
    correct: bool
    answer_nll_nats: float | None
    answer_tokens: int | None


class MetricChange(Strict):
    metric: str
    baseline: float | None
    candidate: float | None
    difference: Interval | None
    margin: float
    status: Literal["PASS", "WARN", "FAIL", "NOT_COMPARABLE"]
    detail: str


class CriticalFlip(Strict):
    """An item with a critical target that the baseline had right and the candidate has wrong."""

    item: str
    target: str
    prediction: str | None


class RegressionVerdict(Strict):
    status: Literal["FIRST", "PASS", "WARN", "FAIL", "INCOMPARABLE"]
    baseline_run_id: str | None
    candidate_run_id: str
    metrics: tuple[MetricChange, ...]
    critical_flips: tuple[CriticalFlip, ...]
    recommendation: Literal["deploy", "iterate", "rollback"]
    reason: str


class RunReport(Strict):
    """What was rendered; the Markdown itself lies beside it."""

    headline: str
    rendered: dict[str, Sha256]


class StageRecord(Strict):
    stage: Slug
    digest: Sha256
    file_sha256: Sha256


class RunRecord(Strict):
    """`record.json`: the run in one page, rewritten only while the run is open."""

    run_id: str
    project: Slug
    plan_digest: Sha256
    attempt: int
    status: Literal["running", "succeeded", "failed", "cancelled"]
    stages: tuple[StageRecord, ...]
    files: dict[str, Sha256] = Field(description="Other committed evidence in the run folder.")
    digest: Sha256

    @model_validator(mode="after")
    def digest_is_of_this(self) -> Self:
        if self.digest != self.computed_digest():
            raise ValueError("digest does not belong to this content")
        return self

    def computed_digest(self) -> str:
        return digest_json(self.model_dump(mode="json", exclude={"digest"}))

    def sealed(self) -> Self:
        """The same record with the digest of its present content."""
        return self.model_copy(update={"digest": self.computed_digest()})
