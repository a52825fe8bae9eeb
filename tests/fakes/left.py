"""What the jobs after a merge have left: on GitHub, in the project's state, and on the machine that trains."""

import os
from collections.abc import Callable
from pathlib import Path

from clinft.adapters.git_state import GitStateStore
from clinft.artifacts.run_state import ProjectState
from tests.fakes.github.bare import GitError, run_git
from tests.fakes.hospital import Hospital


class Left(Hospital):
    @property
    def cache(self) -> Path:
        """Of the machine: it outlives its jobs."""
        return self.folder / "cache"

    def changed(self, change: Callable[[ProjectState], ProjectState], project: str = "demo") -> None:
        """The project's state as time or somebody's job has left it, written by the store itself."""
        store = GitStateStore(self.clone, os.environ, str(self.server.bare), None)
        before = store.read(project)
        assert store.swap(before, change(before.state))

    def lease_ends(self, project: str = "demo") -> None:
        """As if the holder of the lock had not been heard of for days."""

        def change(here: ProjectState) -> ProjectState:
            assert here.holder is not None
            past = here.holder.model_copy(update={"lease_until": "2026-01-01T00:00:00+00:00"})
            return here.model_copy(update={"holder": past})

        self.changed(change, project)

    # What lies there

    def state(self, project: str = "demo") -> ProjectState:
        ref = f"refs/clinft/{project}"
        if self.server.repo.ref(ref) is None:
            return ProjectState(project=project)
        return ProjectState.model_validate_json(run_git(self.server.bare, "show", f"{ref}:state.json"))

    def statuses(self, run_id: str | None = None, project: str = "demo") -> list[str]:
        """Of a run's journal; of the newest run where none is named."""
        runs = self.state(project).runs
        run = runs[-1] if run_id is None else self.state(project).run(run_id)
        assert run is not None
        return [entry.status for entry in run.history]

    def file(self, ref: str, path: str) -> str:
        return run_git(self.server.bare, "show", f"{ref}:{path}").decode()

    def files(self, ref: str, folder: str) -> list[str]:
        return run_git(self.server.bare, "ls-tree", "-r", "--name-only", ref, "--", folder).decode().split()

    def rows(self, table: str, ref: str = "refs/heads/main") -> list[str]:
        return self.file(ref, f"projects/tracking/{table}.csv").splitlines()[1:]

    def fits(self, ref: str) -> bool:
        """Whether GitHub can merge it into main."""
        try:
            run_git(self.server.bare, "merge-tree", "--write-tree", "refs/heads/main", ref)
        except GitError:
            return False
        return True

    def opened(self, prefix: str) -> list[int]:
        """Pull requests of ours from such branches, open or not."""
        return [number for number, pull in self.server.pulls.items() if pull.head_ref.startswith(prefix)]

    def weights(self, project: str, run_id: str) -> Path:
        """Where the machine keeps checkpoints and weights between its jobs."""
        return self.cache / "clinft" / "runs" / self.server.full_name / project / run_id

    def issues(self) -> list[int]:
        return [number for number in self.server.issues if number not in self.server.pulls]

    def notes(self) -> list[str]:
        """The tracking issues' comments, oldest first."""
        return [one.body for one in self.server.comments.values() if one.number in self.issues()]
