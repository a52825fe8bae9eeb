"""Public benchmarks of one project's models: beside the evaluation, never part of it."""

from typing import Literal

from pydantic import Field

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import MetricResult
from clinft.spec.base import Sha256, Slug, Strict

Marked = Literal["public, contamination likely"]
CONTAMINATION: Marked = "public, contamination likely"


class PeerNumbers(Strict):
    """What lm-eval itself made of the same answers, by its own names, e.g. acc and acc_stderr."""

    tool: str
    version: str
    values: dict[str, float]


class BenchmarkResult(Strict):
    """One model on one benchmark. `n` of `items_in_files` items were asked."""

    slug: Slug
    name: str
    system: Literal["base", "tuned"]
    model: str = Field(description="Whose answers these are: a model's name, or a run's.")
    scoring: Literal["closed_labels", "generated_text"]
    n: int
    items_in_files: int
    metrics: tuple[MetricResult, ...]
    standard_error: float | None = Field(
        description="Of the first metric, from the spread of the items; None for one item."
    )
    peer: PeerNumbers
    files: dict[str, Sha256] = Field(description="The user's files, by name.")
    definition_sha256: Sha256 = Field(description="Of instruction, questions, choices and right answers.")
    items_sha256: Sha256
    access: str
    contamination: Marked = CONTAMINATION
    caution: str = ""


class BenchmarkChange(Strict):
    """The tuned model minus its base model on the same items: what training cost or brought elsewhere."""

    slug: Slug
    metric: str
    difference: Interval
    p_value: float


class BenchmarkReport(Strict):
    results: tuple[BenchmarkResult, ...]
    changes: tuple[BenchmarkChange, ...]
