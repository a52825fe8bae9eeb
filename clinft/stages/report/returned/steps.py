"""What the tracking issue is told: kinds of steps, their labels, and the key that makes each one comment."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from clinft.artifacts.audit import AuditReport
from clinft.artifacts.canonical import digest_json
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.results import EvaluationReport, RegressionVerdict
from clinft.artifacts.run_state import RunState, StatusEntry
from clinft.spec.base import Strict

KEY_DIGEST = 12


@dataclass(frozen=True)
class Queued:
    """The plan was merged and approved, and an attempt at it was taken. `decision`: of the train gate."""

    run_id: str
    decision: GateDecision


@dataclass(frozen=True)
class Prepared:
    run_id: str
    prepared: PreparedDataset


@dataclass(frozen=True)
class Audited:
    """`waived`: HIGH findings with a waiver that counts, as in the gate's decision."""

    run_id: str
    audit: AuditReport
    waived: int = 0


@dataclass(frozen=True)
class Started:
    """The last entry of `state` says that a provider works on it."""

    state: RunState


@dataclass(frozen=True)
class Paused:
    """The last entry of `state` says why. `after_steps`: of the checkpoint; None: not told."""

    state: RunState
    after_steps: int | None = None


@dataclass(frozen=True)
class Resumed:
    state: RunState
    after_steps: int | None = None


@dataclass(frozen=True)
class Failed:
    """Failed or cancelled, as the last entry of `state` says."""

    state: RunState


@dataclass(frozen=True)
class Evaluated:
    run_id: str
    evaluation: EvaluationReport


@dataclass(frozen=True)
class Compared:
    """`critical_labels`: of the spec; without any, no case counts as critical, and the comment says so."""

    run_id: str
    regression: RegressionVerdict
    critical_labels: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ResultsOpened:
    """`number`: of the pull request that brings the evidence of `run_id`."""

    run_id: str
    number: int
    regression: RegressionVerdict | None


@dataclass(frozen=True)
class DeploymentOpened:
    """`before`: what deployment.yaml names now; None: nothing."""

    run_id: str
    number: int
    before: str | None


@dataclass(frozen=True)
class RollbackOpened:
    """`run_id` is deployed and would be taken back; `to`: what would be deployed then; None: nothing."""

    run_id: str
    number: int
    to: str | None


@dataclass(frozen=True)
class IterationOpened:
    """`number`: of the pull request that proposes another plan after `run_id`."""

    run_id: str
    number: int


@dataclass(frozen=True)
class Later:
    """What became of a finished run: deployed, rolled back, its weights or a provider's files deleted."""

    entry: StatusEntry


Step: TypeAlias = (
    Queued
    | Prepared
    | Audited
    | Started
    | Paused
    | Resumed
    | Failed
    | Evaluated
    | Compared
    | ResultsOpened
    | DeploymentOpened
    | RollbackOpened
    | IterationOpened
    | Later
)

# Names of clinft/artifacts/labels.py. A label is added when its step was reached and never taken away.
LABEL_OF: Mapping[type[Step], str] = MappingProxyType(
    {
        Queued: "clinical-finetune",
        Prepared: "data-prep",
        Audited: "hipaa-audit",
        Started: "fine-tuning",
        Paused: "fine-tuning",
        Resumed: "fine-tuning",
        Failed: "fine-tuning",
        Evaluated: "evaluation",
        Compared: "regression-test",
        ResultsOpened: "clinical-finetune",
        DeploymentOpened: "clinical-finetune",
        RollbackOpened: "clinical-finetune",
        IterationOpened: "clinical-finetune",
        Later: "clinical-finetune",
    }
)


def label_of(step: Step) -> str:
    return LABEL_OF[type(step)]


def key_of(step: Step) -> str:
    """For `Publisher.note`: the same step gives the same key, whoever tells it and however often."""
    match step:
        case Queued():
            run_id, what = step.run_id, "queued"
        case Prepared():
            run_id, what = step.run_id, f"prepared-{_content(step.prepared)}"
        case Audited():
            run_id, what = step.run_id, f"audited-{_content(step.audit)}"
        case Evaluated():
            run_id, what = step.run_id, f"evaluated-{_content(step.evaluation)}"
        case Compared():
            run_id, what = step.run_id, f"compared-{_content(step.regression)}"
        case Started() | Paused() | Resumed() | Failed():
            run_id, what = step.state.run_id, _entry(step.state.history[-1])
        case Later():
            run_id, what = step.entry.run_id, _entry(step.entry)
        case ResultsOpened() | DeploymentOpened() | RollbackOpened() | IterationOpened():
            run_id, what = step.run_id, f"pull-{step.number}"
    return f"{run_id}-{what}"


def _content(payload: Strict) -> str:
    """A run that is evaluated once more has something new to tell; a job that is repeated has not."""
    return digest_json(payload.model_dump(mode="json"))[:KEY_DIGEST]


def _entry(entry: StatusEntry) -> str:
    return f"status-{entry.number:02d}"
