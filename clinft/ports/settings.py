"""The repository's settings as facts, each of which the token at hand may not be allowed to see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol, TypeAlias, TypeVar

from clinft.artifacts.labels import Label

Fact = TypeVar("Fact")


@dataclass(frozen=True)
class Unknown:
    """GitHub does not show it to this token. `needs`: the permission that would."""

    needs: str


Told: TypeAlias = Fact | Unknown


@dataclass(frozen=True)
class RepositoryFacts:
    """`issuer`: who signs OIDC tokens. `actions_app`: the id of GitHub Actions, None: not known."""

    owner: str
    name: str
    owner_id: int
    id: int
    owned_by_organization: bool
    private: bool
    default_branch: str
    created: date
    enterprise_server: bool
    issuer: str
    actions_app: int | None

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True)
class RequiredCheck:
    """`app`: the only one whose check counts; None: anybody's of that name."""

    name: str
    app: int | None


@dataclass(frozen=True)
class BranchRules:
    """What one kind of rules (rulesets, or the older branch protection) asks of the default branch.

    `bypass`: who may pass them, in words of ours. `offered`: whether GitHub's plan has such rules here.
    """

    pull_request: bool = False
    approvals: int = 0
    stale_dismissed: bool = False
    last_push_approved: bool = False
    force_push_blocked: bool = False
    merge_queue: bool = False
    checks: tuple[RequiredCheck, ...] = ()
    bypass: Told[tuple[str, ...]] = ()
    offered: bool = True


@dataclass(frozen=True)
class ActionsRules:
    enabled: bool
    allowed: str  # all, local_only or selected
    sha_pinning: bool | None  # None: this GitHub has no such setting


@dataclass(frozen=True)
class WorkflowToken:
    default: str  # read or write
    may_open_pulls: bool


@dataclass(frozen=True)
class RegisteredRunner:
    """`labels` in lower case."""

    labels: frozenset[str]
    online: bool
    ephemeral: bool


@dataclass(frozen=True)
class BranchPattern:
    name: str
    kind: str  # branch or tag


@dataclass(frozen=True)
class EnvironmentFacts:
    """`branches`: which may use it, empty for none; None: not only chosen ones (`open_to`).

    Names of secrets and variables only: GitHub shows no secret, and no value is read.
    """

    name: str
    open_to: Literal["any branch", "protected branches", "chosen branches"]
    branches: Told[tuple[BranchPattern, ...]]
    reviewed: bool
    secrets: Told[tuple[str, ...]]
    variables: Told[tuple[str, ...]]

    def only(self, branch: str) -> bool | None:
        """Whether exactly this branch may use it; None: not known."""
        if self.open_to != "chosen branches":
            return False
        return (
            None
            if isinstance(self.branches, Unknown)
            else self.branches == (BranchPattern(branch, "branch"),)
        )


@dataclass(frozen=True)
class SubjectRules:
    """How the subject of OIDC tokens is made. None: this GitHub does not say."""

    default: bool
    claims: tuple[str, ...]
    immutable: bool | None
    prefix: str | None


@dataclass(frozen=True)
class Person:
    """`permission` in the four levels that every role comes down to: none, read, write, admin."""

    kind: str  # User, Organization or Bot
    permission: str


@dataclass(frozen=True)
class Settings:
    """`people` by login in lower case; None: GitHub knows nobody of that login."""

    repository: RepositoryFacts
    rulesets: Told[BranchRules]
    protection: Told[BranchRules]
    actions: Told[ActionsRules]
    token: Told[WorkflowToken]
    runners: Told[tuple[RegisteredRunner, ...]]
    environments: Told[tuple[EnvironmentFacts, ...]]
    repository_secrets: Told[tuple[str, ...]]
    organization_secrets: Told[tuple[str, ...]]
    repository_variables: Told[tuple[str, ...]]
    labels: Told[tuple[str, ...]]
    subject: Told[SubjectRules]
    people: Mapping[str, Told[Person | None]]


class SettingsReader(Protocol):
    def settings(self, logins: Sequence[str]) -> Settings:
        """What this token may not see is Unknown; ServiceError where GitHub cannot be asked at all."""


# "not offered": GitHub refuses it as such, usually because the plan has no such thing.
Made = Literal["created", "there already", "not permitted", "not offered"]


class SettingsWriter(Protocol):
    """Only adds what is missing. Safe to repeat: an answer that was lost is found out by reading."""

    def label(self, label: Label) -> Made: ...

    def environment(self, name: str, branch: str) -> Made:
        """Made so that only this branch may use it. One that is open to other branches is left as it is."""
