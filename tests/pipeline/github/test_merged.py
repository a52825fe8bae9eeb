"""At train time on main: whose approval of which plan opens the gate."""

from collections.abc import Callable

import pytest

from tests.fakes.github.bare import run_git
from tests.fakes.github.state import MergeMethod
from tests.fakes.hospital import ENGINE_FILE, POLICY_FILE, Hospital, policy, policy_without, project, spec
from tests.fakes.specs import PROMPT

SPEC = "projects/demo/project.yaml"
NOTES = "projects/demo/NOTES.md"
Found = Callable[[str], Hospital]


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_what_both_roles_approved_is_allowed(hospital: Hospital, method: MergeMethod) -> None:
    hospital.pull(7, project())
    hospital.push(7, {NOTES: "why\n"})
    head = hospital.push(7, {"projects/demo/prompt/prompt.md": PROMPT.replace("Answer", "Reply")})
    hospital.approve(7, "mila", "Petra")
    hospital.commit("main", {"docs/a.md": "meanwhile\n"})
    before = hospital.tip()
    merge = hospital.merge(7, method)
    hospital.commit("main", {"README.md": "later\n"})
    gated = hospital.gate()
    assert gated.allowed, gated.output
    assert gated.decision is not None
    assert gated.decision.mode == "train"
    assert gated.decision.reasons == ()
    assert gated.people == {"ml": "mila", "privacy": "petra"}
    assert gated.approvals["plan_digest"] == gated.decision.plan_digest
    assert gated.approvals["source"] == {
        "pull_request": 7,
        "head_sha": head,
        "merge_sha": merge,
        "approvers_from": before,
    }
    assert {one["commit"] for one in gated.approvals["approvals"]} == {head}
    assert {one["kind"] for one in gated.approvals["approvals"]} == {"review"}
    assert all(one["review_id"] and one["at"] for one in gated.approvals["approvals"])
    # Nothing was written to GitHub, and nothing into the tree but git-ignored data.
    assert {one.method for one in hospital.server.log} == {"GET"}
    changed = set(run_git(gated.folder, "status", "--porcelain").decode().split()) - {"??"}
    assert changed <= {f"projects/demo/{name}" for name in (".lock", "data/", "assess.json")}


def test_a_missing_approval_may_come_late(hospital: Hospital) -> None:
    hospital.pull(7, project())
    hospital.approve(7, "mila")
    hospital.merge(7)
    refused = hospital.gate()
    assert (refused.exit_code, refused.against) == (1, {"011"})
    assert [one.role for one in refused.decision.reasons] == ["privacy"]  # type: ignore[union-attr]
    assert "after the merge, a late approval counts too" in " ".join(refused.output.split())
    hospital.approve(7, "petra")
    assert hospital.gate().allowed
    # In the same folder, as a re-run on a machine that kept it, too.
    assert hospital.gate(folder=refused.folder).allowed


def test_nobody_approved(hospital: Hospital) -> None:
    hospital.pull(7, project())
    hospital.server.review(7, "mila", "COMMENTED", body="looks good")
    hospital.merge(7)
    assert hospital.gate().against == {"011"}


@pytest.mark.parametrize(
    "person", ["alice", "erik", "carl", "mila", "stranger", "helper[bot]", "pia", "ghost"]
)
def test_who_cannot_fill_the_role_privacy(found: Found, person: str) -> None:
    """alice wrote it, erik and carl hold other roles, mila fills ml already, pia pushed to the branch."""
    hospital = found(policy(roles={"privacy": {"people": ["petra", "alice", "pia", "ghost", "mila"]}}))
    hospital.server.add_user("pia")
    hospital.pull(7, project())
    hospital.push(7, {SPEC: spec(revision=2)}, author="pia")
    hospital.approve(7, "mila")
    hospital.server.review(7, None if person == "ghost" else person, "APPROVED")
    hospital.merge(7)
    gated = hospital.gate()
    expected = {"alice": "028", "pia": "028", "helper[bot]": "047", "mila": "016"}
    assert gated.against == {"011"}
    assert expected.get(person, "029") in gated.notes


def test_a_pusher_who_changed_no_plan_may_approve(hospital: Hospital) -> None:
    hospital.pull(7, project())
    hospital.push(7, {NOTES: "typo\n"}, author="petra")
    hospital.approve(7, "mila", "petra")
    hospital.merge(7)
    assert hospital.gate().people == {"ml": "mila", "privacy": "petra"}


@pytest.mark.parametrize("place", [0, 1])
def test_author_and_committer_of_a_plan_change_both_wrote_it(hospital: Hospital, place: int) -> None:
    head = hospital.pull(7, project())
    logins = ["alice", "alice"]
    logins[place] = "petra"
    hospital.server.commit_users[head] = (logins[0], logins[1])
    hospital.approve(7, "mila", "petra")
    hospital.merge(7)
    gated = hospital.gate()
    assert gated.against == {"011"}
    assert "028" in gated.notes


def test_a_plan_change_by_nobody_we_know_is_refused(hospital: Hospital) -> None:
    head = hospital.pull(7, project())
    hospital.server.commit_users[head] = (None, "alice")
    hospital.approve(7, "mila", "petra")
    hospital.merge(7)
    assert hospital.gate().against == {"048"}


@pytest.mark.parametrize("late", ["petra", "alice"])
def test_one_person_fills_one_role_whichever_helps(found: Found, late: str) -> None:
    """mila holds both roles: where petra approves too, mila is needed for ml."""
    hospital = found(policy(roles={"privacy": {"people": ["mila", "petra", "alice"]}}))
    hospital.pull(7, project())
    hospital.approve(7, "mila", late)
    hospital.merge(7)
    gated = hospital.gate()
    if late == "petra":
        assert gated.people == {"ml": "mila", "privacy": "petra"}
    else:
        assert gated.against == {"011"}
        assert {"016", "028"} <= gated.notes


def test_as_many_people_as_the_policy_wants(found: Found) -> None:
    hospital = found(policy(roles={"privacy": {"people": ["petra", "paul"], "approvals": 2}}))
    hospital.pull(7, project())
    hospital.approve(7, "mila", "petra", "petra")
    hospital.merge(7)
    assert hospital.gate().against == {"011"}
    hospital.approve(7, "paul")
    assert hospital.gate().allowed


def test_a_push_that_changes_the_plan_voids_what_was_approved(hospital: Hospital) -> None:
    hospital.pull(7, project())
    hospital.approve(7, "mila", "petra")
    hospital.push(7, {SPEC: spec(data={"seed": 8})})
    hospital.merge(7)
    gated = hospital.gate()
    assert gated.against == {"011"}
    assert "013" in gated.notes
    hospital.approve(7, "mila")
    assert hospital.gate().against == {"011"}
    hospital.approve(7, "petra")
    assert hospital.gate().allowed


def test_a_push_there_and_back_leaves_the_plan_that_was_approved(hospital: Hospital) -> None:
    hospital.server.add_user("bob")
    hospital.pull(7, project())
    hospital.approve(7, "mila", "petra")
    hospital.push(7, {SPEC: spec(data={"seed": 8})}, author="bob")
    hospital.push(7, {SPEC: spec()}, author="bob")
    hospital.merge(7)
    assert hospital.gate().allowed


@pytest.mark.parametrize(
    "edits",
    [
        {NOTES: "new\n"},
        {SPEC: spec() + "# a comment\n"},
        {SPEC: spec(evaluation={"thresholds": [{"metric": "accuracy", "min": 0.9}]})},
        {SPEC: spec(summary="Said better", intended_use="The same.")},
    ],
)
def test_a_push_that_changes_no_plan_leaves_the_approvals(hospital: Hospital, edits: dict[str, str]) -> None:
    hospital.pull(7, project())
    hospital.approve(7, "mila", "petra")
    head = hospital.push(7, edits)
    hospital.merge(7)
    gated = hospital.gate()
    assert gated.allowed, gated.output
    assert gated.approvals["source"]["head_sha"] == head
    assert head not in {one["commit"] for one in gated.approvals["approvals"]}


@pytest.mark.parametrize("state", ["CHANGES_REQUESTED", "DISMISSED"])
def test_the_last_word_counts_also_on_the_second_page(hospital: Hospital, state: str) -> None:
    hospital.pull(7, project())
    hospital.approve(7, "mila", "petra")
    for n in range(120):
        hospital.server.review(7, f"reader-{n}", "COMMENTED", at="2027-01-01T00:00:00Z")
    hospital.server.review(7, "petra", state, at="2027-01-02T00:00:00Z")
    hospital.server.review(7, "petra", "COMMENTED", at="2027-01-03T00:00:00Z")
    hospital.merge(7)
    gated = hospital.gate()
    assert gated.against == ({"027", "011"} if state == "CHANGES_REQUESTED" else {"011"})
    assert any(one.query.get("page") == "2" for one in hospital.server.log)
    hospital.server.review(7, "petra", "APPROVED", at="2027-01-04T00:00:00Z")
    assert hospital.gate().allowed


def test_who_may_approve_is_said_by_the_policy_before_the_merge(hospital: Hospital) -> None:
    hospital.pull(7, project())
    hospital.approve(7, "mila", "paul")
    before = hospital.tip()
    hospital.merge(7)
    more = policy(roles={"privacy": {"people": ["petra", "paul"]}})
    hospital.brought(8, {POLICY_FILE: more}, "erik")
    gated = hospital.gate()
    assert gated.against == {"011"}
    assert gated.approvals["source"]["approvers_from"] == before
    # Named before the merge, though after the review, paul may.
    hospital.brought(9, {SPEC: spec(revision=2)}, "mila", "paul")
    assert hospital.gate().allowed


def test_who_left_the_policy_after_the_merge_has_approved(hospital: Hospital) -> None:
    hospital.brought(7, project(), "mila", "petra")
    hospital.brought(8, {POLICY_FILE: policy(roles={"privacy": {"people": ["paul"]}})}, "erik")
    assert hospital.gate().allowed


def test_money_and_places_are_those_of_the_policy_on_main_now(hospital: Hospital) -> None:
    hospital.brought(7, project(), "mila", "petra")
    assert hospital.gate().allowed
    hospital.brought(8, {POLICY_FILE: policy_without("providers", "fake")}, "erik")
    gated = hospital.gate()
    assert gated.against == {"009"}
    hospital.brought(9, {POLICY_FILE: policy(budgets={"per_run_usd": 0, "per_month_usd": 0})}, "erik")
    assert hospital.gate().allowed  # it costs nothing
    hospital.brought(
        10,
        {POLICY_FILE: policy_without("runners", "local").replace("runners: {}", "runners: {box: {}}")},
        "erik",
    )
    assert hospital.gate().against == {"010"}


def test_a_project_may_want_other_people(hospital: Hospital) -> None:
    own = {"demo": {"required_roles": ["privacy", "clinical"], "roles": {"privacy": {"people": ["paul"]}}}}
    hospital.brought(6, {POLICY_FILE: policy(projects=own)}, "erik")
    hospital.brought(7, project(), "mila", "petra", "carl")
    gated = hospital.gate()
    assert gated.against == {"011"}
    hospital.approve(7, "paul")
    assert hospital.gate().people == {"privacy": "paul", "clinical": "carl"}


def test_an_engine_file_is_read_from_nowhere(hospital: Hospital) -> None:
    """The tree is data: what stands in it as clinft's code is not imported."""
    hospital.brought(
        6, {ENGINE_FILE: "raise SystemExit(99)\n", "clinft/__init__.py": "raise SystemExit(99)\n"}, "erik"
    )
    hospital.brought(7, project(), "mila", "petra")
    assert hospital.gate().allowed
