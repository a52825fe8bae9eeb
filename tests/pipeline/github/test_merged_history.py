"""At train time on main: is what lies there what the pull request showed, and where does it come from?"""

import pytest

from tests.fakes.github.bare import identity, run_git
from tests.fakes.github.state import MergeMethod
from tests.fakes.hospital import ENGINE_FILE, POLICY_FILE, Hospital, policy, project, spec
from tests.fakes.specs import PROMPT

SPEC, PROMPT_FILE = "projects/demo/project.yaml", "projects/demo/prompt/prompt.md"
OTHER_PROMPT = PROMPT.replace("Answer", "Reply")
BOTH = ("mila", "petra")


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a_base_that_moved_elsewhere_does_not_matter(hospital: Hospital, method: MergeMethod) -> None:
    hospital.brought(6, project("other"), *BOTH)
    hospital.pull(7, project())
    hospital.approve(7, *BOTH)
    hospital.brought(8, {"projects/other/project.yaml": spec("other", revision=2)}, *BOTH, method=method)
    hospital.brought(9, {"projects/demo/runs/000000000000-a1/record.json": "{}\n"}, method=method)
    hospital.merge(7, method)
    assert hospital.gate().allowed
    assert hospital.gate("other").allowed


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a_base_that_moved_in_the_project_makes_a_plan_that_nobody_saw(
    hospital: Hospital, method: MergeMethod
) -> None:
    """Two approved pull requests, each right for itself: git merges them without conflict."""
    hospital.brought(6, project(), *BOTH)
    hospital.pull(7, {SPEC: spec(data={"seed": 8})})
    hospital.pull(8, {PROMPT_FILE: OTHER_PROMPT})
    for number in (7, 8):
        hospital.approve(number, *BOTH)
    hospital.merge(7, method)
    assert hospital.gate().allowed
    hospital.merge(8, method)
    gated = hospital.gate()
    assert {"033", "011"} <= gated.against
    # The way out that the reason names: the same plan, raised by one, is looked at as a whole.
    hospital.brought(9, {SPEC: spec(data={"seed": 8}, revision=2)}, *BOTH, method=method)
    assert hospital.gate().allowed


def test_a_branch_that_took_the_base_in_shows_the_merged_plan(hospital: Hospital) -> None:
    hospital.brought(6, project(), *BOTH)
    hospital.pull(7, {PROMPT_FILE: OTHER_PROMPT})
    hospital.approve(7, *BOTH)
    hospital.brought(8, {SPEC: spec(data={"seed": 8})}, *BOTH)
    hospital.server.repo.merge(
        "branch-7",
        "origin/main",
        "merge",
        "Merge main",
        {**identity("alice"), **identity("alice", role="COMMITTER")},
    )
    hospital.checks(7)
    hospital.merge(7)
    assert hospital.gate().against == {"011"}
    hospital.approve(7, *BOTH)
    assert hospital.gate().allowed


def test_several_pull_requests_in_one_push_are_taken_apart(hospital: Hospital) -> None:
    for number, name in ((7, "demo"), (8, "second"), (9, "third")):
        hospital.pull(number, project(name))
    hospital.approve(7, *BOTH)
    hospital.approve(8, "mila")
    hospital.approve(9, *BOTH)
    hospital.server.check_run(hospital.server.head_sha(hospital.server.pulls[9]), "gate", "failure", suite=2)
    merges = {number: hospital.merge(number) for number in (7, 8, 9)}
    folder = hospital.clone_of_main()
    said = {name: hospital.gate(name, folder=folder) for name in ("demo", "second", "third")}
    assert said["demo"].allowed
    assert (said["second"].against, said["third"].against) == ({"011"}, {"035"})
    for number, gated in zip((7, 8, 9), said.values(), strict=True):
        assert gated.approvals["source"]["pull_request"] == number
        assert gated.approvals["source"]["merge_sha"] == merges[number]


def test_one_pull_request_with_two_projects_brings_both(hospital: Hospital) -> None:
    hospital.pull(7, {**project(), **project("second")})
    hospital.approve(7, *BOTH)
    hospital.push(7, {"projects/second/project.yaml": spec("second", data={"seed": 8})})
    hospital.merge(7)
    folder = hospital.clone_of_main()
    # The second's plan changed after the approval, the first's did not.
    assert hospital.gate("demo", folder=folder).allowed
    assert hospital.gate("second", folder=folder).against == {"011"}


@pytest.mark.parametrize("approved_before", [True, False])
def test_a_direct_push_is_refused(hospital: Hospital, approved_before: bool) -> None:
    if approved_before:
        hospital.brought(7, project(), *BOTH)
        assert hospital.gate().allowed
    hospital.commit("main", project(data={"seed": 8}))
    gated = hospital.gate()
    assert gated.against == {"032", "011"}
    assert gated.approvals["approvals"] == []
    hospital.brought(8, {SPEC: spec(data={"seed": 8}, revision=2)}, *BOTH)
    assert hospital.gate().allowed


def test_a_direct_push_elsewhere_changes_nothing(hospital: Hospital) -> None:
    hospital.brought(7, project(), *BOTH)
    hospital.commit("main", {"projects/demo/NOTES.md": "n\n", "docs/a.md": "d\n", "README.md": "r\n"})
    assert hospital.gate().allowed


@pytest.mark.parametrize("edits", [{SPEC: spec(data={"seed": 8})}, {PROMPT_FILE: OTHER_PROMPT}])
def test_a_merge_commit_with_more_in_it_than_the_branch(hospital: Hospital, edits: dict[str, str]) -> None:
    """Merged by hand and pushed: GitHub says merged, and the tree is somebody's invention."""
    hospital.brought(6, project(), *BOTH)
    hospital.pull(7, {SPEC: spec(revision=2)})
    hospital.approve(7, *BOTH)
    hospital.merge(7)
    run_git(hospital.clone, "fetch", "--quiet", "origin", "main")
    run_git(hospital.clone, "checkout", "--quiet", "--detach", "FETCH_HEAD")
    for name, text in edits.items():
        (hospital.clone / name).write_text(text)
    who = {**identity("alice"), **identity("alice", role="COMMITTER")}
    run_git(hospital.clone, "commit", "--quiet", "--all", "--amend", "--no-edit", env=who)
    evil = run_git(hospital.clone, "rev-parse", "HEAD").decode().strip()
    hospital.server.repo.git("fetch", "--quiet", str(hospital.clone), evil)
    hospital.server.repo.git("update-ref", "refs/heads/main", evil)
    hospital.server.pulls[7].merge_commit_sha, hospital.server.pulls[7].landed = evil, (evil,)
    assert "033" in hospital.gate().against


@pytest.mark.parametrize("edits", [{ENGINE_FILE: "2\n"}, {POLICY_FILE: policy(local_approval=False)}])
def test_a_pull_request_with_project_and_engine_is_refused(hospital: Hospital, edits: dict[str, str]) -> None:
    hospital.brought(7, {**project(), **edits}, *BOTH, "erik")
    assert hospital.gate().against == {"030"}


def test_a_pull_request_that_was_merged_elsewhere_and_pushed(hospital: Hospital) -> None:
    """Approved for another branch, where the protection's checks do not apply, then pushed on to main."""
    hospital.branch("release", {})
    hospital.branch("branch-7", project(), base="release")
    hospital.server.open_pull(7, "branch-7", base_ref="release")
    hospital.checks(7)
    hospital.approve(7, *BOTH)
    merge = hospital.merge(7)
    hospital.server.repo.git("update-ref", "refs/heads/main", merge)
    gated = hospital.gate()
    assert "046" in gated.against
    assert not gated.allowed


def test_a_fork_is_refused(hospital: Hospital) -> None:
    hospital.fork_head(7, project(), author="mallory")
    hospital.server.open_pull(7, "elsewhere", author="mallory", fork=True)
    hospital.checks(7)
    hospital.approve(7, *BOTH)
    hospital.merge(7)
    assert hospital.gate().against == {"049"}


def test_a_rerun_of_an_old_commit_is_refused(hospital: Hospital) -> None:
    first = hospital.brought(7, project(), *BOTH)
    hospital.brought(8, {SPEC: spec(revision=2)}, *BOTH)
    assert "045" in hospital.gate(at=first).against
    # What moved elsewhere does not make it old.
    second = hospital.tip()
    hospital.commit("main", {"README.md": "later\n"})
    assert hospital.gate(at=second).allowed


def test_a_rerun_under_an_old_policy_is_refused(hospital: Hospital) -> None:
    first = hospital.brought(7, project(), *BOTH)
    hospital.brought(8, {POLICY_FILE: policy(budgets={"per_run_usd": 1})}, "erik")
    gated = hospital.gate(at=first)
    assert gated.exit_code == 1
    assert "045" in gated.against
    assert "is not the one on main" in " ".join(gated.output.split())
    assert hospital.gate().allowed


def test_a_decision_of_yesterday_does_not_outlive_a_changed_policy(hospital: Hospital) -> None:
    """The folder of a kept machine still holds an open gate; training asks the policy of now."""
    hospital.brought(7, project(), *BOTH)
    opened = hospital.gate()
    assert opened.allowed
    hospital.brought(8, {POLICY_FILE: policy(budgets={"per_run_usd": 1})}, "erik")
    run_git(opened.folder, "fetch", "--quiet", "origin", "main")
    run_git(opened.folder, "checkout", "--quiet", "--detach", "FETCH_HEAD")
    assert hospital.call("train", "projects/demo", folder=opened.folder).exit_code == 1
    assert not (opened.folder / "projects/demo/runs").exists()


@pytest.mark.parametrize("name", ["demo", "Demo", "../demo"])
def test_a_project_that_is_not_on_main_is_refused(hospital: Hospital, name: str) -> None:
    """Its folder lies in the job's checkout only."""
    hospital.commit("main", {"README.md": "later\n"})
    folder = hospital.clone_of_main()
    place = folder / "projects" / name
    place.mkdir(parents=True)
    for path, text in project().items():
        target = place / path.removeprefix("projects/demo/")
        target.parent.mkdir(exist_ok=True)
        target.write_text(text)
    gated = hospital.call("run", f"projects/{name}", "--until", "gate", folder=folder)
    assert gated.exit_code in (1, 2)
    if name == "demo":
        assert gated.against == {"012", "011"}
