"""`.github/clinft.yml`: the repository's policy, always read from the protected branch."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from clinft.spec.base import Line, Slug, Strict, Usd, conflict

Login = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]{0,37}[A-Za-z0-9])?$")]


class Role(Strict):
    """Who may approve in this role. One person fills one role per decision."""

    people: tuple[Login, ...] = Field(default=(), max_length=500, description="GitHub logins, without @.")
    approvals: int = Field(default=1, ge=1, le=10, description="How many people of this role must approve.")


class BudgetPolicy(Strict):
    """What training may cost, whatever a spec asks for."""

    per_run_usd: Usd = Field(description="Upper bound for one run, in US dollars.")
    per_month_usd: Usd = Field(description="Upper bound for a calendar month, in US dollars.")


class Runner(Strict):
    """A machine that trains."""

    labels: tuple[Slug, ...] = Field(
        default=(), max_length=20, description="Actions runner labels; empty: this machine."
    )
    description: Line = Field(default="this machine", description="What people call it.")


class Policy(Strict):
    """Who may approve, what it may cost and where training may run."""

    version: Literal[1] = Field(description="Version of this file's format.")
    roles: dict[Slug, Role] = Field(description="Who may approve, by role.")
    required_roles: tuple[Slug, ...] = Field(
        default=("ml", "privacy"), min_length=1, max_length=20, description="Roles that every run needs."
    )
    local_approval: bool = Field(
        default=True, description="`clinft run` on a laptop may take its user's word; GitHub never does."
    )
    budgets: BudgetPolicy = Field(description="Upper bounds in US dollars.")
    providers: tuple[Slug, ...] = Field(
        default=("peft",), max_length=20, description="Training providers that specs may name."
    )
    runners: dict[Slug, Runner] = Field(description="Machines that specs may name.")

    @model_validator(mode="after")
    def required_roles_exist(self) -> Self:
        for index, role in enumerate(self.required_roles):
            if role not in self.roles:
                raise conflict(
                    "required_roles names a role that roles does not have",
                    "required_roles",
                    index,
                    next_step="Define the role, or take it off the list.",
                )
        return self
