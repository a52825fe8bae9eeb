"""Evidence that a workflow of ours brought: told by GitHub's list of what that workflow run has left.

Who opened the pull request says nothing: whoever may push can have github-actions[bot] open one. But nobody
can leave an artifact in a workflow run of the protected branch, and its name holds the record's digest.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.bundle import evidence_artifact
from clinft.errors import ClinftError, ServiceError
from clinft.pipeline import status_files
from clinft.pipeline.github.provenance import REPORT, vouched
from clinft.pipeline.verify import changed_files
from clinft.ports.history import History
from clinft.ports.runs import WorkflowRuns


@dataclass(frozen=True)
class Vouching:
    """`tip`: of the protected branch, to whose own commits a workflow run must belong."""

    history: History
    runs: WorkflowRuns
    repository: str
    tip: str

    def __call__(self, commit: str, project: str, run_id: str) -> bool:
        """Whether a workflow run of ours sealed all that lies in the run's folder at `commit`.

        ServiceError where GitHub does not answer.
        """
        place = f"projects/{project}/runs/{run_id}"
        with tempfile.TemporaryDirectory(prefix="clinft-evidence-") as folder:
            self.history.export(commit, place, Path(folder))
            run = Path(folder) / place
            again = sorted((run / status_files.AGAIN).glob("[0-9][0-9]"))
            return all(self._sealed(each, run_id) for each in (run, *again))

    def _sealed(self, folder: Path, run_id: str) -> bool:
        try:
            record = run_folder.load_record(folder)
            entries = status_files.read(folder)
        except ServiceError:
            raise
        except ClinftError:
            return False
        if record is None or record.run_id != run_id or changed_files(folder, record):
            return False
        sealing = [entry for entry in entries if entry.record == record.digest]
        if not sealing or sealing[0].workflow_run is None:
            return False
        name = evidence_artifact(run_id, record.digest)
        at = sealing[0].workflow_run
        return vouched(self.runs, self.history, self.repository, self.tip, at, name, REPORT) is None
