"""`.github/clinft.yml`: the repository's policy, always read from the protected branch."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, StringConstraints, model_validator

from clinft.spec.audit_policy import AuditPolicy
from clinft.spec.base import Line, Provider, Sha256, Slug, Strict, Usd, conflict
from clinft.spec.eligibility import Endpoint, IsoDate, ProviderPolicy
from clinft.spec.evaluation import SystemName
from clinft.spec.evaluation_models import EvaluationModel
from clinft.spec.mcp import McpServer
from clinft.spec.pages import Pages
from clinft.spec.registries import Registry
from clinft.spec.research_policy import ResearchPolicy
from clinft.spec.safeguards import Safeguards
from clinft.spec.sinks import Sink

Login = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]{0,37}[A-Za-z0-9])?$")]
BotLogin = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,60}\[bot\]$")]
InstanceName = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9_]+:[A-Za-z0-9._-]+:[a-z0-9-]+$", max_length=120)
]
FindingId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]

# Roles that the gate asks for by itself, whatever required_roles says.
ENGINE, PRIVACY, CLINICAL = "engine", "privacy", "clinical"


class Role(Strict):
    """Who may approve in this role. One person fills one role per decision."""

    people: tuple[Login, ...] = Field(default=(), max_length=500, description="GitHub logins, without @.")
    approvals: int = Field(default=1, ge=1, le=10, description="How many people of this role must approve.")

    @model_validator(mode="after")
    def enough_people(self) -> Self:
        people = {person.lower() for person in self.people}
        if len(people) < len(self.people):
            raise conflict("this list names somebody twice", "people", next_step="Remove one of them.")
        if people and len(people) < self.approvals:
            raise conflict(
                "more approvals are asked for than people could give",
                "approvals",
                next_step="Name more people, or lower the number.",
            )
        return self


class BudgetPolicy(Strict):
    """What training may cost, whatever a spec asks for."""

    per_run_usd: Usd = Field(description="Upper bound for one run, in US dollars.")
    per_month_usd: Usd = Field(description="Upper bound for a calendar month, in US dollars.")
    max_increase_percent: int | None = Field(
        default=None,
        ge=0,
        le=100_000,
        description="A run may cost at most this much more than the project's plan on the protected branch.",
    )
    hosting_per_month_usd: Usd = Field(
        default=Decimal(0),
        description="What a deployed model may cost a month by the hour, whether it is asked or not.",
    )
    max_price_age_days: int = Field(
        default=180, ge=1, le=3660, description="A price that was read longer ago fails the estimate."
    )


class LifecyclePolicy(Strict):
    """When the end of a base model counts."""

    warn_days: int = Field(
        default=180, ge=0, le=3660, description="A base model that ends sooner is pointed out."
    )
    min_served_days: int = Field(
        default=0, ge=0, le=3660, description="A base model that is served for fewer days is refused."
    )


class Runner(Strict):
    """A machine that trains."""

    labels: tuple[Slug, ...] = Field(
        default=(),
        max_length=20,
        description="Actions runner labels; empty: this machine, on GitHub one of GitHub's.",
    )
    description: Line = Field(default="this machine", description="What people call it.")
    instance: InstanceName | None = Field(
        default=None,
        description="PROVIDER:TYPE:REGION of tables/machines.yaml, e.g. aws:g6.xlarge:us-east-1.",
    )
    usd_per_hour: Usd | None = Field(
        default=None, description="What an hour of it costs you, instead of the table's price."
    )
    gpu: Line | None = Field(
        default=None, description="Its graphics card as tables/machines.yaml names it, e.g. L40S."
    )


class ProjectPolicy(Strict):
    """What differs for one project."""

    roles: dict[Slug, Role] = Field(default={}, description="Instead of the roles of the same name.")
    required_roles: tuple[Slug, ...] | None = Field(
        default=None, min_length=1, max_length=20, description="Instead of required_roles."
    )
    per_run_usd: Usd | None = Field(default=None, description="Instead of budgets.per_run_usd.")


LONGEST_WAIVER = timedelta(days=90)


class Waiver(Strict):
    """One HIGH finding that a person looked at. It dies when the file it was found in changes."""

    project: Slug = Field(description="The project in which it was found.")
    finding: FindingId = Field(description="The finding's id, 16 hex characters.")
    file_sha256: Sha256 = Field(description="Digest of the file in which it was found.")
    reason: Line = Field(description="Why this is no identifier; never the text itself.")
    owner: Login = Field(description="Who looked: a person of the role privacy.")
    given: IsoDate = Field(description="The day on which the owner looked.")
    expires: IsoDate = Field(description="Last day on which it counts; at most 90 days after `given`.")

    @model_validator(mode="after")
    def is_short(self) -> Self:
        given, expires = date.fromisoformat(self.given), date.fromisoformat(self.expires)
        if expires < given or expires - given > LONGEST_WAIVER:
            raise conflict(
                "a waiver ends on the day it was given, or up to 90 days later",
                "expires",
                next_step="Set it to at most 90 days after `given`; somebody looks again then.",
            )
        return self


class CommitBack(Strict):
    """How results return into the repository."""

    mode: Literal["pull_request", "push"] = Field(
        default="pull_request",
        description="push works where the workflows' own token may write to the branch.",
    )
    author: BotLogin = Field(
        default="github-actions[bot]", description="The login whose comments, statuses and commits are ours."
    )


class Consents(Strict):
    """What may be said to people, and when."""

    quiet: bool = Field(default=True, description="No message where nothing changed.")
    before_merge: tuple[Slug, ...] = Field(
        default=(), max_length=20, description="Sinks that may hear of a pull request before it is merged."
    )


class Retention(Strict):
    """How long what lies outside git is kept. Evidence in git is never deleted."""

    weights_days: int = Field(default=365, ge=1, le=3660, description="Adapters and checkpoints.")
    provider_files_days: int = Field(default=30, ge=1, le=3660, description="Files at hosted providers.")


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
    projects: dict[Slug, ProjectPolicy] = Field(default={}, description="What differs for a project.")
    providers: dict[Provider, ProviderPolicy] = Field(
        default={"peft": ProviderPolicy()},
        description="Training providers that specs may name.",
    )
    runners: dict[Slug, Runner] = Field(description="Machines that specs may name.")
    endpoints: dict[Slug, Endpoint] = Field(default={}, description="Addresses of hosted providers.")
    evaluation_models: dict[Slug, EvaluationModel] = Field(
        default={}, description="Models that specs may have measured beside theirs, or name as a judge."
    )
    mcp_servers: dict[Slug, McpServer] = Field(default={}, description="MCP servers that train.")
    sinks: dict[Slug, Sink] = Field(default={}, description="Places that messages may go to.")
    registries: dict[Slug, Registry] = Field(
        default={}, description="Private places that deployed models may be pushed to."
    )
    lifecycle: LifecyclePolicy = Field(
        default=LifecyclePolicy(), description="When the end of a base model counts."
    )
    waivers: tuple[Waiver, ...] = Field(
        default=(), max_length=500, description="HIGH findings that a person looked at."
    )
    audit: AuditPolicy = Field(default=AuditPolicy(), description="What the HIPAA audit must reach.")
    safeguards: Safeguards = Field(default=Safeguards(), description="How data are handled here.")
    research: ResearchPolicy = Field(
        default=ResearchPolicy(), description="Which services `clinft research` may ask."
    )
    commit_back: CommitBack = Field(default=CommitBack(), description="How results return.")
    consents: Consents = Field(default=Consents(), description="What may be said, and when.")
    retention: Retention = Field(default=Retention(), description="How long files outside git are kept.")
    pages: Pages = Field(default=Pages(), description="The dashboard, and who may see it.")

    @model_validator(mode="after")
    def named_roles_exist(self) -> Self:
        _check_required(self.required_roles, {*self.roles})
        for name, project in self.projects.items():
            _check_required(project.required_roles or (), {*self.roles, *project.roles}, "projects", name)
        return self

    @model_validator(mode="after")
    def named_places_exist(self) -> Self:
        for index, sink in enumerate(self.consents.before_merge):
            if sink not in self.sinks:
                raise conflict(
                    "consents.before_merge names a sink that sinks does not have",
                    "consents",
                    "before_merge",
                    index,
                    next_step="Define the sink, or take it off the list.",
                )
            if self.sinks[sink].kind != "slack":
                raise conflict(
                    "before a merge messages alone may be sent, and this sink takes none",
                    "consents",
                    "before_merge",
                    index,
                    next_step="Name sinks of the kind slack.",
                )
        for name, endpoint in self.endpoints.items():
            if endpoint.provider not in self.providers:
                raise conflict(
                    "this endpoint's provider is not listed under providers",
                    "endpoints",
                    name,
                    "provider",
                    next_step="List the provider, or remove the endpoint.",
                )
        return self

    @model_validator(mode="after")
    def evaluation_models_are_reached(self) -> Self:
        for name, model in self.evaluation_models.items():
            if name in get_args(SystemName):
                raise conflict(
                    "a report has a system of this name already",
                    "evaluation_models",
                    name,
                    next_step="Give the model another name.",
                )
            place = self.endpoints.get(model.endpoint)
            if place is None or place.provider != model.provider:
                raise conflict(
                    "endpoints has no entry of this name for the model's provider",
                    "evaluation_models",
                    name,
                    "endpoint",
                    next_step="Define the endpoint, or correct its name or the provider.",
                )
        return self

    def role_of(self, name: str, project: str | None) -> Role:
        """The role as it counts for this project; nobody holds a role that is not defined."""
        own = self.projects[project].roles if project in self.projects else {}
        return own.get(name) or self.roles.get(name) or Role()

    def required_for(self, project: str) -> tuple[str, ...]:
        own = self.projects.get(project)
        return own.required_roles if own is not None and own.required_roles else self.required_roles

    def per_run_usd(self, project: str) -> Usd:
        own = self.projects.get(project)
        if own is None or own.per_run_usd is None:
            return self.budgets.per_run_usd
        return own.per_run_usd


def _check_required(required: tuple[str, ...], known: set[str], *at: str) -> None:
    for index, role in enumerate(required):
        if role not in known:
            raise conflict(
                "required_roles names a role that roles does not have",
                *at,
                "required_roles",
                index,
                next_step="Define the role, or take it off the list.",
            )
        if role in required[:index]:
            raise conflict(
                "required_roles names this role twice",
                *at,
                "required_roles",
                index,
                next_step="Take it off the list; `approvals` of a role says how many people must agree.",
            )
