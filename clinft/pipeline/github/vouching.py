"""Evidence that a workflow of ours brought: told by GitHub's list of what that workflow run has left.

Who opened the pull request says nothing: whoever may push can have github-actions[bot] open one. But nobody
can leave an artifact in a workflow run of the protected branch, and its name holds the record's digest.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.bundle import evidence_artifact
from clinft.artifacts.results import RegressionVerdict
from clinft.artifacts.run_state import DISPOSALS, Purpose
from clinft.errors import ClinftError, ServiceError
from clinft.pipeline import status_files
from clinft.pipeline.github.provenance import REPORT, vouched
from clinft.pipeline.github.retention import moment
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

    def __call__(self, commit: str, project: str, run_id: str, *, disposals: bool) -> bool:
        """Whether workflow runs of ours sealed all that lies in the run's folder at `commit`.

        `disposals`: entries that tell what was deleted later may follow, which no record can name.
        ServiceError where GitHub does not answer.
        """
        place = f"projects/{project}/runs/{run_id}"
        with tempfile.TemporaryDirectory(prefix="clinft-evidence-") as folder:
            self.history.export(commit, place, Path(folder))
            run = Path(folder) / place
            again = status_files.again(run)
            try:
                digests = [self._sealed(run, project, run_id, "train", disposals)]
                digests += [self._sealed(each, project, run_id, "evaluate", False) for each in again]
                # One that was sealed before, brought once more or later, would hide what came in between.
                return None not in digests and len({*digests}) == len(digests) and _in_order([run, *again])
            except ServiceError:
                raise
            except ClinftError:
                return False

    def _sealed(
        self, folder: Path, project: str, run_id: str, purpose: Purpose, disposals: bool
    ) -> str | None:
        """The digest of its record; None where no workflow run of ours sealed it."""
        record = run_folder.load_record(folder)
        entries = status_files.read(folder)
        if record is None or (record.project, record.run_id) != (project, run_id):
            return None
        numbers = [entry.number for entry in entries if entry.record == record.digest]
        if not numbers or changed_files(folder, record):
            return None
        sealing, later = entries[numbers[0] - 1], entries[numbers[0] :]
        if sealing.workflow_run is None or (later and not disposals):
            return None
        if any(entry.status not in DISPOSALS for entry in later):
            return None
        name = evidence_artifact(run_id, record.digest, purpose)
        by = sealing.workflow_run
        against = vouched(self.runs, self.history, self.repository, self.tip, by, name, REPORT)
        return record.digest if against is None else None


def _in_order(folders: Sequence[Path]) -> bool:
    """Each verdict was given after the one before. The records cover when."""
    found = [run_folder.load(folder, "regress", RegressionVerdict) for folder in folders]
    times = [moment(verdict.created_at) for verdict in found if verdict is not None]
    known = [at for at in times if at is not None]
    return len(known) == len(times) and all(a < b for a, b in pairwise(known))
