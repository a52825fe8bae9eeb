"""What to change after a run that may not be deployed: found in its errors, each with its reason and cost."""

from typing import Literal

from pydantic import Field, JsonValue

from clinft.artifacts.planning import Interval
from clinft.spec.base import Sha256, Slug, Strict, Usd

# What a proposal may change in project.yaml. No threshold, margin, label or rule of the audit is among it.
Setting = Literal[
    "data.records",
    "data.splits",
    "data.label_counts",
    "data.terminology_focus",
    "data.realism",
    "evaluation.compare",
]


class ErrorGroup(Strict):
    """Items that share a known fact, against all others. 1 minus an item's score is what is counted."""

    fact: str = Field(description="label, a slice of the rows, or a feature of the record's gold facts.")
    value: str
    n: int
    missed: Interval = Field(description="Mean of 1 minus the score, within the group.")
    rest: float = Field(description="The same over all other items.")
    difference: Interval = Field(description="Group minus rest.")
    p_value: float = Field(description="One-sided, against 'not missed more often'.")
    p_adjusted: float = Field(description="After Benjamini and Hochberg, over all groups.")
    stands_out: bool


class ErrorKind(Strict):
    """How answers are wrong, whatever they are about."""

    kind: Literal["unreadable", "schema", "refused", "not in the record", "left out", "critical left out"]
    of: str = Field(description="What is counted: answers, claims or facts.")
    share: Interval


class CurvePoint(Strict):
    """One run: records it was trained on, and the share that it got wrong."""

    run_id: str
    records: int
    error: Interval


class LearningCurve(Strict):
    """error = scale × records ** -exponent, over the points; `missing` says why none was fitted."""

    metric: str
    points: tuple[CurvePoint, ...]
    scale: float | None = None
    exponent: Interval | None = None
    missing: str | None = None
    notes: tuple[str, ...] = ()


class Gain(Strict):
    """In the main metric. `ceiling`: no forecast, but the most that this could bring."""

    interval: Interval | None = None
    ceiling: bool = False
    missing: str | None = None


class Change(Strict):
    """`value`: what is written; a mapping is filled in, and a list is what is added to the one there."""

    setting: Setting
    value: JsonValue
    reason: str
    gain: Gain


class ProposalCost(Strict):
    """Of one run of the changed plan; None where the estimate of the run before cannot tell."""

    usd: Usd | None
    usd_upper: Usd | None
    minutes: float | None
    formula: str


class Proposal(Strict):
    """`test_kept`: the test split stays byte for byte the same; None: not looked at yet."""

    project: Slug
    run_id: str
    metric: str
    n: int
    missed: Interval
    groups: tuple[ErrorGroup, ...]
    kinds: tuple[ErrorKind, ...]
    curve: LearningCurve
    changes: tuple[Change, ...]
    left_alone: tuple[str, ...] = Field(default=(), description="Found, and no setting changes it; why.")
    cost: ProposalCost | None = None
    test_kept: bool | None = None
    spec_sha256: Sha256 = Field(description="Of the project.yaml that the changes are for.")
