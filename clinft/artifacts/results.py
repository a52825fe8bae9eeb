"""Evaluation, regression and the run's record."""

from typing import Literal, Self

from pydantic import Field, model_validator

from clinft.artifacts.canonical import digest_json
from clinft.artifacts.planning import Interval
from clinft.artifacts.verdicts import (
    CriticalFlip,
    MetricChange,
    Reference,
    RegressionVerdict,
    SafetyCheck,
    SubgroupChange,
    TrendPoint,
    VerdictStatus,
)
from clinft.spec.base import Provider, Sha256, Slug, Strict

__all__ = [
    "AnsweringEngine",
    "CriticalFlip",
    "ErrorGroup",
    "EvaluationReport",
    "ItemResult",
    "LabelResult",
    "Memorised",
    "MetricChange",
    "MetricResult",
    "OutputsAudit",
    "PairedGain",
    "RecordedEvaluation",
    "RecordedSource",
    "Reference",
    "RegressionVerdict",
    "ReliabilityBin",
    "RunRecord",
    "RunReport",
    "SafetyCheck",
    "SliceResult",
    "StageRecord",
    "SubgroupChange",
    "SystemResult",
    "ThresholdResult",
    "TrendPoint",
    "VerdictStatus",
]


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
    note: str | None = Field(default=None, description="What to know beside the value, e.g. its null.")


class SliceResult(Strict):
    """One metric on the items of one subgroup; `missing` where there are too few of them to say anything."""

    slice: str = Field(description="age_band, sex, style, severity, acuity or a slice of a given file.")
    value: str
    n: int
    metric: str
    interval: Interval | None
    missing: str | None = None


class ReliabilityBin(Strict):
    """Items whose confidence in the likeliest label lies in [low, high), and how often they are right."""

    low: float
    high: float
    n: int
    confidence: float
    right: Interval


class ErrorGroup(Strict):
    """Wrong answers of the tuned model by kind (rules that no human has validated), the worst first."""

    category: str
    n: int
    share: Interval = Field(description="Of all errors.")
    critical: int = Field(default=0, description="Of them on critical cases.")
    items: tuple[str, ...] = Field(default=(), max_length=10, description="Critical and lowest scores first.")


class SystemResult(Strict):
    """One system under test. `scoring` tells how an answer was read from the model."""

    system: str = Field(
        description="base_zero_shot, base_prompt, tuned, deployed, or a system of evaluation.also."
    )
    scoring: Literal["closed_labels", "generated_text"]
    metrics: tuple[MetricResult, ...]
    labels: tuple[LabelResult, ...]
    confusion: dict[str, dict[str, int]] = Field(description="target to prediction to count")
    items_sha256: Sha256
    slices: tuple[SliceResult, ...] = ()
    reliability: tuple[ReliabilityBin, ...] = ()
    of_run: str | None = Field(
        default=None, description="Of `deployed`: the run whose model was asked, or whose answers these are."
    )
    stored: str | None = Field(
        default=None, description="The run whose stored answers these are; None: it was asked now."
    )


class ThresholdResult(Strict):
    metric: str
    bound: str
    met: bool | None = Field(description="None: not measurable here, or not certifiable at this n.")
    detail: str
    certifiable: bool = Field(
        default=True, description="False: at this n even a perfect result would not reach the bound."
    )
    items_needed: int | None = Field(
        default=None, description="About so many items would decide; None: decided, or no number does."
    )


class PairedGain(Strict):
    """Tuned against one base system on the same items, in `metric`."""

    against: str
    scoring: str
    difference: Interval
    p_value: float
    intervals_overlap: bool
    metric: str = "accuracy"


class Memorised(Strict):
    """What training text the tuned model gives back: prefixes of training records, continued greedily."""

    probed: int
    continued: Interval | None = Field(description="Share whose next tokens come back word for word.")
    held_out: Interval | None = Field(description="The same of records that training never saw.")
    planted: int = Field(default=0, description="Canary strings that training saw.")
    planted_back: int = 0
    detail: str = ""


class OutputsAudit(Strict):
    """The audit of what the systems wrote, before any of it was kept."""

    outputs: int
    by_severity: dict[str, int]
    withheld: int = Field(description="Answers with a finding above INFO: scored, and never stored.")


class AnsweringEngine(Strict):
    """What computed the answers of local weights, where that was not transformers in clinft's own process."""

    name: Literal["vllm"]
    version: str = Field(pattern=r"^[0-9]{1,6}\.[0-9]{1,6}[0-9A-Za-z.+_-]{0,60}$")

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class EvaluationReport(Strict):
    test_sha256: Sha256
    n: int
    systems: tuple[SystemResult, ...]
    gains: tuple[PairedGain, ...]
    thresholds: tuple[ThresholdResult, ...]
    thresholds_met: bool
    kind: str = Field(default="classification", description="task.kind of what was asked.")
    main_metric: str = Field(
        default="accuracy", description="What gains and the summary are told in for this kind of task."
    )
    memorised: Memorised | None = None
    outputs: OutputsAudit | None = None
    looks: int | None = Field(
        default=None, description="How often this test split was looked at, this time included."
    )
    absent: dict[str, str] = Field(
        default={}, description="Systems that the spec names and that could not be measured, and why."
    )
    errors: tuple[ErrorGroup, ...] = ()
    caveats: tuple[str, ...] = Field(
        default=(), description="What is odd about the measurement as a whole, in sentences."
    )
    # Not written where it is None, so that reports have the digests that they had before it came.
    engine: AnsweringEngine | None = Field(
        default=None,
        exclude_if=lambda value: value is None,
        description="None: transformers, in clinft's own process.",
    )


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
    """One row of items.jsonl: no record text, no free model text.

    `values`: numbers that metrics add up, one name each (evaluate/metrics); `probabilities`: of the labels in
    the order of the spec, where labels were scored. `cluster`: items of one scenario are no independent ones.
    """

    item: str = Field(description="Record id.")
    item_sha256: Sha256
    system: str
    scoring: str
    target: str | None = Field(description="A label, or codes; None: the right answer is a text.")
    prediction: str | None = Field(
        description="One of the labels, or codes; None: the answer was none, or is a text."
    )
    correct: bool
    answer_nll_nats: float | None
    answer_tokens: int | None
    answer_bytes: int | None = Field(default=None, description="UTF-8 bytes of the right answer.")
    cluster: str | None = None
    parsed: bool | None = Field(default=None, description="None: where there is a prediction.")
    score: float | None = Field(default=None, description="0 to 1; None: 1 where correct, else 0.")
    values: dict[str, float] = Field(default_factory=dict)
    probabilities: tuple[float, ...] = ()
    slices: dict[str, str] = Field(default_factory=dict)
    critical: bool | None = Field(default=None, description="None: not known; then by its label.")
    refused: bool = False
    scored_by: str | None = Field(
        default=None, description="Version of the metric or judge that gave the score, where it has one."
    )
    category: str | None = Field(default=None, description="Kind of error, where the answer is wrong.")
    output_sha256: Sha256 | None = Field(
        default=None, description="Of the answer, which lies in git-ignored data/."
    )

    @property
    def was_parsed(self) -> bool:
        return self.prediction is not None if self.parsed is None else self.parsed

    @property
    def points(self) -> float:
        return float(self.correct) if self.score is None else self.score


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
