"""At train time on main: who changed what judges, and did the role engine agree?"""

from collections.abc import Callable

import pytest

from tests.fakes.github.state import MergeMethod
from tests.fakes.hospital import ENGINE_FILE, POLICY_FILE, Hospital, policy, project

BOTH = ("mila", "petra")
WORKFLOW = ".github/workflows/train.yml"
ENGINE = [
    ENGINE_FILE,
    WORKFLOW,
    POLICY_FILE,
    "pyproject.toml",
    "new-file",
    "constraints/light.txt",
    ".gitattributes",
]
Found = Callable[[str], Hospital]


def edits(path: str) -> dict[str, str]:
    return {path: policy(local_approval=False) if path == POLICY_FILE else "changed\n"}


def test_a_direct_push_to_what_judges_closes_every_gate(hospital: Hospital) -> None:
    hospital.brought(7, project(), *BOTH)
    before = hospital.tip()
    for path in ENGINE:
        hospital.server.repo.git("update-ref", "refs/heads/main", before)
        pushed = hospital.commit("main", edits(path), author="erik")
        gated = hospital.gate()
        assert gated.against == {"051"}, path
        assert pushed[:12] in " ".join(gated.output.split())


@pytest.mark.parametrize(
    ("path", "method"),
    [
        (ENGINE_FILE, "merge"),
        (ENGINE_FILE, "squash"),
        (ENGINE_FILE, "rebase"),
        (POLICY_FILE, "merge"),
        ("new-file", "squash"),
    ],
)
def test_a_pull_request_to_what_judges_needs_the_role_engine(
    hospital: Hospital, path: str, method: MergeMethod
) -> None:
    hospital.brought(7, project(), *BOTH)
    hospital.pull(8, edits(path))
    hospital.approve(8, *BOTH, "alice")
    hospital.merge(8, method)
    assert hospital.gate().against == {"031"}
    hospital.approve(8, "erik")
    assert hospital.gate().allowed


def test_nobody_names_themselves_in_the_pull_request_that_they_approve(hospital: Hospital) -> None:
    hospital.brought(7, project(), *BOTH)
    hospital.pull(
        8, {POLICY_FILE: policy(roles={"engine": {"people": ["mallory", "bob"]}})}, author="mallory"
    )
    hospital.approve(8, "mallory", "bob")
    hospital.merge(8)
    assert hospital.gate().against == {"031"}
    # Nor in the next one: the first is still not approved by anybody who may.
    hospital.brought(9, {ENGINE_FILE: "3\n"}, "bob")
    assert hospital.gate().against == {"031"}, "an unapproved change was covered by the next one"


def test_an_approval_before_the_last_push_is_none(hospital: Hospital) -> None:
    hospital.brought(7, project(), *BOTH)
    hospital.pull(8, {ENGINE_FILE: "2\n"})
    hospital.approve(8, "erik")
    hospital.push(8, {ENGINE_FILE: "3\n"})
    hospital.merge(8)
    gated = hospital.gate()
    assert gated.against == {"031"}
    assert "013" in gated.notes


def test_who_wrote_the_engine_does_not_approve_it(hospital: Hospital) -> None:
    hospital.brought(7, project(), *BOTH)
    hospital.pull(8, {ENGINE_FILE: "2\n"}, author="erik")
    hospital.approve(8, "erik")
    hospital.merge(8)
    assert hospital.gate().against == {"031"}


def test_setting_up_by_direct_push_is_accepted_while_nobody_holds_engine(found: Found) -> None:
    hospital = found(policy(roles={"engine": {"people": []}}))
    hospital.commit("main", {WORKFLOW: "name: train\n"})
    hospital.commit("main", {POLICY_FILE: policy()})
    hospital.brought(7, project(), *BOTH)
    assert hospital.gate().allowed
    # From then on it is not.
    hospital.commit("main", {ENGINE_FILE: "2\n"})
    assert hospital.gate().against == {"051"}


def test_the_template_alone_is_accepted(hospital: Hospital) -> None:
    hospital.brought(7, project(), *BOTH)
    assert hospital.gate().notes == set()


@pytest.mark.parametrize("method", ["merge", "rebase"])
def test_an_approved_pull_request_does_not_cover_a_direct_push_before_it(
    hospital: Hospital, method: MergeMethod
) -> None:
    hospital.brought(7, project(), *BOTH)
    hospital.commit("main", {ENGINE_FILE: "evil\n"}, author="mallory")
    hospital.brought(8, {"new-file": "harmless\n"}, "erik", method=method)
    assert "051" in hospital.gate().against, "the direct push was covered by the pull request after it"


def test_an_engine_that_was_upgraded_between_approval_and_merge(hospital: Hospital) -> None:
    """The status shows the plan as the older engine made it: equal is fine, different is refused."""
    hospital.pull(7, project())
    hospital.approve(7, *BOTH)
    hospital.brought(8, {ENGINE_FILE: "2\n"}, "erik")
    hospital.merge(7)
    gated = hospital.gate()
    assert gated.allowed
    assert gated.decision is not None
    hospital.show(7, gated.decision.plan_digest)
    assert hospital.gate().allowed
    hospital.show(7, "f" * 64)
    assert hospital.gate().against == {"034"}


@pytest.mark.parametrize(
    "path", ["README.md", "docs/adr/9.md", "LICENSE", "projects/README.md", "projects/tracking/runs.csv"]
)
def test_what_only_people_read_needs_nobody(hospital: Hospital, path: str) -> None:
    hospital.brought(7, project(), *BOTH)
    hospital.commit("main", {path: "text\n"})
    assert hospital.gate().allowed


def test_emptying_the_role_is_no_second_set_up(hospital: Hospital) -> None:
    """Who takes everybody out of the role has not made the repository new."""
    hospital.brought(7, project(), *BOTH)
    hospital.commit("main", {POLICY_FILE: policy(roles={"engine": {"people": []}})}, author="mallory")
    assert hospital.gate().against == {"051"}
    hospital.commit("main", {ENGINE_FILE: "evil\n"}, author="mallory")
    assert "051" in hospital.gate().against, "the change that emptied the role was not looked at"


def test_who_was_named_by_an_unapproved_change_approves_nothing(hospital: Hospital) -> None:
    """One unapproved change names bob; whatever bob approves afterwards rests on it."""
    hospital.brought(7, project(), *BOTH)
    own = policy(roles={"engine": {"people": ["bob"]}})
    hospital.commit("main", {POLICY_FILE: own}, author="mallory")
    hospital.brought(8, {ENGINE_FILE: "2\n"}, "bob")
    assert "051" in hospital.gate().against, "bob vouched for the change that made him a judge"
    # Erik, who was named properly, cannot cover it by approving what comes later either.
    hospital.brought(9, {ENGINE_FILE: "3\n"}, "erik")
    assert "051" in hospital.gate().against


def test_a_revert_brings_back_what_counted_before(hospital: Hospital) -> None:
    """The way out of G051: history keeps the push, what judges is again what was agreed to."""
    hospital.brought(7, project(), *BOTH)
    hospital.commit("main", {"new-file": "evil\n"}, author="mallory")
    assert hospital.gate().against == {"051"}
    hospital.commit("main", {"new-file": None}, author="mallory")
    assert hospital.gate().allowed
    hospital.brought(8, {"new-file": "good\n"}, "erik")
    assert hospital.gate().allowed
