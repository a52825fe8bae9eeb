"""Attacks on what judges: policies and engines that nobody agreed to, and what a pull request shows of them."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from clinft.artifacts.pull_request import ChangedPath
from clinft.pipeline.github.describe import HIDDEN, shown, shown_changes
from clinft.stages.gate.pull_request import NEEDS
from tests.fakes.cli import clinft
from tests.fakes.github.bare import identity, run_git
from tests.fakes.hospital import ENGINE_FILE, POLICY_FILE, Hospital, policy, project, spec
from tests.fakes.pull_request_parts import changes
from tests.pipeline.github.test_checks import check

BOTH = ("mila", "petra")
ALICE = {**identity("alice"), **identity("alice", role="COMMITTER")}
WITH_MALLORY = policy(roles={"privacy": {"people": ["petra", "mallory"]}})
TAKEN_OVER = policy(
    roles={
        "ml": {"people": ["mallory"]},
        "privacy": {"people": ["bob"]},
        "engine": {"people": ["mallory"]},
    }
)


def mallory_leaves(hospital: Hospital) -> None:
    """Two approved changes: mallory comes into the role privacy, and is taken out of it."""
    hospital.brought(5, {POLICY_FILE: WITH_MALLORY}, "erik")
    hospital.brought(6, {POLICY_FILE: policy()}, "erik")


def test_an_old_policy_comes_back_by_a_pull_request_that_nobody_approved(hospital: Hospital) -> None:
    """The state was agreed to once; whoever left by a later one stays out."""
    mallory_leaves(hospital)
    hospital.brought(7, {POLICY_FILE: WITH_MALLORY})
    hospital.brought(8, project(), "mila", "mallory")
    assert hospital.gate().against == {"011", "031", "058"}


def test_an_old_policy_comes_back_by_a_direct_push(hospital: Hospital) -> None:
    """As before, without asking anybody at all."""
    mallory_leaves(hospital)
    hospital.commit("main", {POLICY_FILE: WITH_MALLORY}, author="mallory")
    hospital.brought(8, project(), "mila", "mallory")
    assert hospital.gate().against == {"011", "051", "058"}


def test_who_left_a_role_does_not_count(hospital: Hospital) -> None:
    """Without the old policy mallory's word is nobody's."""
    mallory_leaves(hospital)
    hospital.brought(8, project(), "mila", "mallory")
    gated = hospital.gate()
    assert gated.against == {"011"}
    assert gated.people == {"ml": "mila"}


def test_a_state_in_the_middle_of_a_rebase_was_not_approved(hospital: Hospital) -> None:
    """Erik saw a harmless end; a commit before it holds the evil state, which comes back later."""
    evil = {POLICY_FILE: TAKEN_OVER, ENGINE_FILE: "evil\n"}
    hospital.pull(7, evil)
    hospital.push(7, {POLICY_FILE: policy(), ENGINE_FILE: "VERSION = 1\n", "new-file": "harmless\n"})
    hospital.approve(7, "erik")
    hospital.merge(7, "rebase")
    hospital.brought(8, {**evil, "new-file": None})
    hospital.brought(9, project(), "mallory", "bob")
    assert hospital.gate().against == {"011", "031", "058"}


def test_a_merge_of_the_engine_holds_more_than_was_approved(hospital: Hospital) -> None:
    """Erik approved one file; the merge commit was made by hand, with a policy and an engine in it."""
    hospital.brought(7, {"new-file": "harmless\n"}, "erik")
    run_git(hospital.clone, "fetch", "--quiet", "origin", "main")
    run_git(hospital.clone, "checkout", "--quiet", "--detach", "FETCH_HEAD")
    (hospital.clone / POLICY_FILE).write_text(TAKEN_OVER)
    (hospital.clone / ENGINE_FILE).write_text("evil\n")
    run_git(hospital.clone, "commit", "--quiet", "--all", "--amend", "--no-edit", env=ALICE)
    evil = run_git(hospital.clone, "rev-parse", "HEAD").decode().strip()
    hospital.server.repo.git("fetch", "--quiet", str(hospital.clone), evil)
    hospital.server.repo.git("update-ref", "refs/heads/main", evil)
    hospital.server.pulls[7].merge_commit_sha, hospital.server.pulls[7].landed = evil, (evil,)
    hospital.brought(8, project(), "mallory", "bob")
    assert hospital.gate().against == {"011", "051", "058"}


def test_another_history_becomes_the_first_parent(hospital: Hospital) -> None:
    """A fast-forward for git, and a new beginning for whoever follows first parents."""
    main = hospital.tip()
    run_git(hospital.clone, "fetch", "--quiet", "origin", "main")
    run_git(hospital.clone, "checkout", "--quiet", "--detach", "FETCH_HEAD")
    (hospital.clone / POLICY_FILE).write_text(TAKEN_OVER)
    (hospital.clone / ENGINE_FILE).write_text("evil\n")
    run_git(hospital.clone, "add", "--all")
    tree = run_git(hospital.clone, "write-tree").decode().strip()
    root = run_git(hospital.clone, "commit-tree", tree, "-m", "root", env=ALICE).decode().strip()
    parents = ("-p", root, "-p", main)
    tip = run_git(hospital.clone, "commit-tree", tree, *parents, "-m", "Merge", env=ALICE).decode().strip()
    run_git(hospital.clone, "push", "--quiet", "origin", f"{tip}:refs/heads/main")
    hospital.brought(7, project(), "mallory", "bob")
    assert hospital.gate().against == {"051"}


def test_a_whole_folder_is_deleted(hospital: Hospital) -> None:
    """No path of it is left that could be looked at."""
    hospital.brought(6, {"constraints/light.txt": "pinned --hash\n"}, "erik")
    hospital.brought(7, project(), *BOTH)
    assert hospital.gate().allowed
    hospital.commit("main", {"constraints/light.txt": None}, author="mallory")
    assert hospital.gate().against == {"051"}


def test_a_folder_is_called_like_a_document(hospital: Hospital) -> None:
    """README.md needs nobody; a file below README.md/ is code like any other."""
    hospital.brought(7, project(), *BOTH)
    hospital.commit("main", {"README.md": None})
    assert hospital.gate().allowed
    hospital.commit("main", {"README.md/evil.py": "x\n"}, author="mallory")
    assert hospital.gate().against == {"051"}


@pytest.mark.parametrize("back", ["direct push", "approved pull request"])
def test_more_commits_than_github_lists(hospital: Hospital, back: str) -> None:
    """Who wrote what stays unknown beyond 250 commits; the last agreed state is the way back."""
    hospital.brought(7, project(), *BOTH)
    tip = hospital.branch("branch-8", {ENGINE_FILE: "2\n"})
    tree = run_git(hospital.clone, "rev-parse", "HEAD^{tree}").decode().strip()
    for number in range(250):
        said = run_git(hospital.clone, "commit-tree", tree, "-p", tip, "-m", str(number), env=ALICE)
        tip = said.decode().strip()
    run_git(hospital.clone, "push", "--quiet", "origin", f"{tip}:refs/heads/branch-8")
    hospital.server.open_pull(8, "branch-8")
    hospital.checks(8)
    hospital.approve(8, "erik")
    hospital.merge(8)
    assert hospital.gate().against == {"012"}
    agreed = {ENGINE_FILE: "VERSION = 1\n"}
    if back == "direct push":
        hospital.commit("main", agreed)
    else:
        hospital.brought(9, agreed, "erik")
    assert hospital.gate().allowed
    hospital.brought(10, {ENGINE_FILE: "3\n"}, "erik")
    assert hospital.gate().allowed


# In a pull request


@dataclass(frozen=True)
class Judged:
    exit_code: int
    output: str
    text: str  # of the report, as it is handed on

    @property
    def report(self) -> Any:
        return json.loads(self.text)

    @property
    def against(self) -> set[str]:
        return {reason["code"][-3:] for reason in self.report["reasons"] if reason["blocks"]}


def judged(hospital: Hospital, number: int = 7) -> Judged:
    """All checks of a pull request and its gate, as the jobs call them, which all succeed."""
    event = hospital.pull_request_event(number)
    results = hospital.folder / f"results-{event['sha'][:12]}"
    needs = json.dumps({name: {"result": "success"} for name in NEEDS})
    for verb in ("validate", "prepare", "audit", "estimate", "gate"):
        hospital.enter(event["tree"], event, CLINFT_RESULTS=str(results), CLINFT_NEEDS=needs, GITHUB_JOB=verb)
        done = clinft(verb, "--changed")
    return Judged(done.exit_code, done.output, (results / "report.json").read_text())


def test_a_pull_request_goes_to_a_branch_with_a_policy_of_its_own(hospital: Hospital) -> None:
    """Nobody reviews pushes to dev; there mallory is asked, and later the base is set to main."""
    mallory_alone = policy(required_roles=["ml"], roles={"ml": {"people": ["mallory"]}})
    hospital.branch("dev", {POLICY_FILE: mallory_alone}, author="mallory")
    hospital.branch("branch-7", project(), base="dev")
    hospital.server.open_pull(7, "branch-7", base_ref="dev")
    hospital.approve(7, "mallory")
    said = judged(hospital)
    assert said.exit_code == 1
    assert "046" in said.against
    hospital.server.pulls[7].base_ref = "main"
    assert "046" not in judged(hospital).against


def test_a_plan_hides_in_the_base_of_another_branch(hospital: Hospital) -> None:
    """Against dev the plan is unchanged, so nobody would be told that it is trained."""
    hospital.branch("dev", project(data={"seed": 99}), author="mallory")
    typo = {"projects/demo/project.yaml": spec(data={"seed": 99}, summary="A typo less")}
    hospital.branch("branch-7", typo, base="dev")
    hospital.server.open_pull(7, "branch-7", base_ref="dev")
    said = judged(hospital)
    assert said.exit_code == 1
    assert said.against == {"046"}


@pytest.mark.parametrize("verb", ["prepare", "audit", "estimate"])
def test_a_linked_data_folder_is_not_written_through(hospital: Hospital, verb: str) -> None:
    """What a check makes would land wherever the link of the pull request leads."""
    outside = hospital.folder / "outside"
    outside.mkdir()
    hospital.branch("branch-7", project())
    (hospital.clone / "projects/demo/data").symlink_to(outside)
    run_git(hospital.clone, "add", "--force", "projects/demo/data")
    run_git(hospital.clone, "commit", "--quiet", "-m", "link", env=ALICE)
    run_git(hospital.clone, "push", "--quiet", "origin", "HEAD:refs/heads/branch-7")
    hospital.server.open_pull(7, "branch-7")
    said = check(hospital, verb)
    assert said.exit_code == 1
    assert "holds a symbolic link or a submodule" in said.words
    assert list(outside.iterdir()) == []
    assert said.files <= {"projects/demo/previous.json"}


SSN, NAME, STREET = "123-45-6789", "Quimby", "Maple"
UNCLEAN = f"Asked for by John {NAME} of 12 {STREET} Street, since 2023-03-14."


def test_identifiers_in_a_spec_stay_out_of_the_report(hospital: Hospital) -> None:
    """Whatever stands in the report stands in a comment, for everybody who reads the repository."""
    note = f"projects/demo/notes/John {NAME} {SSN}.md"
    unclean = project(summary=UNCLEAN, intended_use=UNCLEAN, out_of_scope=[UNCLEAN, "Anything else."])
    hospital.pull(7, {**unclean, note: "n\n"})
    said = judged(hospital)
    for told in (said.text, said.output):
        assert not {text for text in (SSN, NAME, STREET, "2023-03-14") if text in told}
    (demo,) = said.report["projects"]
    assert (demo["summary"], demo["intended_use"]) == (HIDDEN, HIDDEN)
    assert demo["out_of_scope"] == [HIDDEN, "Anything else."]
    paths = [path["path"] for path in said.report["changes"]["paths"]]
    assert f"projects/demo/({HIDDEN})" in paths
    assert "projects/demo/project.yaml" in paths


def test_what_is_shown_of_texts_and_paths() -> None:
    """Clean words are shown as they are; names of evidence are digests and are shown, too."""
    assert HIDDEN.startswith("hidden: ")
    assert shown(UNCLEAN) == HIDDEN
    assert shown("ICD-10 chapter of the main diagnosis") == "ICD-10 chapter of the main diagnosis"
    given = {
        f"projects/demo/{SSN}.md": ("document", "demo", f"projects/demo/({HIDDEN})"),
        f"projects/{SSN}/project.yaml": ("plan", SSN, f"({HIDDEN})"),
        "projects/demo/prompt/prompt.md": ("plan", "demo", "projects/demo/prompt/prompt.md"),
        "projects/demo/runs/0123456789ab-a1/record.json": (
            "evidence",
            "demo",
            "projects/demo/runs/0123456789ab-a1/record.json",
        ),
    }
    paths = tuple(
        ChangedPath(path=path, status="A", kind=kind, project=name)  # type: ignore[arg-type]
        for path, (kind, name, _) in given.items()
    )
    told = shown_changes(changes(paths=paths))
    assert [path.path for path in told.paths] == [words for _, _, words in given.values()]


@pytest.mark.parametrize("required", [["ml", "privacy"], ["ml"]])
def test_a_policy_for_a_moment_names_nobody(hospital: Hospital, required: list[str]) -> None:
    """Pushed, used for one merge, and reverted: what judges now is right, what judged then was not."""
    taken = policy(
        required_roles=required, roles={"ml": {"people": ["mallory"]}, "privacy": {"people": ["bob"]}}
    )
    hospital.commit("main", {POLICY_FILE: taken}, author="mallory")
    hospital.brought(8, project(), "mallory", "bob")
    hospital.commit("main", {POLICY_FILE: policy()}, author="mallory")
    assert "058" in hospital.gate().against
    # The way out: the plan is asked for again, under the policy that was agreed to.
    hospital.brought(9, {"projects/demo/project.yaml": spec(revision=2)}, "mila", "petra")
    assert hospital.gate().allowed
