"""What the pages show: plain values, gathered from the committed record by clinft/pipeline/dashboard.

All texts are plain and foreign until they are markup. An absent value is None: nothing was measured.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from clinft.artifacts.audit import AuditReport
from clinft.artifacts.planning import Interval

# A word beside it always says the same.
Tone = Literal["good", "neutral", "warning", "bad"]
StepState = Literal["done", "attention", "failed", "running", "open"]
STEPS = (
    "research", "data", "assess", "audit", "estimate", "approval",
    "training", "evaluation", "regression", "deployed",
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """Where a project stands in one step of the pipeline. `detail`: a few words."""

    name: str
    state: StepState
    detail: str


@dataclass(frozen=True)
class Measured:
    """One metric of one run: the tuned model, and the base model asked with its best prompt."""

    metric: str
    higher_is_better: bool
    tuned: Interval | None
    base: Interval | None
    missing: str | None = None


@dataclass(frozen=True)
class Bound:
    metric: str
    bound: str
    state: Literal["met", "not met", "not certifiable", "not measurable"]
    detail: str


@dataclass(frozen=True)
class Verdict:
    """One comparison. `again`: number of a later evaluation of the same run; None: its own."""

    run_id: str
    again: int | None
    at: str
    status: str
    critical: bool
    baseline: str | None
    recommendation: str
    reason: str
    flips: int


@dataclass(frozen=True)
class Input:
    """What a stage read. `stage`: whose artifact has this digest in the same run; None: a file or a table."""

    name: str
    sha256: str
    stage: str | None


@dataclass(frozen=True)
class Link:
    """One link of the chain of digests."""

    stage: str
    at: str
    digest: str
    file_sha256: str
    inputs: Sequence[Input]


@dataclass(frozen=True)
class Event:
    """A committed change of the run's status."""

    at: str
    status: str
    message: str
    workflow_run: int | None


@dataclass(frozen=True)
class Cost:
    """`estimated`, `upper`, `actual`: of training alone; `evaluation…`: of the run's own evaluation.

    None: unknown, or not measured. Estimates of an earlier clinft have no bound of training alone.
    `both_upper`: of both together, which the gate holds against the budget.
    """

    estimated: Decimal
    upper: Decimal | None
    actual: Decimal | None
    both_upper: Decimal
    evaluation_estimated: Decimal | None = None
    evaluation_actual: Decimal | None = None


@dataclass(frozen=True)
class Month:
    """YYYY-MM; `cumulative`: measured until its end. `unknown`: costs that nobody measured."""

    month: str
    project: str
    estimated: Decimal
    actual: Decimal
    unknown: int
    cumulative: Decimal


@dataclass(frozen=True)
class Money:
    """Of training and evaluation, as tracking has them. `known`: how many costs were measured."""

    months: Sequence[Month] = ()
    known: int = 0
    unknown: int = 0

    @property
    def total(self) -> Decimal:
        return self.months[-1].cumulative if self.months else Decimal(0)


@dataclass(frozen=True)
class Life:
    """The end of a base model. `recorded`: what the estimate knew on its day; the rest: the dated table."""

    provider: str
    base_model: str
    recorded_until: str | None
    training_until: str | None
    serving_until: str | None
    replacement: str | None
    as_of: str | None
    source: str | None


@dataclass(frozen=True)
class Run:
    project: str
    run_id: str
    status: str
    started_at: str | None
    ended_at: str | None
    provider: str | None = None
    base_model: str | None = None
    method: str | None = None
    main_metric: str | None = None
    n: int | None = None
    test_sha256: str | None = None
    scoring: str | None = None
    base_system: str | None = None
    metrics: Sequence[Measured] = ()
    bounds: Sequence[Bound] = ()
    verdicts: Sequence[Verdict] = ()
    audit: AuditReport | None = None
    cost: Cost | None = None
    deployed: bool = False
    plan_digest: str | None = None
    record_digest: str | None = None
    pull_request: int | None = None
    chain: Sequence[Link] = ()
    events: Sequence[Event] = ()
    documents: Sequence[str] = ()
    unreadable: bool = False
    again: int | None = None  # number of the further evaluation that metrics and bounds are of

    @property
    def verdict(self) -> Verdict | None:
        """The newest."""
        return self.verdicts[-1] if self.verdicts else None

    @property
    def main(self) -> Measured | None:
        return next((one for one in self.metrics if one.metric == self.main_metric), None)


@dataclass(frozen=True)
class Project:
    """`runs` in the order in which they began. `about`: of project.yaml, by heading; empty: not readable.

    `quarantined`: real patient data may lie there, so everything but the name is left out.
    """

    name: str
    about: Mapping[str, Sequence[str]]
    steps: Sequence[Step]
    runs: Sequence[Run]
    deployed: str | None
    money: Money = Money()
    lives: Sequence[Life] = ()
    documents: Sequence[str] = ()
    changed_since: bool = False
    quarantined: bool = False

    @property
    def newest(self) -> Run | None:
        return self.runs[-1] if self.runs else None


@dataclass(frozen=True)
class Site:
    """`repository`: its address on GitHub, for links; None: not known here."""

    projects: Sequence[Project]
    money: Money = Money()
    repository: str | None = None
    incomplete: Sequence[str] = ()

    @property
    def runs(self) -> Sequence[Run]:
        """Newest first, whatever their project."""
        every = [run for project in self.projects for run in project.runs]
        return sorted(every, key=lambda run: (run.started_at or "", run.project, run.run_id), reverse=True)
