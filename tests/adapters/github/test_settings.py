"""Settings as GitHub tells them: to an administrator all, to a workflow little, and to nobody half."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any

import pytest

from clinft.adapters.github.client import Address
from clinft.adapters.github.settings import GitHubSettings, _repository
from clinft.errors import ServiceError
from clinft.ports.settings import (
    ActionsRules,
    BranchPattern,
    BranchRules,
    EnvironmentFacts,
    Person,
    RegisteredRunner,
    RequiredCheck,
    Settings,
    SubjectRules,
    Unknown,
    WorkflowToken,
)
from tests.fakes.github.server import GitHubServer
from tests.fakes.github.settings_state import EnvironmentState, RunnerState
from tests.fakes.second_page import Raw, SecondPage

ADMIN_ONLY = {
    "actions": "Administration: read",
    "token": "Administration: read",
    "runners": "Administration: read",
    "repository_secrets": "Secrets: read",
    "organization_secrets": "Secrets: read",
    "repository_variables": "Variables: read",
}


def read(server: GitHubServer, logins: Sequence[str] = ()) -> Settings:
    return GitHubSettings(Address(server.api, "hosp/clinft", server.token, "doctor")).settings(logins)


def administrator(server: GitHubServer) -> None:
    server.add_user("root", permission="admin")
    server.token_login = "root"


@pytest.fixture
def busy(server: SecondPage) -> SecondPage:
    """A repository with something of everything."""
    settings = server.settings
    settings.ruleset()
    settings.environments = {
        "train": EnvironmentState("train", [("main", "branch")], ["A", "B"], ["REGION"]),
        "pages": EnvironmentState("Pages", None),
        "old style": EnvironmentState("old style", "protected", reviewed=True),
    }
    settings.runners = [
        RunnerState("box", ("Self-Hosted", "GPU")),
        RunnerState("spot", ("gpu",), "offline", True),
    ]
    settings.secrets, settings.organization_secrets = ["OPENAI_API_KEY"], ["DEPLOY"]
    settings.subject = {
        "use_default": False,
        "include_claim_keys": ["repo", "context"],
        "use_immutable_subject": True,
        "sub_claim_prefix": "repo:hosp@1/clinft@2",
    }
    return server


def test_an_administrator_sees_everything(busy: SecondPage) -> None:
    administrator(busy)
    found = read(busy)
    assert found.repository.full_name == "hosp/clinft"
    assert (found.repository.created, found.repository.owned_by_organization) == (date(2026, 1, 1), True)
    assert found.rulesets == BranchRules(
        pull_request=True,
        approvals=2,
        stale_dismissed=True,
        last_push_approved=True,
        force_push_blocked=True,
        checks=(RequiredCheck("gate", 15368),),
        bypass=(),
    )
    assert found.protection == BranchRules()
    assert found.actions == ActionsRules(enabled=True, allowed="all", sha_pinning=False)
    assert found.token == WorkflowToken("read", may_open_pulls=True)
    assert found.runners == (
        RegisteredRunner(frozenset({"self-hosted", "gpu"}), online=True, ephemeral=False),
        RegisteredRunner(frozenset({"gpu"}), online=False, ephemeral=True),
    )
    assert found.environments == (
        EnvironmentFacts(
            "train", "chosen branches", (BranchPattern("main", "branch"),), False, ("A", "B"), ("REGION",)
        ),
        EnvironmentFacts("Pages", "any branch", (), False, (), ()),
        EnvironmentFacts("old style", "protected branches", (), True, (), ()),
    )
    assert found.repository_secrets == ("OPENAI_API_KEY",)
    assert found.organization_secrets == ("DEPLOY",)
    assert found.subject == SubjectRules(False, ("repo", "context"), True, "repo:hosp@1/clinft@2")


def test_lists_are_read_to_their_end(busy: SecondPage) -> None:
    """Variables come thirty at a time, whatever is asked for; labels a hundred."""
    administrator(busy)
    busy.settings.variables = [f"V{n}" for n in range(75)]
    busy.labels = {f"label {n}": "ededed" for n in range(130)}
    found = read(busy)
    assert found.repository_variables == tuple(f"V{n}" for n in range(75))
    assert not isinstance(found.labels, Unknown)
    assert len(found.labels) == 130


def test_a_workflow_is_told_no_and_that_is_unknown(busy: SecondPage) -> None:
    found = read(busy)
    hidden = {one.name: getattr(found, one.name) for one in fields(found)}
    assert {name: fact.needs for name, fact in hidden.items() if isinstance(fact, Unknown)} == ADMIN_ONLY
    assert isinstance(found.rulesets, BranchRules)
    # Who may bypass a ruleset is left out of the answer for whoever may not change it.
    assert isinstance(found.rulesets.bypass, Unknown)
    assert not isinstance(found.environments, Unknown)
    assert [(one.name, one.only("main")) for one in found.environments] == [
        ("train", True),
        ("Pages", False),
        ("old style", False),
    ]
    assert all(isinstance(one.secrets, Unknown) for one in found.environments)


def test_a_persons_own_repository_has_no_organization_to_ask(busy: SecondPage) -> None:
    busy.users["hosp"].type = "User"
    assert read(busy).organization_secrets == ()
    assert "actions/list-repo-organization-secrets" not in {one.operation_id for one in busy.log}


def test_somebody_who_may_write_is_answered_as_if_there_were_nothing(busy: SecondPage) -> None:
    """GitHub says 404 to a person, 403 to an app."""
    busy.token_login = "bob"
    found = read(busy)
    assert {name for name in ADMIN_ONLY if isinstance(getattr(found, name), Unknown)} == set(ADMIN_ONLY)


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize(
    ("operation", "fact"),
    [
        ("repos/get-branch-rules", "rulesets"),
        ("repos/get-all-environments", "environments"),
        ("issues/list-labels-for-repo", "labels"),
        ("actions/get-custom-oidc-sub-claim-for-repo", "subject"),
        ("actions/list-self-hosted-runners-for-repo", "runners"),
    ],
)
def test_a_refusal_hides_one_fact_and_stops_nothing(
    busy: SecondPage, operation: str, fact: str, status: int
) -> None:
    administrator(busy)
    busy.fail_next(operation, status)
    found = read(busy)
    hidden = [one.name for one in fields(found) if isinstance(getattr(found, one.name), Unknown)]
    assert hidden == [fact]


@pytest.mark.parametrize(
    "operation",
    ["repos/get", "repos/get-branch-rules", "repos/get-all-environments", "repos/get-branch-protection"],
)
def test_trouble_is_no_answer(busy: SecondPage, operation: str) -> None:
    administrator(busy)
    busy.fail_next(operation, 409)
    with pytest.raises(ServiceError, match="409"):
        read(busy)


def test_a_used_up_limit_is_no_refusal(busy: SecondPage) -> None:
    """GitHub says 403 to both."""
    busy.rate_limited = True
    with pytest.raises(ServiceError, match="rate limit"):
        read(busy)


def test_a_repository_that_cannot_be_read_ends_it(server: SecondPage) -> None:
    address = Address(server.api, "hosp/other", server.token, "doctor")
    with pytest.raises(ServiceError, match="this repository"):
        GitHubSettings(address).settings(())
    with pytest.raises(ServiceError, match="401"):
        GitHubSettings(Address(server.api, "hosp/clinft", "wrong", "doctor")).settings(())


@pytest.mark.parametrize("body", [b"[]", b"{}", b"null", b'"text"', b"{", b'{"owner": 1}'])
def test_what_no_github_says_is_trouble(body: bytes) -> None:
    with Raw(body) as raw, pytest.raises(ServiceError):
        GitHubSettings(Address(raw.api, "hosp/clinft", "t", "doctor")).settings(())


def test_half_a_list_is_trouble(busy: SecondPage) -> None:
    busy.labels = {f"label {n}": "ededed" for n in range(130)}
    busy.broken = ("issues/list-labels-for-repo", 409)
    with pytest.raises(ServiceError):
        read(busy)
    busy.broken = ("issues/list-labels-for-repo", 403)
    assert isinstance(read(busy).labels, Unknown)


# People


def test_people_are_known_readers_strangers_or_nobody(server: SecondPage) -> None:
    server.add_user("lena", permission="maintain")
    server.add_user("theo", permission="triage")
    server.add_user("nina", permission="none")
    server.add_user("team", type="Organization", permission="none")
    assert read(server, ["alice", "lena", "theo", "nina", "team", "nobody"]).people == {
        "alice": Person("User", "write"),
        "lena": Person("User", "write"),
        "theo": Person("User", "read"),
        "nina": Person("User", "none"),
        "team": Person("Organization", "none"),
        "nobody": None,
    }


def test_whoever_may_not_ask_about_people_learns_nothing_of_them(server: SecondPage) -> None:
    server.fail_next("repos/get-collaborator-permission-level", 403)
    people = read(server, ["alice", "bob"]).people
    assert isinstance(people["alice"], Unknown)
    assert people["bob"] == Person("User", "write")


def test_a_long_policy_does_not_use_up_the_tokens_limit(server: SecondPage) -> None:
    people = read(server, [f"p{n}" for n in range(203)]).people
    assert [login for login, told in people.items() if isinstance(told, Unknown)] == ["p200", "p201", "p202"]


# The branch


def test_the_older_protection_is_read_by_administrators(server: SecondPage) -> None:
    server.protect("main")
    assert isinstance(read(server).protection, Unknown)
    administrator(server)
    found = read(server).protection
    assert found == BranchRules(
        pull_request=True,
        approvals=1,
        force_push_blocked=True,
        checks=(RequiredCheck("gate", None),),
        bypass=("administrators",),
    )


def test_that_there_is_no_older_protection_is_told_to_everybody(server: SecondPage) -> None:
    assert read(server).protection == BranchRules()


@pytest.mark.parametrize("login", ["github-actions[bot]", "root"])
def test_a_plan_without_rules_is_known_and_not_hidden(server: SecondPage, login: str) -> None:
    server.add_user("root", permission="admin")
    server.token_login, server.settings.rules_are_paid = login, True
    found = read(server)
    assert found.rulesets == found.protection == BranchRules(offered=False)


def test_a_rule_of_the_organization_counts_and_its_bypass_too(server: SecondPage) -> None:
    server.settings.ruleset(bypass=[{"actor_type": "RepositoryRole", "actor_id": 5}])
    server.settings.ruleset(checks=(), approvals=1).of_organization = True
    administrator(server)
    found = read(server).rulesets
    assert isinstance(found, BranchRules)
    assert found.approvals == 2
    # The other one has every rule as well, and an empty list: nobody gets past it.
    assert found.bypass == ()


# Where GitHub is


@pytest.mark.parametrize(
    ("api_url", "server", "issuer", "app"),
    [
        ("https://api.github.com", False, "https://token.actions.githubusercontent.com", 15368),
        ("https://api.hosp.ghe.com", False, "https://token.actions.hosp.ghe.com", None),
        ("https://git.hosp.example/api/v3", True, "https://git.hosp.example/_services/token", None),
        # Looks like it, and is not.
        (
            "https://api.github.com.evil.example",
            True,
            "https://api.github.com.evil.example/_services/token",
            None,
        ),
    ],
)
def test_the_kind_of_github_is_told_by_its_address(api_url: str, server: bool, issuer: str, app: Any) -> None:
    owner = {"login": "hosp", "id": 1, "type": "User"}
    told = {"owner": owner, "name": "x", "id": 2, "private": True, "default_branch": "main"}
    found = _repository({**told, "created_at": "2026-07-15T23:59:59Z"}, api_url)
    assert (found.enterprise_server, found.issuer, found.actions_app) == (server, issuer, app)
    assert (found.created, found.owned_by_organization) == (date(2026, 7, 15), False)
