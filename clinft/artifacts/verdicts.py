"""What a comparison says: metric by metric, the safety tier, subgroups, references, and the verdict."""

from typing import Literal

from pydantic import Field

from clinft.artifacts.planning import Interval
from clinft.spec.base import Sha256, Strict


class MetricChange(Strict):
    """`against`: which reference: what is deployed, or the baseline that was approved once and stays."""

    metric: str
    baseline: float | None
    candidate: float | None
    difference: Interval | None
    margin: float
    status: Literal["PASS", "WARN", "FAIL", "NOT_COMPARABLE"]
    detail: str
    p_value: float | None = Field(default=None, description="One-sided, against 'not worse'.")
    p_adjusted: float | None = Field(default=None, description="After Holm, where a loss was claimed.")
    worse: int | None = Field(default=None, description="Items lost; None: not a yes-or-no metric.")
    better: int | None = Field(default=None, description="Items won.")
    minimum_detectable: float | None = Field(
        default=None, description="Loss that this many items would show with 80 % power."
    )
    items_needed: int | None = Field(
        default=None, description="Items that rule out a loss of the margin for equal models, 80 % power."
    )
    primary: bool = True


class CriticalFlip(Strict):
    """An item with a critical target that the baseline had right and the candidate has wrong."""

    item: str
    target: str | None
    prediction: str | None
    sentinel: bool = False


class SafetyCheck(Strict):
    """One rule of the safety tier. CRITICAL: never deployed, and exit 1."""

    rule: Literal[
        "sentinels", "critical_recall", "critical_flips", "hallucination", "critical_omission", "subgroup"
    ]
    status: Literal["PASS", "WARN", "FAIL", "CRITICAL", "NOT_CERTIFIABLE", "NOT_MEASURED"]
    detail: str
    items: tuple[str, ...] = ()
    n: int | None = None
    measured: Interval | None = None


class SubgroupChange(Strict):
    """Exploratory: one metric within one subgroup; `p_adjusted` after Benjamini and Hochberg."""

    slice: str
    value: str
    n: int
    metric: str
    difference: Interval
    p_value: float
    p_adjusted: float


class Reference(Strict):
    """One of the models the candidate was compared with."""

    role: Literal["deployed", "approved", "given"]
    run_id: str
    status: Literal["PASS", "WARN", "FAIL", "CRITICAL", "INCOMPARABLE"]
    measured_on: str | None = Field(default=None, description="UTC day of its evaluation.")
    metrics: tuple[MetricChange, ...] = ()
    reason: str = ""


class TrendPoint(Strict):
    run_id: str
    metric: str
    interval: Interval
    flagged: bool = Field(default=False, description="The history drifts (EWMA beyond its limit).")


VerdictStatus = Literal["FIRST", "PASS", "WARN", "FAIL", "CRITICAL", "INCOMPARABLE"]


class RegressionVerdict(Strict):
    """`metrics`: against the deployed model; what else was compared lies in `references`."""

    status: VerdictStatus
    baseline_run_id: str | None
    candidate_run_id: str
    metrics: tuple[MetricChange, ...]
    critical_flips: tuple[CriticalFlip, ...]
    recommendation: Literal["deploy", "iterate", "rollback"]
    reason: str
    safety: tuple[SafetyCheck, ...] = ()
    subgroups: tuple[SubgroupChange, ...] = ()
    references: tuple[Reference, ...] = ()
    caveats: tuple[str, ...] = ()
    keep: str | None = Field(default=None, description="The version to keep in use, or to go back to.")
    protocol_sha256: Sha256 | None = Field(
        default=None, description="Of margins, critical labels, sentinels and bounds, as the spec had them."
    )
    protocols_before: tuple[Sha256, ...] = Field(
        default=(), description="Of earlier verdicts on this very run: what was laid down then, and changed."
    )
    looks: int | None = None
    trend: tuple[TrendPoint, ...] = ()

    @property
    def is_critical(self) -> bool:
        return self.status == "CRITICAL" or any(check.status == "CRITICAL" for check in self.safety)
