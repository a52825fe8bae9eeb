"""The rule that matters most: what the token may not see is never fine, and nothing is told of it but who may."""

from dataclasses import fields, replace

import pytest

from clinft.ports.settings import RequiredCheck, Settings
from tests.fakes.settings import (
    ACTIONS,
    GOOD,
    HIDDEN,
    PROVIDERS,
    RULES,
    SINKS,
    TRAIN,
    found,
    new,
    policy,
    report,
    settings,
)

FACTS = [one.name for one in fields(Settings) if one.name not in ("repository", "protection", "people")]


def test_a_repository_in_order_has_nothing_wrong_and_little_unknown() -> None:
    assert found(report(), "bad") == []
    assert [one.rule for one in found(report(), "unknown")] == [
        "the training machine refuses every job but training from main"
    ]


@pytest.mark.parametrize("fact", FACTS)
def test_what_is_hidden_is_unknown_and_not_fine(fact: str) -> None:
    facts = {fact: HIDDEN, "protection": HIDDEN} if fact == "rulesets" else {fact: HIDDEN}
    said = report(settings(**facts))
    told = new(said, "unknown")
    assert told
    assert all("An administrator looks at" in one.next_step or "An owner" in one.next_step for one in told)
    assert found(said, "bad") == []
    fine = {one.what for one in found(report(), "ok")}
    assert {one.what for one in found(said, "ok")} < fine


def test_rulesets_that_ask_for_everything_need_no_look_at_the_older_protection() -> None:
    assert report(settings(protection=HIDDEN)) == report()


def test_one_hidden_kind_of_rules_leaves_open_what_the_other_does_not_ask_for() -> None:
    """A workflow sees rulesets, never the older protection: what the rulesets lack may be there."""
    weak = replace(RULES, force_push_blocked=False, approvals=1)
    said = report(settings(rulesets=weak, protection=HIDDEN))
    assert [one.rule for one in new(said, "unknown")] == [
        "nobody rewrites the history of main",
        "GitHub asks for 2 approvals, as many as the roles of a run",
    ]
    assert found(said, "bad") == []


@pytest.mark.parametrize("checks", [(), (RequiredCheck("lint", ACTIONS),), (RequiredCheck("gate", None),)])
def test_the_older_protection_may_require_what_the_rulesets_do_not(checks: tuple[RequiredCheck, ...]) -> None:
    said = report(settings(rulesets=replace(RULES, checks=checks), protection=HIDDEN))
    assert [one.rule for one in new(said, "unknown", "bad")] == [
        "a merge needs the check gate of GitHub Actions"
    ]
    assert found(said, "bad") == []


@pytest.mark.parametrize("part", ["branches", "secrets", "variables"])
def test_a_hidden_part_of_an_environment_is_unknown(part: str) -> None:
    said = report(settings(environments=(replace(TRAIN, **{part: HIDDEN}), PROVIDERS, SINKS)))  # type: ignore[arg-type]
    assert len(new(said, "unknown")) == 1
    assert found(said, "bad") == []


def test_secrets_behind_hidden_branches_are_told_and_not_judged() -> None:
    said = report(settings(environments=(replace(TRAIN, branches=HIDDEN, secrets=("A",)), PROVIDERS, SINKS)))
    assert [one.state for one in new(said, "bad", "unknown", "note")] == ["unknown", "note"]


def test_a_person_that_github_does_not_tell_of_still_counts_and_is_named() -> None:
    said = report(settings(people={**GOOD.people, "petra": HIDDEN}))
    (told,) = new(said, "unknown")
    assert "petra" in told.what
    assert found(said, "bad") == []


def test_the_guard_is_never_taken_for_installed() -> None:
    guard = [one for one in report().findings if "guard" in one.next_step]
    assert [one.state for one in guard if one.enforced_by == "clinft"] == ["unknown"]
    without = report(rules=policy(runners={"gpu-box": {"labels": []}}))
    assert not [one for one in without.findings if "guard" in one.next_step]
