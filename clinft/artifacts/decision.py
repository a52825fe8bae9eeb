"""The gate's decision and the approvals it rests on."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from clinft.artifacts.handling import Handling
from clinft.spec.base import Sha256, Slug, Strict, Usd
from clinft.spec.policy import Waiver

# local: a laptop. pull_request: approvals may still come. merge_group, train: they must be there.
Mode = Literal["local", "pull_request", "merge_group", "train"]


class Approval(Strict):
    """Who said yes, in which role, to which plan."""

    role: Slug
    person: str
    at: str | None = Field(
        default=None, description="ISO time of a review; a local approval is as old as its artifact."
    )
    plan_digest: Sha256
    kind: Literal["review", "interactive", "yes_flag"]
    review_id: int | None = Field(default=None, description="GitHub's number of the review.")
    commit: str | None = Field(default=None, description="The head that was reviewed.")
    has_reason: bool = Field(default=False, description="Whether the reviewer wrote a reason.")


class Reason(Strict):
    """A stable code, what it means here, and the way out. `pending`: only people are still missing."""

    code: str = Field(pattern=r"^CLINFT-G[0-9]{3}$")
    blocks: bool
    message: str
    way_out: str
    pending: bool = False
    role: Slug | None = Field(default=None, description="Who can settle it, where a role can.")


class Source(Strict):
    """Where a decision of a GitHub run comes from."""

    pull_request: int | None = None
    head_sha: str | None = None
    merge_sha: str | None = None
    approvers_from: str | None = Field(default=None, description="Commit whose policy named the approvers.")


class GateDecision(Strict):
    allowed: bool
    plan_digest: Sha256
    reasons: tuple[Reason, ...]
    approvals: tuple[Approval, ...]
    required_roles: tuple[Slug, ...]
    mode: Mode
    source: Source = Source()
    waived: tuple[str, ...] = Field(default=(), description="Ids of HIGH findings with a waiver that counts.")
    waivers: tuple[Waiver, ...] = Field(
        default=(), description="The waivers of these, as the policy had them."
    )
    cost_bound_usd: Usd = Field(description="What training may cost: the lowest of all bounds.")
    prepare_digest: Sha256
    audit_digest: Sha256
    estimate_digest: Sha256
    policy_sha256: Sha256
    handling: Handling | None = Field(default=None, description="Safeguards and egress; it decides nothing.")

    @property
    def refused(self) -> bool:
        """Something other than a missing approval stands against it."""
        return any(reason.blocks and not reason.pending for reason in self.reasons)


class DeploymentDecision(Strict):
    """May this run be the deployed one?"""

    run_id: str | None = Field(description="None: nothing would be deployed any more.")
    allowed: bool
    reasons: tuple[Reason, ...]
    approvals: tuple[Approval, ...]
    required_roles: tuple[Slug, ...]

    @property
    def refused(self) -> bool:
        return any(reason.blocks and not reason.pending for reason in self.reasons)


def lowest(*bounds: Decimal | None) -> Decimal:
    return min(bound for bound in bounds if bound is not None)
