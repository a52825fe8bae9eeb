"""What clinft asks GitHub Actions: who ran what, what was left, and to start a workflow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class WorkflowRun:
    """`path`: of the workflow file, e.g. .github/workflows/train.yml. `status`: completed, or it is live."""

    id: int
    attempt: int
    path: str
    event: str
    head_sha: str
    head_branch: str
    repository: str  # full name of where the run's code came from
    status: str
    conclusion: str | None
    url: str

    @property
    def over(self) -> bool:
        return self.status == "completed"


@dataclass(frozen=True)
class LeftArtifact:
    id: int
    name: str
    size_bytes: int
    expired: bool
    digest: str | None  # "sha256:..." of the zip, as GitHub tells it


class WorkflowRuns(Protocol):
    def run(self, workflow_run: int) -> WorkflowRun | None:
        """None: there is no such run (any more)."""

    def artifacts(self, workflow_run: int) -> tuple[LeftArtifact, ...]:
        """All pages; the newest last."""

    def download(self, artifact: LeftArtifact, most_bytes: int) -> bytes:
        """The zip. Refuses one that is larger, or whose digest is not the told one."""

    def dispatch(self, workflow: str, branch: str, inputs: Mapping[str, str]) -> None:
        """Start `workflow`, a file name, on the branch. Never repeated by itself."""
