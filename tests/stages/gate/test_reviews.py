"""Whose review counts for which plan. Here an error would let somebody approve their own change."""

import pytest

from clinft.artifacts.forge import Review
from clinft.spec.policy import Role
from clinft.stages.gate.reviews import Scope, count
from tests.fakes.reviews import (
    BEFORE,
    OTHER,
    PLAN,
    ROLES,
    commit,
    counted,
    filled,
    in_order,
    pull,
    review,
    told,
)

BOTH = [("ml", "ada"), ("privacy", "sam")]


def test_two_people_in_two_roles_fill_both() -> None:
    found = counted(*in_order(review("sam"), review("ada", has_text=True)))
    assert found.reasons == ()
    ada, sam = sorted(found.approvals, key=lambda approval: approval.person)
    assert (ada.role, ada.person, ada.plan_digest, ada.kind) == ("ml", "ada", PLAN, "review")
    assert (ada.review_id, ada.commit, ada.at, ada.has_reason) == (2, "c1", "2026-11-24T10:02:00+00:00", True)
    assert (sam.role, sam.person, sam.review_id, sam.has_reason) == ("privacy", "sam", 1, False)


def test_nobody_is_counted_where_nobody_looked() -> None:
    assert counted() == counted(review("ada", "COMMENTED"), review("sam", "PENDING"))
    assert counted().approvals == ()


def test_logins_are_compared_without_case() -> None:
    # GitHub's login comes in lower case; the policy is written by people.
    roles = {"ml": Role(people=("aDa",)), "privacy": Role(people=("SAM",))}
    assert filled(counted(review("ada"), review("sam"), roles=roles)) == BOTH


def test_a_push_that_changes_the_plan_voids_an_approval() -> None:
    commits = (commit("c1", "mara"), commit("c2", "mara"))
    found = counted(review("ada", commit="c1"), review("sam", commit="c2"), commits=commits,
                    plans={"c1": OTHER, "c2": PLAN})  # fmt: skip
    assert filled(found) == [("privacy", "sam")]
    assert told(found) == [("G013", False)]
    assert (found.reasons[0].role, "approve again" in found.reasons[0].way_out) == ("ml", True)


def test_a_push_that_changes_something_else_leaves_it() -> None:
    commits = (commit("c1", "mara"), commit("c2", "mara"))
    found = counted(review("ada", commit="c1"), review("sam", commit="c2"), commits=commits)
    assert (filled(found), told(found)) == (BOTH, [])


def test_a_plan_that_came_back_is_the_plan_that_was_approved() -> None:
    commits = tuple(commit(sha, "mara") for sha in ("c1", "c2", "c3"))
    found = counted(review("ada"), review("sam", commit="c3"), commits=commits,
                    plans={"c1": PLAN, "c2": OTHER, "c3": PLAN})  # fmt: skip
    assert filled(found) == BOTH


@pytest.mark.parametrize(
    ("at", "plans"),
    [
        (None, {"c1": PLAN}),  # GitHub does not say to what
        ("c9", {"c1": PLAN}),  # a commit that was never read
        ("c9", {"c1": PLAN, "c9": None}),  # a commit without a plan, or lost by a forced push
        ("c9", {"c1": PLAN, "c9": BEFORE}),
    ],
)
def test_a_review_of_an_unknown_commit_is_void(at: str | None, plans: dict[str, str | None]) -> None:
    found = counted(review("ada", commit=at), review("sam"), plans=plans)
    assert filled(found) == [("privacy", "sam")]
    assert told(found) == [("G013", False)]


def test_an_approval_of_nothing_is_void() -> None:
    # What cannot be made at the head has no digest; an approval of what cannot be made has none either.
    scope = Scope(what="engine", digest="", of_commit={"c1": None}, written_in=frozenset())
    assert count(pull(review("ada")), scope, ROLES, {"ml": 1}).approvals == ()


def test_the_author_approves_nothing() -> None:
    found = counted(review("mara"), review("ada"), commits=(commit("c1", "eve"),))
    assert filled(found) == [("ml", "ada")]
    assert told(found) == [("G028", False)]
    assert "opened the pull request" in found.reasons[0].message


@pytest.mark.parametrize(
    "people", [("ada",), ("mara", "ada"), ("ada", "mara")], ids=["alone", "committer", "author"]
)
def test_whoever_wrote_or_committed_a_change_of_the_plan_approves_nothing(people: tuple[str, ...]) -> None:
    found = counted(review("ada", commit="c2"), review("sam", commit="c2"),
                    commits=(commit("c1", "mara"), commit("c2", *people)), plans={"c1": OTHER, "c2": PLAN})  # fmt: skip
    assert filled(found) == [("privacy", "sam")]
    assert told(found) == [("G028", False)]
    assert "changed the plan" in found.reasons[0].message


def test_whoever_changed_the_plan_and_was_overruled_wrote_it_too() -> None:
    commits = (commit("c1", "ada"), commit("c2", "mara"))
    found = counted(review("ada", commit="c2"), commits=commits, plans={"c1": OTHER, "c2": PLAN})
    assert found.approvals == ()


def test_whoever_took_a_change_back_wrote_the_plan_too() -> None:
    commits = (commit("c1", "mara"), commit("c2", "eve"), commit("c3", "ada"))
    found = counted(review("ada", commit="c3"), commits=commits, plans={"c1": PLAN, "c2": OTHER, "c3": PLAN})
    assert found.approvals == ()


@pytest.mark.parametrize("place", [0, 1, 2])
def test_whoever_pushed_only_something_else_may_approve(place: int) -> None:
    commits = [commit("c1", "mara"), commit("c2", "mara")]
    commits.insert(place, commit("readme", "ada"))
    plans = {"c1": OTHER, "c2": PLAN, "readme": (BEFORE, OTHER, PLAN)[place]}
    found = counted(review("ada", commit="c2"), review("sam", commit="c2"), commits=commits, plans=plans)
    assert (filled(found), told(found)) == (BOTH, [])


@pytest.mark.parametrize("here", [None, "not read"])
def test_a_commit_whose_plan_cannot_be_made_counts_as_a_change(here: str | None) -> None:
    commits = (commit("c1", "mara"), commit("broken", "ada"), commit("c2", "mara"))
    plans: dict[str, str | None] = {"c1": OTHER, "c2": PLAN}
    if here is None:
        plans["broken"] = None
    found = counted(review("ada", commit="c2"), commits=commits, plans=plans)
    assert told(found) == [("G028", False)]


def test_one_broken_commit_after_another_counts_too() -> None:
    # Neither has a plan, yet the second may have written most of what the third makes valid.
    commits = (commit("b1", "mara"), commit("b2", "ada"), commit("c1", "mara"))
    plans = {"b1": None, "b2": None, "c1": PLAN}
    for before in (None, BEFORE):
        found = counted(review("ada"), commits=commits, plans=plans, before=before)
        assert (found.approvals, told(found)) == ((), [("G028", False)])


def test_in_a_new_project_the_first_plan_is_a_change() -> None:
    found = counted(review("ada"), review("sam"), commits=(commit("c1", "ada"),), before=None)
    assert filled(found) == [("privacy", "sam")]


@pytest.mark.parametrize(
    ("given", "number"),
    [
        (review("zoe"), "G029"),
        (review("lee"), "G029"),  # holds a role that is not needed here
        (review("ghost"), "G029"),  # a deleted account
        (review("dependabot[bot]", is_bot=True), "G047"),
        (review("ada", is_bot=True), "G047"),  # named in the policy, yet no person
    ],
    ids=lambda value: getattr(value, "person", value),
)
def test_who_may_not_is_told_and_not_counted(given: Review, number: str) -> None:
    found = counted(given)
    assert found.approvals == ()
    assert told(found) == [(number, False)]


def test_a_name_in_a_role_that_nobody_asks_for_does_not_help() -> None:
    found = counted(review("ada"), review("lee"))
    assert filled(found) == [("ml", "ada")]


@pytest.mark.parametrize(
    ("later", "voids"),
    [("CHANGES_REQUESTED", True), ("DISMISSED", True), ("COMMENTED", False), ("PENDING", False)],
)
def test_a_persons_last_word_counts_and_a_comment_is_none(later: str, voids: bool) -> None:
    found = counted(*in_order(review("ada"), review("sam"), review("ada", later)))
    assert filled(found) == ([("privacy", "sam")] if voids else BOTH)


@pytest.mark.parametrize("earlier", ["CHANGES_REQUESTED", "DISMISSED"])
def test_an_approval_settles_what_was_said_before(earlier: str) -> None:
    found = counted(*in_order(review("ada", earlier), review("ada"), review("sam")))
    assert (filled(found), told(found)) == (BOTH, [])


def test_a_request_for_changes_by_one_who_holds_a_role_stands_until_it_is_settled() -> None:
    found = counted(*in_order(review("ada"), review("sam", "CHANGES_REQUESTED"), review("both")))
    assert told(found) == [("G027", True)]
    assert (found.reasons[0].role, found.reasons[0].pending) == ("privacy", True)
    assert filled(found) == [("ml", "ada"), ("privacy", "both")]


@pytest.mark.parametrize("state", ["CHANGES_REQUESTED", "DISMISSED", "COMMENTED"])
def test_a_request_for_changes_by_anybody_else_does_not_stop_it(state: str) -> None:
    assert told(counted(review("zoe", state))) == []


def test_a_later_approval_of_an_older_plan_is_the_last_word() -> None:
    commits = (commit("c1", "mara"), commit("c2", "mara"))
    found = counted(*in_order(review("ada", commit="c2"), review("ada", commit="c1")), commits=commits,
                    plans={"c1": OTHER, "c2": PLAN})  # fmt: skip
    assert (found.approvals, told(found)) == ((), [("G013", False)])


@pytest.mark.parametrize(("last", "counts"), [("APPROVED", True), ("CHANGES_REQUESTED", False)])
def test_of_two_reviews_of_one_moment_the_higher_id_counts(last: str, counts: bool) -> None:
    first = "CHANGES_REQUESTED" if counts else "APPROVED"
    said = (review("ada", last, id=12), review("ada", first, id=9))
    for order in (said, said[::-1]):
        assert bool(counted(*order).approvals) is counts


def test_time_comes_before_id() -> None:
    early = review("ada", id=9, at="2026-11-24T10:00:00+00:00")
    late = review("ada", "CHANGES_REQUESTED", id=2, at="2026-11-24T10:00:01+00:00")
    assert counted(early, late).approvals == counted(late, early).approvals == ()


def test_an_unknown_author_of_a_change_of_the_plan_refuses() -> None:
    found = counted(review("ada"), review("sam"), commits=(commit("c1", "mara", unknown=True),))
    assert told(found) == [("G048", True)]
    assert not found.reasons[0].pending
    assert "Commit c1 changes the plan" in found.reasons[0].message


def test_a_change_of_the_plan_that_no_account_stands_behind_refuses() -> None:
    # Author and committer can both be GitHub's own address, which is no person.
    found = counted(review("ada"), review("sam"), commits=(commit("c1"),))
    assert told(found) == [("G048", True)]


def test_an_unknown_author_of_something_else_does_not() -> None:
    commits = (commit("c1", "mara"), commit("readme", unknown=True))
    found = counted(review("ada"), review("sam"), commits=commits)
    assert (filled(found), told(found)) == (BOTH, [])


def test_one_person_fills_one_role_and_the_other_stays_open() -> None:
    found = counted(review("both"))
    assert len(found.approvals) == 1
    open_role = ({"ml", "privacy"} - {found.approvals[0].role}).pop()
    assert told(found) == [("G016", False)]
    assert found.reasons[0].role == open_role


@pytest.mark.parametrize(("single", "expected"), [
    ("ada", [("ml", "ada"), ("privacy", "both")]),
    ("sam", [("ml", "both"), ("privacy", "sam")]),
])  # fmt: skip
def test_whoever_holds_two_roles_fills_the_one_that_nobody_else_can(
    single: str, expected: list[tuple[str, str]]
) -> None:
    # First come, first served would put `both` into the wrong role in one of the two cases.
    for order in (("both", single), (single, "both")):
        found = counted(*in_order(*map(review, order)))
        assert (filled(found), told(found)) == (expected, [])


def test_a_chain_of_three_roles_is_found() -> None:
    roles = {
        "ml": Role(people=("a", "b")),
        "privacy": Role(people=("b", "c")),
        "clinical": Role(people=("a",)),
    }
    required = dict.fromkeys(roles, 1)
    found = counted(review("a"), review("b"), review("c"), roles=roles, required=required)
    assert filled(found) == [("clinical", "a"), ("ml", "b"), ("privacy", "c")]


def test_a_role_may_need_several_people_and_takes_no_more() -> None:
    roles = {"ml": Role(people=("ada", "bob", "cy"), approvals=2), "privacy": Role(people=("sam",))}
    required = {"ml": 2, "privacy": 1}
    one = counted(review("ada"), review("sam"), roles=roles, required=required)
    assert filled(one) == BOTH
    three = counted(*map(review, ("ada", "bob", "cy", "sam")), roles=roles, required=required)
    assert sorted(role for role, _ in filled(three)) == ["ml", "ml", "privacy"]


def test_of_two_people_of_a_role_the_one_who_gave_a_reason_is_counted() -> None:
    found = counted(review("ada"), review("both", has_text=True), review("sam"))
    assert [approval.has_reason for approval in found.approvals if approval.role == "ml"] == [True]
