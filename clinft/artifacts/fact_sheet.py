"""`facts.json`: all that the documents of a run may say. Every renderer reads this and nothing else.

A number is measured (with n, interval and the digest of its data), declared (somebody says so) or missing
(with the reason); an auditor can hold every number of every document against it.
"""

from typing import Literal, Self

from pydantic import Field, model_validator

from clinft.artifacts.data import FieldSummary
from clinft.artifacts.data_plan import DataPlan
from clinft.artifacts.planning import Interval
from clinft.spec.base import Sha256, Slug, Strict

FACTS = "facts.json"
Basis = Literal["measured", "declared", "missing"]


class Statement(Strict):
    """A sentence or a few. Where it is missing `text` is the reason, without the word itself."""

    basis: Basis
    text: str
    source: str = Field(description="The file, and the place in it, that says so.")

    @property
    def said(self) -> str:
        return f"missing: {self.text}" if self.basis == "missing" else self.text


class Figure(Strict):
    """One number. `shown`: the one way in which documents write it."""

    basis: Basis
    shown: str
    value: float | int | None = None
    interval: Interval | None = Field(default=None, description="None for what was counted, not estimated.")
    exact: bool = Field(default=False, description="Counted over all there is: without an interval.")
    n: int | None = Field(default=None, description="Items it rests on.")
    data_sha256: Sha256 | None = Field(default=None, description="Of the data it was measured on.")
    missing: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def complete_for_its_basis(self) -> Self:
        if self.basis == "missing":
            if self.missing is None or self.value is not None:
                raise ValueError("a missing number has a reason and no value")
        elif self.value is None:
            raise ValueError("a number that is not missing has a value")
        if self.basis == "measured":
            if self.n is None or self.data_sha256 is None:
                raise ValueError("a measured number has n and the digest of its data")
            if (self.interval is None) is not self.exact:
                raise ValueError("a measured number has an interval, or was counted exactly")
        return self


class ModelFacts(Strict):
    base_model: str
    base_kind: str
    base_sha256: Sha256
    base_revision: str | None
    provider: str
    method: str
    fine_tuned_model: str
    weights: dict[str, Sha256]
    plan_sha256: Sha256
    training_file: Sha256
    validation_file: Sha256
    declared_by: str | None
    trainable_parameters: Figure
    steps: Figure
    samples: Figure
    answer_tokens: Figure
    validation_loss: Figure
    settings: dict[str, str | tuple[str, ...]] = Field(description="As the spec has them.")


class SplitFacts(Strict):
    sha256: Sha256
    records: Figure
    scenarios: Figure
    labels: dict[str, Figure]
    styles: dict[str, Figure]


class DataFacts(Strict):
    source: str
    origin: str
    generator: str
    generator_version: int
    version: str = Field(description="Of the data, as semver: the generator's version comes first.")
    seed: int
    terminology_release: str
    clinical_domain: str
    terminology_focus: tuple[str, ...]
    fields: tuple[FieldSummary, ...]
    splits: dict[str, SplitFacts]
    counted_by: Literal["label", "condition"] = Field(
        default="label", description="What `labels` counts: answers, or the condition where these are texts."
    )
    labels: dict[str, Figure] = Field(description="Over all splits.")
    styles: dict[str, Figure]
    wording: str = Field(description="What `shared_styles` counts.")
    shared_scenarios: Figure
    shared_styles: Figure
    duplicate_texts: Figure
    method: tuple[str, ...] = Field(description="How the records were made, step by step.")
    plan: DataPlan | None = Field(description="Without its sample records.")


class Result(Strict):
    """One metric of one system, over all items or within one subgroup (`slice` and `value`)."""

    system: str
    scoring: str
    metric: str
    name: str = Field(description="Of the metric, as documents write it.")
    level: str = Field(default="", description="Confidence of the interval, as documents write it.")
    higher_is_better: bool | None = None
    slice: str | None = None
    value: str | None = None
    figure: Figure


class Recall(Strict):
    label: str
    critical: bool
    figure: Figure


class ErrorKind(Strict):
    """Wrong answers of the tuned model by kind. `figure`: share of all errors."""

    category: str
    figure: Figure
    count: Figure
    critical: Figure


class Gain(Strict):
    against: str
    scoring: str
    metric: str
    figure: Figure
    p_value: str


class Bound(Strict):
    metric: str
    bound: str
    met: bool | None
    detail: str


class EvaluationFacts(Strict):
    test_sha256: Sha256
    kind: str
    main_metric: str
    items: Figure
    results: tuple[Result, ...]
    slices: tuple[Result, ...] = Field(description="Of the system that speaks for the run.")
    recalls: tuple[Recall, ...]
    gains: tuple[Gain, ...]
    thresholds: tuple[Bound, ...]
    thresholds_met: bool
    brackets: str = Field(description="How the intervals of `results` were made.")
    slice_brackets: str
    recall_brackets: str
    gain_brackets: str
    looks: Figure
    errors: tuple[ErrorKind, ...]
    error_brackets: str
    absent: dict[str, str] = Field(description="Systems that could not be measured, and why.")
    stored: dict[str, str] = Field(
        description="Systems whose answers are those of an earlier run, and which."
    )
    caveats: tuple[str, ...]
    memorised: dict[str, Figure]
    memorised_detail: str
    outputs: dict[str, Figure]


class Change(Strict):
    reference: str
    metric: str
    status: str
    margin: str
    difference: Figure
    detail: str


class SafetyRow(Strict):
    rule: str
    status: str
    detail: str
    figure: Figure
    items: tuple[str, ...]


class SubgroupRow(Strict):
    slice: str
    value: str
    metric: str
    figure: Figure
    p_value: str
    p_adjusted: str


class VerdictFacts(Strict):
    status: str
    recommendation: str
    reason: str
    baseline_run_id: str | None
    keep: str | None
    protocol_sha256: Sha256 | None
    changes: tuple[Change, ...]
    safety: tuple[SafetyRow, ...]
    subgroups: tuple[SubgroupRow, ...]
    caveats: tuple[str, ...]
    critical_flips: tuple[str, ...]


class AuditFacts(Strict):
    verdict: str
    rows: Figure
    findings: dict[str, Figure]
    sensitivity: str
    limits: tuple[str, ...]


class Asked(Strict):
    """One question of a standard; `answers` are names of `statements`, `where`: documents that say more."""

    section: str
    number: str
    asks: str
    answers: tuple[Slug, ...]
    where: str = ""


class Standard(Strict):
    """A form that others defined, and its questions where it has some. `status`: if it is in force."""

    name: str
    citation: str
    version: str = ""
    status: str = ""
    questions: tuple[Asked, ...] = ()


class FactSheet(Strict):
    version: Literal[1] = 1
    project: str
    run_id: str
    run_folder: str
    serial_number: str = Field(description="UUID of the bill of materials, made of the run's digests.")
    clinft_version: str
    dates: dict[str, str] = Field(description="By stage, as its artifact has it; empty: not known.")
    commits: dict[str, str]
    digests: dict[str, Sha256]
    owners: tuple[str, ...]
    out_of_scope: tuple[str, ...]
    labels: tuple[str, ...]
    statements: dict[Slug, Statement]
    model: ModelFacts
    data: DataFacts
    evaluation: EvaluationFacts
    verdict: VerdictFacts
    audit: AuditFacts
    standards: dict[Slug, Standard]
    documents: tuple[str, ...] = Field(description="Files of the run's folder that are rendered from this.")
