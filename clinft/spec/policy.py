"""`.github/clinft.yml`: the repository's policy, always read from the protected branch."""

from typing import Literal

from pydantic import Field

from clinft.spec.base import Line, Slug, Strict, Usd


class Role(Strict):
    """Who may approve in this role. One person fills one role per decision."""

    people: tuple[str, ...] = Field(default=(), description="GitHub logins, without @.")
    approvals: int = Field(default=1, ge=1, le=10)


class BudgetPolicy(Strict):
    per_run_usd: Usd
    per_month_usd: Usd


class Runner(Strict):
    labels: tuple[Slug, ...] = Field(default=(), description="Actions runner labels; empty: this machine.")
    description: Line = "this machine"


class Policy(Strict):
    version: Literal[1]
    roles: dict[Slug, Role]
    required_roles: tuple[Slug, ...] = ("ml", "privacy")
    local_approval: bool = Field(
        default=True, description="`clinft run` on a laptop may take its user's word; GitHub never does."
    )
    budgets: BudgetPolicy
    providers: tuple[Slug, ...] = ("peft",)
    runners: dict[Slug, Runner]
