"""Runs of workflows and what they left: set by a test, or lying where the upload stand-in of tests/e2e puts it."""

import hashlib
import io
import itertools
import secrets
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.github.bare import BareRepository

# The earliest that a zip can tell; the same files shall give the same bytes.
NO_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass
class WorkflowRun:
    """`repository`: where its code comes from, if not from ours."""

    id: int
    path: str
    event: str
    head_sha: str
    head_branch: str
    status: str
    conclusion: str | None
    attempt: int
    repository: str | None

    @property
    def workflow_id(self) -> int:
        return zlib.crc32(self.file.encode())

    @property
    def file(self) -> str:
        return self.path.partition("@")[0].rpartition("/")[2]


@dataclass(frozen=True)
class Artifact:
    id: int
    run_id: int
    name: str
    data: bytes
    expired: bool = False
    told: str | None = None

    @property
    def digest(self) -> str:
        return self.told or f"sha256:{hashlib.sha256(self.data).hexdigest()}"


class WorkflowRunsState:
    """`artifacts_folder`: there, artifact `name` of run N is also what lies in N/name/; `kept`: all others."""

    repo: BareRepository

    def __init__(self) -> None:
        self.workflow_runs: dict[int, WorkflowRun] = {}
        self.artifacts_folder: Path | None = None
        self.cancels: list[int] = []
        self.kept: list[Artifact] = []
        self._artifact_ids = itertools.count(500_001)
        self._ids_on_disk: dict[tuple[int, str], int] = {}
        self._store_key = secrets.token_bytes(16)

    def add_workflow_run(
        self,
        id: int,  # noqa: A002
        path: str = ".github/workflows/train.yml",
        event: str = "push",
        head_sha: str | None = None,
        head_branch: str = "main",
        status: str = "in_progress",
        conclusion: str | None = None,
        attempt: int = 1,
        repository: str | None = None,
    ) -> WorkflowRun:
        """Of main's tip unless another commit is given. A known id is run again: what it left stays."""
        sha = head_sha or self.repo.ref("refs/heads/main")
        if sha is None:
            raise KeyError("no branch main in the repository")
        made = WorkflowRun(id, path, event, sha, head_branch, status, conclusion, attempt, repository)
        self.workflow_runs[id] = made
        return made

    def end_run(self, id: int, conclusion: str) -> None:  # noqa: A002
        self.workflow_runs[id].status, self.workflow_runs[id].conclusion = "completed", conclusion

    def add_artifact(
        self,
        run_id: int,
        name: str,
        files: Mapping[str, bytes] | bytes,
        expired: bool = False,
        digest: str | None = None,
    ) -> int:
        """`files`: by path, or the zip itself. `digest`: told instead of the true one."""
        if run_id not in self.workflow_runs:
            raise KeyError(f"no workflow run {run_id}")
        data = files if isinstance(files, bytes) else zipped(files)
        made = Artifact(next(self._artifact_ids), run_id, name, data, expired, digest)
        self.kept.append(made)
        return made.id

    def artifacts_of(self, run_id: int) -> list[Artifact]:
        """The newest first, as GitHub lists them."""
        kept = [one for one in self.kept if one.run_id == run_id]
        return sorted([*kept, *self._on_disk(run_id)], key=lambda one: -one.id)

    def artifact(self, id: int) -> Artifact | None:  # noqa: A002
        places = {run for (run, _), number in self._ids_on_disk.items() if number == id}
        found = [*self.kept, *(one for run in places for one in self._on_disk(run))]
        return next((one for one in found if one.id == id), None)

    def signature(self, id: int) -> str:  # noqa: A002
        """What the address of an artifact's bytes carries in place of a token."""
        return hashlib.sha256(self._store_key + str(id).encode()).hexdigest()[:32]

    def _on_disk(self, run_id: int) -> list[Artifact]:
        root = self.artifacts_folder and self.artifacts_folder / str(run_id)
        if root is None or not root.is_dir():
            return []
        found = []
        for folder in sorted(path for path in root.iterdir() if path.is_dir()):
            key = (run_id, folder.name)
            if key not in self._ids_on_disk:
                self._ids_on_disk[key] = next(self._artifact_ids)
            paths = [path for path in folder.rglob("*") if path.is_file()]
            data = zipped({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})
            found.append(Artifact(self._ids_on_disk[key], run_id, folder.name, data))
        return found


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The same bytes for the same files: sorted, without dates."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, NO_DATE)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED)
    return made.getvalue()
