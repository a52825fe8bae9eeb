"""Whether the people that the policy names can give the approvals that it asks for."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinft.ports.settings import Person
from clinft.stages.doctor.people import _fits, named_people
from tests.fakes.settings import GOOD, PEOPLE, WRITES, found, new, policy, report, settings

NAMES = "abcde"


def roles(**people: list[str]) -> dict[str, Any]:
    return {role: {"people": named} for role, named in people.items()}


def test_everybody_is_asked_about_once_whatever_the_case() -> None:
    waiver = {
        "project": "demo",
        "finding": "0" * 16,
        "file_sha256": "0" * 64,
        "reason": "an eponym",
        "owner": "SAM",
        "given": "2026-11-01",
        "expires": "2027-01-01",
    }
    rules = policy(
        roles=roles(ml=["Mila", "PETRA"]),
        projects={"demo": {"roles": roles(clinical=["dr-lee"])}},
        waivers=[waiver],
    )
    assert named_people(rules) == [
        "mila",
        "petra",
        "paul",
        "chris",
        "carla",
        "eve",
        "emil",
        "dr-lee",
        "sam",
    ]


@pytest.mark.parametrize(
    ("person", "said", "enforcer"),
    [
        (None, "unknown to GitHub: petra", "nobody"),
        (Person("Organization", "none"), "an organization: petra", "clinft"),
        (Person("Bot", "write"), "a bot: petra", "clinft"),
        (Person("User", "none"), "unable to read this repository: petra", "clinft"),
    ],
)
def test_who_cannot_approve_is_named(person: Person | None, said: str, enforcer: str) -> None:
    told = new(report(settings(people={**GOOD.people, "petra": person})), "bad")
    assert [(said in one.what, one.enforced_by) for one in told] == [(True, enforcer)]


def test_who_may_only_read_is_told_because_github_does_not_count_them() -> None:
    (told,) = new(report(settings(people={**GOOD.people, "mila": Person("User", "read")})), "note")
    assert told.what.startswith("May only read this repository: mila.")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"roles": roles(ml=[])}, "Nobody holds the role ml, needed for a training."),
        (
            {"roles": roles(ml=[], privacy=[])},
            "Nobody holds the roles ml and privacy, needed for a training.",
        ),
        (
            {"roles": roles(ml=["sam"], privacy=["sam"])},
            "The roles ml and privacy need 2 different people, one role each; sam cannot fill them.",
        ),
        (
            {"roles": {**roles(privacy=["petra"]), "ml": {"people": ["mila", "petra"], "approvals": 2}}},
            "The roles ml and privacy need 3 different people, one role each; mila, petra cannot fill them.",
        ),
        (
            {"projects": {"demo": {"required_roles": ["ml", "legal"], "roles": roles(legal=[])}}},
            "Nobody holds the role legal, needed for a training of demo.",
        ),
    ],
)
def test_a_training_that_nobody_can_approve_is_wrong(changes: dict[str, Any], said: str) -> None:
    people = {**GOOD.people, "sam": WRITES}
    assert said in [one.what for one in found(report(settings(people=people), policy(**changes)), "bad")]


def test_people_who_cannot_approve_leave_a_role_empty() -> None:
    gone = {**GOOD.people, "petra": None, "paul": Person("User", "none")}
    told = [one.what for one in new(report(settings(people=gone)), "bad")]
    assert "Nobody whom GitHub knows and lets read holds the role privacy, needed for a training." in told
    one_left = policy(roles={"privacy": {"people": ["petra", "paul"], "approvals": 2}})
    told = [
        one.what for one in found(report(settings(people={**GOOD.people, "petra": None}), one_left), "bad")
    ]
    assert "The role privacy asks for 2 approvals; 1 of its people could give one." in told


def test_a_stranger_is_one_however_the_policy_writes_the_name() -> None:
    told = [
        one.what for one in new(report(settings(people={**GOOD.people, "mila": None, "max": None})), "bad")
    ]
    assert "Nobody whom GitHub knows and lets read holds the role ml, needed for a training." in told


def test_while_nobody_holds_the_role_engine_nobody_guards_the_judge() -> None:
    (told,) = new(report(rules=policy(roles=roles(engine=[]))), "bad")
    assert told.enforced_by == "nobody"
    assert "name themselves" in told.what
    lost = report(settings(people={**GOOD.people, "eve": None, "emil": None}))
    assert {one.enforced_by for one in new(lost, "bad") if "engine" in one.what} == {"clinft"}


def test_a_deployment_that_nobody_can_approve_is_a_note() -> None:
    (told,) = new(report(rules=policy(roles=roles(clinical=[]))), "note")
    assert told.what == "Nobody holds the role clinical, needed for a deployment."


def test_who_would_be_missed_as_an_author_is_named() -> None:
    """Nobody approves their own change: with two people, the one who holds the role alone cannot write."""
    said = report(rules=policy(roles=roles(privacy=["petra"])))
    assert [one.what.split(",")[0] for one in new(said, "note")] == [
        "When petra opens the pull request",
        "When petra opens the pull request",
    ]
    assert found(said, "bad") == []


@given(
    st.dictionaries(
        st.sampled_from(("ml", "privacy", "clinical")),
        st.tuples(st.lists(st.sampled_from(NAMES), unique=True), st.integers(1, 2)),
        min_size=1,
    ),
    st.sampled_from((None, *NAMES)),
)
def test_roles_can_be_filled_exactly_when_some_choice_of_people_fills_them(
    asked: dict[str, tuple[list[str], int]], without: str | None
) -> None:
    holders = {name: people for name, (people, _) in asked.items()}
    wanted = {name: count for name, (_, count) in asked.items()}
    slots = [name for name, count in wanted.items() for _ in range(count)]
    there = [name for name in NAMES if name != without]
    some = any(
        all(person in holders[slot] for person, slot in zip(chosen, slots, strict=True))
        for chosen in permutations(there, len(slots))
    )
    assert _fits(holders, wanted, without) is some


def test_the_people_of_these_tests_hold_one_role_each() -> None:
    named = [name for names in PEOPLE.values() for name in names]
    assert len({name.lower() for name in named}) == len(named)
