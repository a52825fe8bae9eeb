"""Everything a decision rests on, as values, and the way a reason is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from clinft.artifacts.audit import AuditReport
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.decision import Approval, Mode, Reason, Source
from clinft.artifacts.handling import Handling
from clinft.artifacts.planning import CostEstimate
from clinft.spec.policy import Policy
from clinft.spec.project import ProjectSpec

STAGE_VERSION = 2
LOCAL_ROLE = "local"


@dataclass(frozen=True)
class Lifecycle:
    """When a base model stops; a row of tables/models.yaml. Days are the last on which it works."""

    training_until: date | None
    serving_until: date | None
    source: str
    as_of: str


@dataclass(frozen=True)
class GateInputs:
    """Digests are those of the artifacts as they lie on disk.

    `policy`: waivers, budgets, providers and runners of now; who may approve was settled when
    `approvals` were counted, by the policy before the merge.
    """

    spec: ProjectSpec
    policy: Policy
    policy_sha256: str
    plan_digest: str
    prepared: PreparedDataset
    prepare_digest: str
    audit: AuditReport
    audit_digest: str
    audit_is_current: bool  # the files it read are, byte for byte, the files that would be trained
    estimate: CostEstimate
    estimate_digest: str
    approvals: Sequence[Approval]
    mode: Mode
    baseline_run_id: str | None
    today: date
    lifecycle: Lifecycle | None = None
    authors: frozenset[str] = frozenset()  # lower-case logins of those whose plan it is
    previous_usd: Decimal | None = None  # upper estimate of the plan on the base branch
    spent_this_month_usd: Decimal = Decimal(0)
    shown_usd: Decimal | None = None  # the upper bound that the pull request showed
    paid: bool = False  # a job of this very plan exists at a provider: nothing more is bought
    prompt_sufficient: bool = False  # an assessment of this very prompt says: do not train
    handling: Handling | None = None
    review_reasons: Sequence[Reason] = ()  # what was found when reviews were counted
    # People wanted by role, by the policy that counts for approvals; None: that is `policy`.
    required: Mapping[str, int] | None = None
    source: Source = field(default_factory=Source)


def wanted_people(policy: Policy, project: str) -> dict[str, int]:
    """How many people each role needs before this project's plan may be trained."""
    return {role: policy.role_of(role, project).approvals for role in policy.required_for(project)}


def no(number: int, message: str, way_out: str, *, pending: bool = False, role: str | None = None) -> Reason:
    return Reason(
        code=f"CLINFT-G{number:03d}",
        blocks=True,
        message=message,
        way_out=way_out,
        pending=pending,
        role=role,
    )


def note(number: int, message: str, way_out: str, *, role: str | None = None) -> Reason:
    return Reason(code=f"CLINFT-G{number:03d}", blocks=False, message=message, way_out=way_out, role=role)
