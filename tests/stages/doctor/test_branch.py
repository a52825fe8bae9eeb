from dataclasses import replace
from typing import Any

import pytest

from clinft.ports.settings import BranchRules, RequiredCheck
from tests.fakes.settings import ACTIONS, HIDDEN, RULES, found, new, only, policy, report, settings

NONE = BranchRules()


def rules(**changes: Any) -> BranchRules:
    return replace(RULES, **changes)


@pytest.mark.parametrize(
    ("changes", "state", "enforcer", "said"),
    [
        ({"pull_request": False}, "bad", "nobody", "push to main without a pull request"),
        ({"force_push_blocked": False}, "bad", "nobody", "force-push"),
        ({"stale_dismissed": False}, "note", "clinft", "keeps approvals after a push"),
        ({"last_push_approved": False}, "note", "clinft", "whoever pushed last"),
        ({"approvals": 1}, "note", "clinft", "asks for 1 approvals; a run needs 2"),
        ({"merge_queue": False}, "note", "nobody", "counts approvals, not roles"),
        ({"bypass": ("an app (9)",)}, "bad", "nobody", "May bypass the rules: an app (9)."),
        ({"bypass": HIDDEN}, "unknown", "github", "who may bypass the rules"),
    ],
)
def test_what_the_rules_leave_open_is_said_with_who_sees_to_it(
    changes: dict[str, Any], state: str, enforcer: str, said: str
) -> None:
    finding = only(report(settings(rulesets=rules(**changes))), state)
    assert said in finding.what
    assert finding.enforced_by == enforcer
    assert finding.next_step


@pytest.mark.parametrize(
    ("checks", "said"),
    [
        ((), "is not required"),
        ((RequiredCheck("gate", None),), "not from GitHub Actions"),
        ((RequiredCheck("gate", 1),), "not from GitHub Actions"),
        # GitHub waits for ever for a check that no job is called: the caller's name, another case.
        ((RequiredCheck("checks / gate", ACTIONS),), "called checks / gate"),
        ((RequiredCheck("Gate", ACTIONS),), "called Gate"),
        ((RequiredCheck("build", ACTIONS),), "is not required"),
    ],
)
def test_the_required_check_is_gate_of_github_actions_and_no_other(
    checks: tuple[RequiredCheck, ...], said: str
) -> None:
    finding = only(report(settings(rulesets=rules(checks=checks))), "bad")
    assert said in finding.what
    assert "GitHub Actions" in finding.next_step


def test_a_second_source_for_gate_takes_nothing_away() -> None:
    both = (RequiredCheck("gate", None), RequiredCheck("gate", ACTIONS))
    assert new(report(settings(rulesets=rules(checks=both))), "bad", "note", "unknown") == []


def test_on_another_server_the_source_is_for_a_person_to_see() -> None:
    """The number of GitHub Actions is known for github.com only."""
    facts = settings(repository={"actions_app": None})
    assert "does not tell" in only(report(facts), "note").what
    unsourced = settings(
        repository={"actions_app": None}, rulesets=rules(checks=(RequiredCheck("gate", None),))
    )
    assert only(report(unsourced), "bad")


def test_the_older_protection_does_as_well() -> None:
    assert report(settings(rulesets=NONE, protection=RULES)) == report()


def test_both_kinds_of_rules_count_together() -> None:
    one, other = (
        rules(force_push_blocked=False, checks=()),
        BranchRules(force_push_blocked=True, checks=RULES.checks),
    )
    assert report(settings(rulesets=one, protection=other)) == report()


def test_without_any_rule_there_is_no_list_of_who_may_bypass_it() -> None:
    said = report(settings(rulesets=NONE))
    assert [one.rule for one in found(said, "bad")] == [
        "main changes by pull request only",
        "nobody rewrites the history of main",
        "a merge needs the check gate of GitHub Actions",
    ]


def test_who_may_bypass_one_kind_of_rules_is_stopped_by_the_other() -> None:
    open_list = rules(bypass=("administrators",))
    assert new(report(settings(rulesets=open_list, protection=RULES)), "bad") == []


def test_where_results_are_pushed_somebody_must_bypass_the_rules() -> None:
    facts = settings(rulesets=rules(bypass=("an app (9)",)))
    pushed = report(facts, policy(commit_back={"mode": "push", "author": "results[bot]"}))
    assert "May bypass the rules: an app (9)." in [one.what for one in found(pushed, "note")]


def test_as_many_approvals_as_the_roles_of_a_run_ask_for() -> None:
    more = policy(required_roles=["ml", "privacy", "clinical"], roles={"ml": {"approvals": 2}})
    said = report(rules=more)
    assert "a run needs 4" in " ".join(one.what for one in found(said, "note"))


def test_a_plan_without_rules_leaves_main_open_and_the_way_out_says_so() -> None:
    none = BranchRules(offered=False)
    told = found(report(settings(rulesets=none, protection=none)), "bad")
    assert len(told) == 3
    assert all("plan here has no rules for private repositories" in one.next_step for one in told)


def test_the_branch_is_called_as_it_is_called() -> None:
    said = report(settings(repository={"default_branch": "trunk"}, rulesets=NONE))
    assert "push to trunk" in found(said, "bad")[0].what
