"""What a pull request changes, what its checks found, and the report that the comment is rendered from.

The report crosses a trust boundary: it is written by a job that read the pull request, and rendered by
one that may comment. So every text in it is plain text, to be escaped by whoever renders it.
"""

from typing import Literal

from pydantic import Field

from clinft.artifacts.audit import AuditReport
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.decision import Approval, DeploymentDecision, GateDecision, Reason
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.prompt_assessment import PromptAssessment
from clinft.spec.base import Sha256, Slug, Strict, Usd

Event = Literal["pull_request", "merge_group"]
# What a path means for a pull request. `unknown` counts as engine: it may change what judges.
PathKind = Literal[
    "plan",
    "deployment",
    "evidence",
    "quarantine",
    "document",
    "data",
    "hidden",
    "engine",
    "policy",
    "neutral",
]


class ChangedPath(Strict):
    path: str
    status: Literal["A", "M", "D", "T"]
    kind: PathKind
    project: str | None = None
    link: bool = Field(default=False, description="A symbolic link or a submodule.")


class ChangeSet(Strict):
    """The difference between the base branch and what a merge would make of it."""

    event: Event
    number: int | None = Field(description="None in a merge queue, where several may lie together.")
    author: str
    from_fork: bool
    base_sha: str
    head_sha: str
    merge_sha: str = Field(description="The tree that is checked: base and head together.")
    paths: tuple[ChangedPath, ...]

    def projects(self, *kinds: PathKind) -> tuple[str, ...]:
        """Projects with a changed path of one of these kinds, in order."""
        named = {path.project for path in self.paths if path.project and path.kind in kinds}
        return tuple(sorted(named))

    def of(self, *kinds: PathKind) -> tuple[ChangedPath, ...]:
        return tuple(path for path in self.paths if path.kind in kinds)


class SpecProblem(Strict):
    path: str
    line: int
    column: int
    message: str
    cause: str = ""
    next_step: str = ""


class Assessment(Strict):
    """An assessment that lies in the repository. `current`: of this prompt, data and base model."""

    payload: PromptAssessment
    current: bool
    created_at: str
    path: str


class Sample(Strict):
    """A synthetic training record in which the audit found nothing."""

    id: str
    text: str
    target: str


class Setting(Strict):
    """One hyperparameter: its value, whether somebody chose it, and what it does."""

    name: str
    value: str
    chosen: bool
    meaning: str


class Created(Strict):
    """One thing that the merge will create, change or send."""

    kind: Literal["job", "issue", "pull request", "file", "row", "message", "document", "dataset"]
    where: str
    what: str
    when: str


class Previous(Strict):
    """The project's plan on the base branch."""

    plan_digest: Sha256
    cost_usd: Usd
    cost_usd_upper: Usd
    minutes: float | None


class ProjectReport(Strict):
    """All that one changed project's checks found; what could not be made is None."""

    name: str
    summary: str = ""
    what: Literal["new", "plan changed", "plan unchanged", "deployment", "evidence", "removed", "invalid"]
    problems: tuple[SpecProblem, ...] = ()
    prepared: PreparedDataset | None = None
    assessment: Assessment | None = None
    audit: AuditReport | None = None
    estimate: CostEstimate | None = None
    previous: Previous | None = None
    decision: GateDecision | DeploymentDecision | None = None
    budget_usd: Usd | None = Field(default=None, description="The lower of spec and policy, for one run.")
    spent_this_month_usd: Usd | None = None
    month_budget_usd: Usd | None = None
    runner: str = ""
    intended_use: str = ""
    out_of_scope: tuple[str, ...] = ()
    written: tuple[str, ...] = Field(default=(), description="What people wrote and people must read.")
    evaluation: tuple[str, ...] = Field(default=(), description="What the result must reach and keep.")
    evidence: tuple[str, ...] = Field(default=(), description="Of a run that would be deployed.")
    recipe: tuple[Setting, ...] = ()
    samples: tuple[Sample, ...] = ()
    risks: tuple[str, ...] = ()
    creates: tuple[Created, ...] = ()
    deployed_run: str | None = Field(default=None, description="What deployment.yaml would name.")


class Need(Strict):
    """A job that the gate rests on."""

    name: str
    result: str


class PullRequestReport(Strict):
    """`reasons` stand against the pull request as a whole, those in a decision against one project."""

    schema_version: Literal[1] = 1
    changes: ChangeSet
    run_id: int
    run_attempt: int
    run_url: str
    checked_at: str
    engine_sha: str
    policy_sha256: Sha256
    needs: tuple[Need, ...]
    reasons: tuple[Reason, ...]
    approvals: tuple[Approval, ...] = Field(default=(), description="To a change of what judges.")
    required_roles: tuple[Slug, ...]
    people: dict[Slug, tuple[str, ...]] = Field(description="Who may approve, by role.")
    projects: tuple[ProjectReport, ...]
    trains_on_merge: bool = Field(description="Whether the base branch has a workflow that trains.")

    @property
    def verdict(self) -> Literal["refused", "approvals missing", "ready"]:
        reasons = [*self.reasons, *(r for p in self.projects if p.decision for r in p.decision.reasons)]
        broken = any(project.what == "invalid" for project in self.projects)
        if broken or any(reason.blocks and not reason.pending for reason in reasons):
            return "refused"
        if any(reason.blocks for reason in reasons):
            return "approvals missing"
        return "ready"
