"""Runs that ended long ago: on a protected branch in real git, and in projects' states."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from clinft.adapters.git import GitHistory
from clinft.artifacts.results import RunRecord
from clinft.artifacts.run_state import ProjectState, Purpose, RunState
from clinft.pipeline import status_files
from clinft.pipeline.github.retention import Known, states_of
from clinft.run_folder import load_record
from clinft.spec.base import Strict
from clinft.spec.policy import Retention
from tests.fakes.committed_runs import LIVED, commit_run, entries, seal
from tests.fakes.github.bare import identity, run_git
from tests.fakes.state_store import MemoryStateStore

DAY = "2026-01-01"
# The fourth entry, an hour each, ended the attempt: thirty days ago to the second.
NOW = datetime(2026, 1, 31, 4, tzinfo=UTC)
DAYS = 30
WHO = {**identity("clinft"), **identity("clinft", role="COMMITTER")}


class Branch:
    """The protected branch of a repository on this disk. What `root` holds is committed by `known`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True)
        run_git(root, "init", "--quiet", "--initial-branch", "main")

    @property
    def projects(self) -> Path:
        return self.root / "projects"

    def run(
        self,
        name: str,
        statuses: Sequence[str] | None = LIVED,
        end: str = "succeeded",
        day: str = DAY,
        **changed: Strict | None,
    ) -> Path:
        """`name`: project/run. `statuses`: None for a run that nobody kept a status of."""
        folder = commit_run(self.projects, name, f"{day}T03:00:00+00:00", end, **changed)
        if statuses is not None:
            status_files.write_new(folder, entries(folder.name, statuses, record_of(folder).digest, day))
        return folder

    def deploy(self, project: str, text: str) -> str:
        (self.projects / project / "deployment.yaml").write_text(text)
        return self.commit()

    def commit(self) -> str:
        run_git(self.root, "add", "--all", "--force")
        run_git(self.root, "commit", "--quiet", "--allow-empty", "-m", "More", env=WHO)
        return run_git(self.root, "rev-parse", "HEAD").decode().strip()

    def known(self, *states: ProjectState, now: datetime = NOW, days: int = DAYS) -> Known:
        retention = Retention(weights_days=days, provider_files_days=days)
        under_way = states_of(MemoryStateStore(*states))
        return Known(GitHistory(self.root, {}), self.commit(), under_way, retention, now)


def record_of(folder: Path) -> RunRecord:
    record = load_record(folder)
    assert record is not None
    return record


def resealed(folder: Path, status: str = "succeeded") -> RunRecord:
    """After a file beside the record was added or changed."""
    return seal(folder, folder.parents[1].name, folder.name, status)


def begun(
    run_id: str, statuses: Sequence[str] = ("queued", "failed"), purpose: Purpose = "train", day: str = DAY
) -> RunState:
    """As a project's state has it."""
    return RunState(
        run_id=run_id,
        purpose=purpose,
        plan_digest=run_id[:12].ljust(64, "0"),
        provider="fake",
        runner="local",
        main_sha="a" * 40,
        pull_request=5,
        history=entries(run_id, statuses, day=day),
    )


def under_way(*runs: RunState, project: str = "demo") -> ProjectState:
    return ProjectState(project=project, runs=runs)
