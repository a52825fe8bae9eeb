"""The state of projects in memory, through the same JSON that a ref holds."""

from clinft.artifacts.run_state import ProjectState
from clinft.ports.state import Version
from clinft.run_folder import to_bytes


class MemoryStateStore:
    def __init__(self, *states: ProjectState) -> None:
        # Every version there was: the newest counts, and its place is what a swap compares with.
        self._versions: dict[str, list[bytes]] = {state.project: [to_bytes(state)] for state in states}

    def projects(self) -> tuple[str, ...]:
        return tuple(sorted(self._versions))

    def read(self, project: str) -> Version:
        versions = self._versions.get(project)
        if versions is None:
            return Version(ProjectState(project=project), None)
        return Version(ProjectState.model_validate_json(versions[-1]), str(len(versions)))

    def swap(self, before: Version, after: ProjectState) -> bool:
        if self.read(after.project).token != before.token:
            return False
        self._versions.setdefault(after.project, []).append(to_bytes(after))
        return True
