from dataclasses import replace
from typing import Any

import pytest

from clinft.artifacts.environments import environment_of, environments
from clinft.ports.settings import BranchPattern, EnvironmentFacts
from clinft.stages.doctor import Repair, repairs
from clinft.stages.doctor.places import by_hand_environment
from tests.fakes.settings import GOOD, HIDDEN, MAIN, TRAIN, new, only, policy, report, settings

ELIGIBLE = {"eligibility": {"owner": "Privacy Office", "review_by": "2027-03-01"}}
HOSTED = policy(providers={"azure_openai": ELIGIBLE})


def train(**changes: Any) -> EnvironmentFacts:
    return replace(TRAIN, **changes)


def test_each_hosted_provider_has_an_environment_of_its_own() -> None:
    assert environments(policy()) == ("train",)
    assert environments(HOSTED) == ("train", "azure-openai")
    assert [
        environment_of(name) for name in ("peft", "fake", "fake_hosted", "openai", "azure_openai", "mcp")
    ] == [
        "train",
        "train",
        "train",
        "openai",
        "azure-openai",
        "mcp",
    ]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (train(open_to="any branch", branches=()), "Any branch"),
        (train(open_to="protected branches", branches=()), "where no branch has one, all may"),
        (train(branches=()), "No branch may use"),
        (train(branches=(BranchPattern("main*", "branch"),)), "main* (branch)"),
        (train(branches=(BranchPattern("main", "tag"),)), "main (tag)"),
        (train(branches=(MAIN, BranchPattern("release/*", "branch"))), "release/* (branch)"),
    ],
)
def test_an_environment_that_serves_more_or_less_than_main_is_wrong(
    facts: EnvironmentFacts, said: str
) -> None:
    finding = only(report(settings(environments=(facts,))), "bad")
    assert said in finding.what
    assert finding.fixable is (facts.branches == () and facts.open_to == "chosen branches")


def test_a_missing_environment_is_wrong_and_can_be_made() -> None:
    finding = only(report(settings(environments=())), "bad")
    assert "no environment train" in finding.what
    assert finding.fixable
    assert by_hand_environment("train", "main") in finding.next_step


def test_a_provider_in_the_policy_calls_for_its_environment() -> None:
    said = new(report(rules=HOSTED), "bad")
    assert [one.what for one in said if "environment" in one.what] == [
        "There is no environment azure-openai: the first job that names it makes one for every branch."
    ]


def test_github_compares_names_of_environments_without_case() -> None:
    assert new(report(settings(environments=(train(name="Train"),))), "bad", "note", "unknown") == []


def test_a_reviewed_environment_is_told_of() -> None:
    assert "wait for a reviewer" in only(report(settings(environments=(train(reviewed=True),))), "note").what


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"repository_secrets": ("OPENAI_API_KEY",)}, "OPENAI_API_KEY"),
        ({"organization_secrets": ("DEPLOY_KEY",)}, "DEPLOY_KEY"),
        (
            {"environments": (TRAIN, EnvironmentFacts("pages", "any branch", (), False, ("PAGES",), ()))},
            "Not main alone may use the environment pages, which holds PAGES.",
        ),
    ],
)
def test_a_secret_outside_of_an_environment_for_main_is_wrong_and_named(
    facts: dict[str, Any], said: str
) -> None:
    finding = only(report(settings(**facts)), "bad")
    assert said in finding.what
    assert finding.enforced_by == "nobody"


def test_an_open_environment_without_secrets_that_is_not_ours_is_nobodys_business() -> None:
    pages = EnvironmentFacts("github-pages", "any branch", (), False, (), ())
    assert new(report(settings(environments=(TRAIN, pages))), "bad", "note", "unknown") == []


def test_a_variable_that_is_called_like_a_secret_is_pointed_at() -> None:
    said = only(report(settings(repository_variables=("REGION", "AZURE_API_KEY"))), "note")
    assert "AZURE_API_KEY" in said.what
    assert "REGION" not in said.what
    inside = settings(environments=(train(variables=("HUB_TOKEN",)),))
    assert "of the environment train may be secrets: HUB_TOKEN." in only(report(inside), "note").what


def test_missing_labels_are_a_note_because_they_are_made_when_needed() -> None:
    said = only(report(settings(labels=("Data-Prep", "evaluation"))), "note")
    assert "data-prep" not in said.what
    assert "clinical-finetune, hipaa-audit, fine-tuning, regression-test" in said.what
    assert said.fixable


# What --fix would add


def repaired(**facts: Any) -> list[tuple[str, str]]:
    return [(one.kind, one.name) for one in repairs(settings(**facts), HOSTED)]


def test_nothing_is_repaired_that_is_there() -> None:
    both = (TRAIN, replace(TRAIN, name="azure-openai"))
    assert repaired(environments=both) == []
    assert list(repairs(GOOD, policy())) == []


def test_what_is_missing_is_repaired_each_with_the_clicks_that_do_the_same() -> None:
    labels = ("clinical-finetune", "data-prep", "hipaa-audit", "fine-tuning", "evaluation")
    assert repaired(environments=(), labels=labels) == [
        ("label", "regression-test"),
        ("environment", "train"),
        ("environment", "azure-openai"),
    ]
    made: list[Repair] = list(repairs(settings(environments=(), labels=()), HOSTED))
    assert all("→" in one.by_hand and one.name in one.by_hand for one in made)


@pytest.mark.parametrize(
    ("facts", "again"),
    [
        (train(branches=()), True),  # begun, and cut off before its branch was added
        (train(open_to="any branch", branches=()), False),  # a person's choice, which a PUT would reset whole
        (train(open_to="protected branches", branches=()), False),
        (train(branches=(BranchPattern("dev", "branch"),)), False),
        (train(branches=HIDDEN), False),
    ],
)
def test_only_an_environment_that_serves_nobody_is_finished(facts: EnvironmentFacts, again: bool) -> None:
    assert (("environment", "train") in repaired(environments=(facts,))) is again


def test_what_is_hidden_is_not_repaired() -> None:
    assert repaired(environments=HIDDEN, labels=HIDDEN) == []
