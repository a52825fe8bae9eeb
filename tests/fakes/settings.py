"""A repository in which everything is in order, and how one thing in it is changed."""

from dataclasses import replace
from datetime import date
from typing import Any

from clinft.artifacts.doctor import DoctorReport, Finding
from clinft.artifacts.labels import LABELS
from clinft.ports.settings import (
    ActionsRules,
    BranchPattern,
    BranchRules,
    EnvironmentFacts,
    Person,
    RegisteredRunner,
    RepositoryFacts,
    RequiredCheck,
    Settings,
    SubjectRules,
    Unknown,
    WorkflowToken,
)
from clinft.spec.policy import Policy
from clinft.spec.project import ProjectSpec
from clinft.stages.doctor import examine
from tests.fakes.specs import POLICY, merged, project_spec

TODAY = date(2026, 11, 25)
HIDDEN = Unknown("Administration: read")
MAIN = BranchPattern("main", "branch")
ACTIONS = 15368
REPOSITORY = RepositoryFacts(
    owner="hosp",
    name="clinft",
    owner_id=123,
    id=456,
    owned_by_organization=True,
    private=True,
    default_branch="main",
    created=date(2026, 3, 1),
    enterprise_server=False,
    issuer="https://token.actions.githubusercontent.com",
    actions_app=ACTIONS,
)
RULES = BranchRules(
    pull_request=True,
    approvals=2,
    stale_dismissed=True,
    last_push_approved=True,
    force_push_blocked=True,
    merge_queue=True,
    checks=(RequiredCheck("gate", ACTIONS),),
)
TRAIN = EnvironmentFacts("train", "chosen branches", (MAIN,), False, (), ())
PROVIDERS = EnvironmentFacts("providers", "chosen branches", (MAIN,), False, (), ())
SINKS = EnvironmentFacts("sinks", "chosen branches", (MAIN,), False, (), ())
WRITES = Person("User", "write")
PEOPLE: dict[str, list[str]] = {
    "ml": ["Mila", "max"],
    "privacy": ["petra", "paul"],
    "clinical": ["chris", "carla"],
    "engine": ["eve", "emil"],
}
GOOD = Settings(
    repository=REPOSITORY,
    rulesets=RULES,
    protection=BranchRules(),
    actions=ActionsRules(enabled=True, allowed="selected", sha_pinning=True),
    token=WorkflowToken("read", may_open_pulls=True),
    runners=(RegisteredRunner(frozenset({"self-hosted", "linux", "gpu"}), online=True, ephemeral=False),),
    environments=(TRAIN, PROVIDERS, SINKS),
    repository_secrets=(),
    organization_secrets=(),
    repository_variables=("REGION",),
    labels=tuple(label.name for label in LABELS),
    subject=SubjectRules(default=True, claims=(), immutable=True, prefix=None),
    people={name.lower(): WRITES for names in PEOPLE.values() for name in names},
)


def policy(**changes: Any) -> Policy:
    base = {
        **POLICY,
        "roles": {role: {"people": people} for role, people in PEOPLE.items()},
        "providers": {"fake": {}},
        "runners": {"local": {}, "gpu-box": {"labels": ["self-hosted", "linux", "gpu"]}},
    }
    return Policy.model_validate(merged(base, changes), strict=False)


def settings(**changes: Any) -> Settings:
    """`GOOD` with other facts; `repository` takes the facts that differ."""
    if isinstance(changes.get("repository"), dict):
        changes["repository"] = replace(REPOSITORY, **changes["repository"])
    return replace(GOOD, **changes)


def report(
    facts: Settings = GOOD,
    rules: Policy | None = None,
    specs: tuple[ProjectSpec, ...] | None = None,
    broken: tuple[str, ...] = (),
) -> DoctorReport:
    listed = (project_spec(),) if specs is None else specs
    return examine(facts, rules or policy(), listed, broken, TODAY)


def found(said: DoctorReport, *states: str) -> list[Finding]:
    return [finding for finding in said.findings if finding.state in states]


def new(said: DoctorReport, *states: str) -> list[Finding]:
    """What is said of it beyond what is said of a repository in order."""
    usual = {finding.what for finding in report().findings}
    return [finding for finding in found(said, *states) if finding.what not in usual]


def only(said: DoctorReport, state: str) -> Finding:
    (one,) = new(said, "bad", "unknown", "note")
    assert one.state == state, one
    return one
