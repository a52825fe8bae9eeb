from typing import Any

import pytest

from clinft.adapters.github.rules import protection_rules, ruleset_rules
from clinft.ports.settings import BranchRules, RequiredCheck, Told, Unknown

HIDDEN = Unknown("Administration: read")
PULL = {
    "dismiss_stale_reviews_on_push": False,
    "require_last_push_approval": False,
    "required_approving_review_count": 1,
}
ADMIN = {"actor_type": "RepositoryRole", "actor_id": 5, "bypass_mode": "always"}
APP = {"actor_type": "Integration", "actor_id": 9, "bypass_mode": "pull_request"}


def rule(kind: str, ruleset: int = 1, **parameters: Any) -> dict[str, Any]:
    return {"type": kind, "ruleset_id": ruleset, "parameters": parameters}


def bypass(rules: list[dict[str, Any]], lists: dict[int, Told[list[dict[str, Any]]]]) -> object:
    return ruleset_rules(rules, lists.__getitem__).bypass


def test_without_rules_nothing_is_asked_for() -> None:
    assert ruleset_rules([], lambda number: HIDDEN) == BranchRules()


def test_the_strictest_of_several_rulesets_counts() -> None:
    rules = [
        rule("pull_request", 1, **PULL),
        rule(
            "pull_request",
            2,
            **{**PULL, "required_approving_review_count": 3, "require_last_push_approval": True},
        ),
        rule(
            "required_status_checks", 2, required_status_checks=[{"context": "gate", "integration_id": 15368}]
        ),
        rule("required_status_checks", 1, required_status_checks=[{"context": "lint"}]),
        rule("merge_queue", 1),
        rule("required_linear_history", 1),
    ]
    found = ruleset_rules(rules, lambda number: [])
    assert (found.approvals, found.last_push_approved, found.stale_dismissed) == (3, True, False)
    assert (found.merge_queue, found.force_push_blocked) == (True, False)
    assert found.checks == (RequiredCheck("gate", 15368), RequiredCheck("lint", None))


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        ({1: [], 2: []}, ()),
        ({1: [ADMIN], 2: [ADMIN]}, ("administrators",)),
        ({1: [ADMIN], 2: [APP]}, ("administrators", "an app (9), by pull request")),
        # Whoever passes the first is stopped by the second.
        ({1: [ADMIN], 2: []}, ()),
        ({1: HIDDEN, 2: []}, ()),
        ({1: HIDDEN, 2: [ADMIN]}, HIDDEN),
        ({1: HIDDEN, 2: HIDDEN}, HIDDEN),
    ],
)
def test_a_rule_is_passed_by_those_who_pass_every_ruleset_that_has_it(lists: Any, expected: object) -> None:
    assert bypass([rule("pull_request", 1, **PULL), rule("pull_request", 2, **PULL)], lists) == expected


def test_each_rule_is_looked_at_by_itself() -> None:
    rules = [rule("pull_request", 1, **PULL), rule("non_fast_forward", 2)]
    assert bypass(rules, {1: [], 2: [ADMIN]}) == ("administrators",)
    # A ruleset with other rules only is none that guards the branch.
    assert bypass([*rules, rule("required_signatures", 3)], {1: [], 2: []}) == ()


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        ({"actor_type": "OrganizationAdmin", "actor_id": 1}, "owners of the organization"),
        ({"actor_type": "DeployKey", "actor_id": None}, "deploy keys"),
        ({"actor_type": "Team", "actor_id": 7}, "a team (7)"),
        ({"actor_type": "RepositoryRole", "actor_id": 4}, "everybody who may write"),
        ({"actor_type": "RepositoryRole", "actor_id": 77}, "a role (77)"),
        ({"actor_type": "EnterpriseOwner"}, "somebody"),  # a kind that GitHub makes up later
    ],
)
def test_who_may_bypass_is_told_in_words(actor: dict[str, Any], name: str) -> None:
    assert bypass([rule("non_fast_forward")], {1: [actor]}) == (name,)


def test_the_older_protection_in_full() -> None:
    told = {
        "required_pull_request_reviews": {
            "required_approving_review_count": 2,
            "dismiss_stale_reviews": True,
            "require_last_push_approval": True,
            "bypass_pull_request_allowances": {"users": [{}, {}], "teams": [], "apps": [{}]},
        },
        "required_status_checks": {"checks": [{"context": "gate", "app_id": 15368}], "contexts": ["gate"]},
        "enforce_admins": {"enabled": True},
        "allow_force_pushes": {"enabled": True},
    }
    assert protection_rules(told) == BranchRules(
        pull_request=True,
        approvals=2,
        stale_dismissed=True,
        last_push_approved=True,
        force_push_blocked=False,
        checks=(RequiredCheck("gate", 15368),),
        bypass=("2 people", "1 apps"),
    )


def test_a_protection_that_asks_for_little() -> None:
    assert protection_rules({"enforce_admins": {"enabled": False}}) == BranchRules(
        force_push_blocked=True, bypass=("administrators",)
    )
