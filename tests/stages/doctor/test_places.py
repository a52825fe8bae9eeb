from dataclasses import replace
from typing import Any

import pytest

from clinft.ports.settings import BranchPattern, EnvironmentFacts
from clinft.stages.doctor import Repair, repairs
from clinft.stages.doctor.places import by_hand_environment
from tests.fakes.settings import (
    GOOD,
    HIDDEN,
    MAIN,
    PROVIDERS,
    SINKS,
    TRAIN,
    new,
    only,
    policy,
    report,
    settings,
)

GUID = "00000000-0000-0000-0000-000000000001"
ELIGIBLE: dict[str, Any] = {"eligibility": {"owner": "Privacy Office", "review_by": "2027-03-01"}}
HOSTED = policy(providers={"azure_openai": ELIGIBLE})


def train(**changes: Any) -> EnvironmentFacts:
    return replace(TRAIN, **changes)


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
    finding = only(report(settings(environments=(facts, PROVIDERS, SINKS))), "bad")
    assert said in finding.what
    assert finding.fixable is (facts.branches == () and facts.open_to == "chosen branches")


@pytest.mark.parametrize("name", ["train", "providers", "sinks"])
def test_a_missing_environment_is_wrong_and_can_be_made(name: str) -> None:
    there = tuple(one for one in (TRAIN, PROVIDERS, SINKS) if one.name != name)
    finding = only(report(settings(environments=there)), "bad")
    assert f"There is no environment {name}: the first job that names it makes one" in finding.what
    assert finding.fixable
    assert by_hand_environment(name, "main") in finding.next_step


ENDPOINT = {"provider": "openai", "url": "https://api.openai.com/v1", **ELIGIBLE}


@pytest.mark.parametrize(
    ("login", "secrets", "state"), [("key", (), "bad"), ("key", ("CLINFT_KEYS",), None), ("entra", (), None)]
)
def test_whoever_is_asked_with_a_key_needs_the_secret(
    login: str, secrets: tuple[str, ...], state: str | None
) -> None:
    account = {
        "tenant": GUID,
        "subscription": GUID,
        "resource_group": "rg",
        "account": "acc",
        "trainer": GUID,
    }
    rules = policy(
        endpoints={"there": {**ENDPOINT, "login": login, "azure": account}}, providers={"openai": ELIGIBLE}
    )
    facts = settings(environments=(TRAIN, replace(PROVIDERS, secrets=secrets), SINKS))
    said = [one for one in new(report(facts, rules), "bad") if "CLINFT_KEYS" in one.what]
    assert [one.state for one in said] == ([] if state is None else [state])
    assert all("there of the policy cannot be asked" in one.what for one in said)


CHANNEL = {"kind": "slack", "description": "a channel", **ELIGIBLE}
KEYLESS = {
    "kind": "google_docs",
    "description": "a folder",
    "login": {
        "workload_identity_provider": "projects/1/locations/global/workloadIdentityPools/p/providers/g",
        "service_account": "writer@hospital.iam.gserviceaccount.com",
    },
    **ELIGIBLE,
}


@pytest.mark.parametrize(
    ("sinks", "secrets", "named"),
    [
        ({"channel": CHANNEL, "docs": KEYLESS}, (), "channel"),
        ({"channel": CHANNEL}, ("CLINFT_KEYS",), "channel"),
        ({"channel": CHANNEL}, ("CLINFT_SINK_KEYS",), None),
        ({"docs": KEYLESS}, (), None),
    ],
)
def test_whoever_is_told_with_a_key_needs_the_other_secret(
    sinks: dict[str, Any], secrets: tuple[str, ...], named: str | None
) -> None:
    facts = settings(environments=(TRAIN, PROVIDERS, replace(SINKS, secrets=secrets)))
    said = [
        one.what for one in new(report(facts, policy(sinks=sinks)), "bad") if "CLINFT_SINK_KEYS" in one.what
    ]
    told = f"sinks holds no secret CLINFT_SINK_KEYS: {named} of the policy cannot be told."
    assert said == ([] if named is None else [told])


def test_github_compares_names_of_environments_without_case() -> None:
    assert (
        new(report(settings(environments=(train(name="Train"), PROVIDERS, SINKS))), "bad", "note", "unknown")
        == []
    )


def test_a_reviewed_environment_is_told_of() -> None:
    assert (
        "wait for a reviewer"
        in only(report(settings(environments=(train(reviewed=True), PROVIDERS, SINKS))), "note").what
    )


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"repository_secrets": ("OPENAI_API_KEY",)}, "OPENAI_API_KEY"),
        ({"organization_secrets": ("DEPLOY_KEY",)}, "DEPLOY_KEY"),
        (
            {
                "environments": (
                    TRAIN,
                    PROVIDERS,
                    SINKS,
                    EnvironmentFacts("pages", "any branch", (), False, ("PAGES",), ()),
                )
            },
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
    assert (
        new(report(settings(environments=(TRAIN, PROVIDERS, SINKS, pages))), "bad", "note", "unknown") == []
    )


def test_a_variable_that_is_called_like_a_secret_is_pointed_at() -> None:
    said = only(report(settings(repository_variables=("REGION", "AZURE_API_KEY"))), "note")
    assert "AZURE_API_KEY" in said.what
    assert "REGION" not in said.what
    inside = settings(environments=(train(variables=("HUB_TOKEN",)), PROVIDERS, SINKS))
    assert "of the environment train may be secrets: HUB_TOKEN." in only(report(inside), "note").what


def test_missing_labels_are_a_note_because_they_are_made_when_needed() -> None:
    said = only(report(settings(labels=("Data-Prep", "evaluation"))), "note")
    assert "data-prep" not in said.what
    assert "clinical-finetune, hipaa-audit, fine-tuning, regression-test" in said.what
    assert said.fixable


# What --fix would add


def repaired(**facts: Any) -> list[tuple[str, str]]:
    return [(one.kind, one.name) for one in repairs(settings(**facts))]


def test_nothing_is_repaired_that_is_there() -> None:
    assert list(repairs(GOOD)) == []


def test_what_is_missing_is_repaired_each_with_the_clicks_that_do_the_same() -> None:
    labels = ("clinical-finetune", "data-prep", "hipaa-audit", "fine-tuning", "evaluation")
    assert repaired(environments=(), labels=labels) == [
        ("label", "regression-test"),
        ("environment", "train"),
        ("environment", "providers"),
        ("environment", "sinks"),
    ]
    made: list[Repair] = list(repairs(settings(environments=(), labels=())))
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
