"""Drafts: on whose branch, over what, and what a person finds afterwards."""

from pathlib import Path

import pytest

from tests.fakes.assistant import BRANCH, files, refs
from tests.fakes.cli import clinft
from tests.fakes.github.bare import run_git
from tests.pipeline.assistant.conftest import Tell

SPEC, PROMPT = "projects/demo/project.yaml", "projects/demo/prompt/prompt.md"


def sha256_of(tell: Tell, place: str) -> str:
    return next(
        one["sha256"] for one in tell("read_project", project="demo")["files"] if one["place"] == place
    )


@pytest.mark.parametrize("branch", ["main", "master", None])
def test_nothing_is_drafted_on_a_protected_branch_or_on_none(
    tell: Tell, refused: Tell, root: Path, branch: str | None
) -> None:
    run_git(root, *(("switch", "-q", "--detach") if branch is None else ("switch", "-qC", branch)))
    before = files(root)
    text = (root / SPEC).read_text().replace("seed: 7", "seed: 8")
    asked = {"project": "demo", "spec": text, "spec_sha256": sha256_of(tell, SPEC)}
    assert "git switch -c my-task" in refused("draft_spec", **asked)
    assert "git switch -c my-task" in refused("new_project", name="fresh", domain="cardiology")
    assert tell("draft_spec", **asked, write=False)["valid"]
    assert files(root) == before


def test_what_the_remote_calls_its_head_is_protected_too(refused: Tell, root: Path) -> None:
    run_git(root, "update-ref", "refs/remotes/origin/trunk", "HEAD")
    run_git(root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    run_git(root, "switch", "-qc", "trunk")
    assert "trunk is the protected branch" in refused("new_project", name="fresh", domain="cardiology")


def test_a_project_is_never_begun_over_one_that_is_there(refused: Tell, root: Path) -> None:
    before = files(root)
    assert "A project is never overwritten." in refused("new_project", name="demo", domain="cardiology")
    assert files(root) == before


def test_a_text_that_somebody_changed_meanwhile_is_not_written_over(
    tell: Tell, refused: Tell, root: Path
) -> None:
    known, text = sha256_of(tell, SPEC), (root / SPEC).read_text().replace("seed: 7", "seed: 8")
    (root / SPEC).write_text(text.replace("seed: 8", "seed: 9"))
    said = refused("draft_spec", project="demo", spec=text, spec_sha256=known)
    assert "changed it since" in said
    assert "changed it since" in refused("draft_spec", project="demo", spec=text)
    assert "seed: 9" in (root / SPEC).read_text()


def test_both_texts_are_judged_and_written_together(tell: Tell, root: Path) -> None:
    """A label that is renamed stands in both."""
    spec = (root / SPEC).read_text().replace("- digestive", "- stomach")
    prompt = (root / PROMPT).read_text().replace("digestive", "stomach")
    known = {"spec_sha256": sha256_of(tell, SPEC), "prompt_sha256": sha256_of(tell, PROMPT)}
    alone = tell("draft_spec", project="demo", spec=spec, write=False)
    assert [one["file"] for one in alone["problems"]][-1] == PROMPT
    both = tell("draft_spec", project="demo", spec=spec, prompt=prompt, write=False, **known)
    # The generator makes no record with that label, and says so.
    assert not both["written"]
    assert (root / SPEC).read_text() != spec


def test_the_commands_of_a_draft_lead_to_what_was_drafted(tell: Tell, root: Path) -> None:
    before = refs(root)
    text = (root / SPEC).read_text().replace("seed: 7", "seed: 8")
    tell("draft_spec", project="demo", spec=text, spec_sha256=sha256_of(tell, SPEC))
    made = tell("draft_pull_request", project="demo", title="Another seed")
    assert (made["branch"], made["files"], made["left_out"]) == ("clinft-draft/demo", [SPEC, PROMPT], [])
    assert made["parent"] == before["refs/heads/main"]
    changed = run_git(root, "diff", "--name-only", made["parent"], made["commit"]).decode().split()
    assert changed == [SPEC]
    # The person's own checkout: same branch, same index, the edit where it was.
    assert run_git(root, "status", "--short").decode() == f" M {SPEC}\n"
    assert run_git(root, "branch", "--show-current").decode().strip() == BRANCH
    assert (
        "Drafted by an assistant through clinft mcp." in run_git(root, "log", "-1", made["commit"]).decode()
    )


def test_a_second_draft_goes_on_from_the_first(tell: Tell, refused: Tell, root: Path) -> None:
    commits = []
    for seed in (8, 9):
        text = (root / SPEC).read_text().replace(f"seed: {seed - 1}", f"seed: {seed}")
        tell("draft_spec", project="demo", spec=text, spec_sha256=sha256_of(tell, SPEC))
        commits.append(tell("draft_pull_request", project="demo", title=f"Seed {seed}"))
    assert commits[1]["parent"] == commits[0]["commit"]
    assert "There is nothing to draft." in refused("draft_pull_request", project="demo", title="Again")
    # Merged as it is: the next one begins at the protected branch again.
    run_git(root, "update-ref", "refs/heads/main", commits[1]["commit"])
    text = (root / SPEC).read_text().replace("seed: 9", "seed: 10")
    tell("draft_spec", project="demo", spec=text, spec_sha256=sha256_of(tell, SPEC))
    assert tell("draft_pull_request", project="demo", title="10")["parent"] == commits[1]["commit"]


def test_a_branch_that_somebody_works_on_is_left_alone(tell: Tell, refused: Tell, root: Path) -> None:
    text = (root / SPEC).read_text().replace("seed: 7", "seed: 8")
    tell("draft_spec", project="demo", spec=text, spec_sha256=sha256_of(tell, SPEC))
    run_git(root, "switch", "-qc", "clinft-draft/demo")
    before = refs(root)
    assert "is checked out" in refused("draft_pull_request", project="demo", title="Another seed")
    assert refs(root) == before


def test_what_is_not_valid_or_names_somebody_is_not_drafted(refused: Tell, root: Path) -> None:
    said = refused("draft_pull_request", project="demo", title="For MRN 12345678, ssn 123-45-6789")
    assert "123-45" not in said
    (root / SPEC).write_text((root / SPEC).read_text().replace("provider: fake", "provider: fakes"))
    said = refused("draft_pull_request", project="demo", title="Another provider")
    assert f"- {SPEC}:" in said
    assert not [ref for ref in refs(root) if "clinft-draft" in ref]


def test_git_that_knows_no_name_is_told_how_to_learn_it(refused: Tell, root: Path) -> None:
    (root / SPEC).write_text((root / SPEC).read_text().replace("seed: 7", "seed: 8"))
    run_git(root, "config", "user.name", "")
    before = refs(root)
    assert "git config user.name" in refused("draft_pull_request", project="demo", title="Seed")
    assert refs(root) == before


def test_a_project_in_quarantine_is_left_alone(tell: Tell, refused: Tell, root: Path) -> None:
    text, known = (root / SPEC).read_text(), sha256_of(tell, SPEC)
    assert clinft("incident", root / "projects" / "demo").exit_code in (0, 1)
    for name, more in {
        "draft_spec": {"spec": text, "spec_sha256": known},
        "draft_pull_request": {"title": "x"},
    }.items():
        assert "is in quarantine" in refused(name, project="demo", **more)
    assert tell("next_step", project="demo")["state"] == "quarantined"
