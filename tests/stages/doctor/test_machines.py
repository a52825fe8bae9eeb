from typing import Any

import pytest

from clinft.ports.settings import ActionsRules, RegisteredRunner, WorkflowToken
from clinft.spec.policy import Policy
from tests.fakes.settings import HIDDEN, found, new, only, policy, report, settings
from tests.fakes.specs import project_spec

GPU = frozenset({"self-hosted", "linux", "gpu", "x64"})
USER = project_spec(training={"runner": "gpu-box"})
BY_APP = policy(commit_back={"author": "results[bot]"})


def runner(online: bool = True, ephemeral: bool = False, labels: frozenset[str] = GPU) -> RegisteredRunner:
    return RegisteredRunner(labels, online, ephemeral)


@pytest.mark.parametrize(
    ("rules", "state", "said"),
    [
        (ActionsRules(False, "selected", True), "bad", "switched off"),
        (ActionsRules(True, "local_only", True), "bad", "cannot check out"),
        (ActionsRules(True, "all", True), "note", "Any action of anybody"),
        (ActionsRules(True, "selected", False), "note", "GitHub does not insist"),
    ],
)
def test_the_rules_of_actions(rules: ActionsRules, state: str, said: str) -> None:
    assert said in only(report(settings(actions=rules)), state).what


def test_a_server_without_the_setting_is_not_blamed_for_it() -> None:
    assert new(report(settings(actions=ActionsRules(True, "selected", None))), "bad", "note", "unknown") == []


@pytest.mark.parametrize(
    ("token", "rules", "state", "said"),
    [
        (WorkflowToken("write", True), policy(), "bad", "a token that writes"),
        (WorkflowToken("read", False), policy(), "bad", "results cannot come back"),
        (WorkflowToken("read", True), policy(), "note", "clinft never counts the review of a bot"),
        # With an app of their own the switch is not needed, and off is better.
        (WorkflowToken("read", True), BY_APP, "note", "results do not need it here"),
        (WorkflowToken("read", False), BY_APP, "ok", "neither open nor approve"),
    ],
)
def test_the_token_of_workflows(token: WorkflowToken, rules: Policy, state: str, said: str) -> None:
    assert said in " ".join(one.what for one in found(report(settings(token=token), rules), state))


@pytest.mark.parametrize(
    ("private", "rules", "runners", "state"),
    [
        (True, policy(), (runner(),), "ok"),
        (False, policy(), (), "bad"),  # the policy names one, whether or not it is registered yet
        (False, policy(), HIDDEN, "bad"),
        (False, policy(runners={"gpu-box": {"labels": []}}), (runner(),), "bad"),
        (False, policy(runners={"gpu-box": {"labels": []}}), (), "note"),
        (False, policy(runners={"gpu-box": {"labels": ["ubuntu-latest"]}}), (), "note"),
        (False, policy(runners={"gpu-box": {"labels": ["gpu"]}}), (), "bad"),
    ],
)
def test_a_public_repository_has_no_machine_of_its_own(
    private: bool, rules: Policy, runners: Any, state: str
) -> None:
    said = report(settings(repository={"private": private}, runners=runners), rules)
    assert [one.state for one in said.findings if one.area == "repository"] == [state]


@pytest.mark.parametrize(
    ("runners", "organization", "used", "state", "said"),
    [
        ((runner(),), True, True, "ok", "is online"),
        ((runner(online=False), runner()), True, True, "ok", "is online"),
        ((runner(online=False),), True, True, "bad", "demo would wait for it"),
        ((runner(online=False),), True, False, "note", "none of them is online"),
        # A machine of a runner group is not listed in the repository.
        ((), True, True, "unknown", "one of the organization may"),
        ((), False, True, "bad", "none is registered"),
        # All labels that are asked for, not some of them.
        ((runner(labels=frozenset({"self-hosted", "linux"})),), False, True, "bad", "none is registered"),
        # One that is registered for a single job is away between jobs.
        ((runner(online=False, ephemeral=True),), True, True, "note", "single job"),
        (HIDDEN, True, True, "unknown", "whether a machine with the labels"),
    ],
)
def test_a_runner_is_online_or_it_is_said_who_waits(
    runners: Any, organization: bool, used: bool, state: str, said: str
) -> None:
    facts = settings(runners=runners, repository={"owned_by_organization": organization})
    told = [one for one in report(facts, specs=(USER,) if used else ()).findings if "labels" in one.what]
    (about,) = [one for one in told if one.area == "runners"]
    assert about.state == state
    assert said in about.what


def test_labels_are_compared_without_case() -> None:
    shouting = policy(runners={"gpu-box": {"labels": ["self-hosted", "gpu"]}})
    assert "is online" in " ".join(one.what for one in found(report(rules=shouting), "ok"))


@pytest.mark.parametrize(
    ("runners", "organization", "state"),
    [((runner(),), True, "note"), ((), True, "unknown"), (HIDDEN, True, "unknown"), ((), False, "note")],
)
def test_only_a_runner_group_keeps_other_workflows_away(runners: Any, organization: bool, state: str) -> None:
    facts = settings(runners=runners, repository={"owned_by_organization": organization})
    (reach,) = [one for one in report(facts).findings if one.rule.startswith("only the workflow that trains")]
    assert reach.state == state
    assert "hosp/clinft/.github/workflows/run.yml" in reach.next_step


def test_where_the_policy_has_no_machine_nothing_is_said_of_one() -> None:
    said = report(rules=policy(runners={"gpu-box": {"labels": []}}))
    assert not [one for one in said.findings if one.area == "runners"]
