"""What is in use and what was, by real commits; and which model a verdict is about."""

import os
from pathlib import Path

import pytest

from clinft.adapters.git import GitHistory
from clinft.artifacts.results import Reference
from clinft.pipeline.github.in_use import compared_with, deployments
from tests.fakes import run_results
from tests.fakes.github.bare import identity, run_git

A, B = "aaaaaaaaaaaa-a1", "bbbbbbbbbbbb-a1"


def committed(root: Path, *contents: str | None) -> list[str | None]:
    """deployment.yaml as each commit left it, None: removed; what is told of the last one."""
    run_git(root, "init", "--quiet", "--initial-branch=main")
    path = root / "projects/demo/deployment.yaml"
    path.parent.mkdir(parents=True)
    who = {**identity("alice"), **identity("alice", role="COMMITTER")}
    for content in contents:
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.write_text(content)
        run_git(root, "add", "--all")
        run_git(root, "commit", "--quiet", "--allow-empty", "-m", "More", env=who)
    history = GitHistory(root, os.environ)
    tip = history.resolve("HEAD")
    assert tip is not None
    return list(deployments(history, tip, "demo"))


@pytest.mark.parametrize(
    ("contents", "told"),
    [
        ([None], [None]),
        ([None, f"run_id: {A}\n"], [A, None]),
        ([None, f"run_id: {A}\n", f"run_id: {B}\n"], [B, A, None]),
        ([None, f"run_id: {A}\n", None], [None, A, None]),
        # The commit that brought it is the first of all.
        ([f"run_id: {A}\n"], [A]),
        # Nobody can read it: what it named before is in use still.
        ([None, f"run_id: {A}\n", "run_id: [\n"], [A, None]),
    ],
)
def test_what_was_in_use_the_newest_first(
    tmp_path: Path, contents: list[str | None], told: list[str | None]
) -> None:
    assert committed(tmp_path, *contents) == told


def test_the_model_in_use_that_a_verdict_is_about() -> None:
    verdict = run_results.regression()

    def against(run_id: str | None, *references: Reference) -> str | None:
        return compared_with(verdict.model_copy(update={"baseline_run_id": run_id, "references": references}))

    deployed = Reference(role="deployed", run_id=A, status="PASS")
    approved = Reference(role="approved", run_id=B, status="PASS")
    assert against(A) == A
    assert against(A, deployed, approved) == A
    assert against(None) is None
    # Answers from before the first run, and the fixed point where nothing is deployed.
    assert against("recorded") is None
    assert against(B, approved) is None
