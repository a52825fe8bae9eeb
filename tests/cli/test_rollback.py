"""`clinft rollback`: by hand, one line, never to a run that may not be deployed; nothing leaves the machine."""

from pathlib import Path

import pytest

from tests.fakes.cli import clinft
from tests.fakes.committed_runs import commit_run
from tests.fakes.github.bare import identity, run_git
from tests.fakes.specs import write_repository
from tests.pipeline.test_standing import GOOD, A, B


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made = write_repository(tmp_path)
    run_git(tmp_path, "init", "--quiet", "--initial-branch=main")
    for run_id in (A, B):
        commit_run(tmp_path / "projects", f"demo/{run_id}", regress=GOOD)
        (made / "deployment.yaml").write_text(f"run_id: {run_id}\n")
        commit(tmp_path)
    return made


def commit(root: Path) -> None:
    run_git(root, "add", "--all", "--force")
    who = {**identity("alice"), **identity("alice", role="COMMITTER")}
    run_git(root, "commit", "--quiet", "-m", "More", env=who)


def test_back_to_the_run_before(project: Path) -> None:
    done = clinft("rollback", project, "--reason", "It misses <b>strokes</b> @everyone")
    assert done.exit_code == 0, done.output
    assert (project / "deployment.yaml").read_text() == f"run_id: {A}\n"
    assert f"-run_id: {B}" in done.output
    assert f"+run_id: {A}" in done.output
    assert "privacy" in done.output
    assert "clinical" in done.output
    assert "<b>" not in done.output
    assert "@everyone" not in done.output


def test_the_first_one_leaves_nothing_deployed(project: Path) -> None:
    run_git(project.parent.parent, "checkout", "--quiet", "--detach", "HEAD~1")
    done = clinft("rollback", project)
    assert done.exit_code == 0, done.output
    assert not (project / "deployment.yaml").exists()
    assert "nothing is deployed any more" in done.output


@pytest.mark.parametrize(
    ("to", "exit_code", "said"),
    [
        (B, 2, "deployed already"),
        ("cccccccccccc-a1", 1, "no record of it"),
        # These runs are made of plain values, so a replay finds that their chain does not hold.
        (A, 1, "links of its chain differ"),
    ],
)
def test_where_to_is_checked(project: Path, to: str, exit_code: int, said: str) -> None:
    done = clinft("rollback", project, "--to", to)
    assert done.exit_code == exit_code
    assert said in done.output
    assert (project / "deployment.yaml").read_text() == f"run_id: {B}\n"


def test_nothing_deployed_nothing_to_take_back(project: Path) -> None:
    (project / "deployment.yaml").unlink()
    done = clinft("rollback", project)
    assert (done.exit_code, "no deployed run" in done.output) == (2, True)


def test_without_a_history_the_run_must_be_named(tmp_path: Path) -> None:
    made = write_repository(tmp_path)
    (made / "deployment.yaml").write_text(f"run_id: {A}\n")
    done = clinft("rollback", made)
    assert done.exit_code == 2
    assert "cannot be told" in done.output
    assert "--to" in done.output
    assert (made / "deployment.yaml").exists()
