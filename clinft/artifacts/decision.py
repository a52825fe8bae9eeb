"""The gate's decision and the approvals it rests on."""

from typing import Literal

from pydantic import Field

from clinft.spec.base import Sha256, Slug, Strict


class Approval(Strict):
    """Who said yes, in which role, to which plan."""

    role: Slug
    person: str
    at: str | None = Field(
        default=None, description="ISO time of a review; a local approval is as old as its artifact."
    )
    plan_digest: Sha256
    kind: Literal["review", "interactive", "yes_flag"]


class Reason(Strict):
    """A stable code, what it means here, and the way out."""

    code: str = Field(pattern=r"^CLINFT-G[0-9]{3}$")
    blocks: bool
    message: str
    way_out: str


class GateDecision(Strict):
    allowed: bool
    plan_digest: Sha256
    reasons: tuple[Reason, ...]
    approvals: tuple[Approval, ...]
    required_roles: tuple[Slug, ...]
    mode: Literal["local", "github"]
    prepare_digest: Sha256
    audit_digest: Sha256
    estimate_digest: Sha256
    policy_sha256: Sha256
