"""Taking over what the working job left: found through GitHub's API, checked, and only then looked into.

Whoever starts the report, it asks GitHub the same question: which run of which workflow at which commit left
these bytes?
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.bundle import BundleManifest, evidence_artifact
from clinft.artifacts.results import RunRecord
from clinft.artifacts.run_state import RunState
from clinft.errors import DigestMismatch
from clinft.pipeline.github import unpacking
from clinft.pipeline.github.on_main import OnMain
from clinft.pipeline.github.provenance import REPORT, TRAIN, origin, vouched
from clinft.pipeline.verify import changed_files
from clinft.ports.runs import LeftArtifact

MOST_BYTES = 200_000_000


@dataclass(frozen=True)
class Accepted:
    manifest: BundleManifest
    folder: Path


def accept(main: OnMain, run: RunState, project: str, target: Path) -> Accepted | None:
    """The newest bundle of the run, checked. None: whoever took the run up last has left none.

    Raises PolicyViolation or DigestMismatch for one that is not ours or not whole; then `target` is empty.
    """
    for workflow_run, artifact in _left(main, run, f"bundle-{run.run_id}-"):
        data = _fetched(main, workflow_run, artifact, TRAIN)
        found = main.runs.run(workflow_run)
        assert found is not None, "vouched has seen it"
        expected = unpacking.Expected(
            project=project,
            run_id=run.run_id,
            plan_digest=run.plan_digest,
            main_sha=found.head_sha,
            workflow_run=workflow_run,
            artifact_name=artifact.name,
            purpose=run.purpose,
        )
        manifest = unpacking.unpack(data, target, expected)
        if manifest.status in ("running", "paused") and workflow_run != _last_at_work(main, run):
            # A segment that was reported long ago; what came after it was lost.
            shutil.rmtree(target)
            return None
        return Accepted(manifest, target)
    return None


def _last_at_work(main: OnMain, run: RunState) -> int | None:
    """The newest workflow run that took the run up to work on it, and not to report it."""
    for entry in reversed(run.history):
        found = None if entry.workflow_run is None else main.runs.run(entry.workflow_run)
        if found is not None and origin(found, main.repository, TRAIN) is None:
            return found.id
    return None


def fetch_evidence(main: OnMain, run: RunState, record_digest: str, target: Path) -> RunRecord | None:
    """The evidence that an earlier job sealed and could not publish, written to `target`.

    None: GitHub does not keep it any more. Raises DigestMismatch where it is not what was sealed.
    """
    name = evidence_artifact(run.run_id, record_digest, run.purpose)
    for workflow_run, artifact in _left(main, run, name):
        data = _fetched(main, workflow_run, artifact, REPORT)
        unpacking.unpack_sealed(data, target, run.purpose)
        record = run_folder.load_record(target)
        if record is None or record.digest != record_digest or changed_files(target, record):
            raise DigestMismatch(
                f"The evidence of {run.run_id} is not what its record lists.",
                "The artifact was damaged on its way.",
                "Run this job again.",
            )
        return record
    return None


def has_evidence(main: OnMain, run: RunState, record_digest: str) -> bool:
    return any(True for _ in _left(main, run, evidence_artifact(run.run_id, record_digest, run.purpose)))


def has_bundle(main: OnMain, workflow_run: int, run_id: str) -> bool:
    """Whether that workflow run has left a bundle; its origin is judged when it is fetched."""
    left = _artifacts(main, workflow_run)
    return any(one.name.startswith(f"bundle-{run_id}-") and not one.expired for one in left)


def _artifacts(main: OnMain, workflow_run: int) -> tuple[LeftArtifact, ...]:
    """Nothing where the workflow run is gone: GitHub keeps it for 400 days, and people may delete it."""
    return () if main.runs.run(workflow_run) is None else main.runs.artifacts(workflow_run)


def _left(main: OnMain, run: RunState, prefix: str) -> Iterator[tuple[int, LeftArtifact]]:
    """What the workflow runs that worked on it have left, the newest first."""
    asked = [entry.workflow_run for entry in reversed(run.history) if entry.workflow_run is not None]
    for workflow_run in dict.fromkeys(asked):
        for artifact in reversed(_artifacts(main, workflow_run)):
            if artifact.name.startswith(prefix) and not artifact.expired:
                yield workflow_run, artifact


def _fetched(main: OnMain, workflow_run: int, artifact: LeftArtifact, workflow: str) -> bytes:
    against = vouched(
        main.runs, main.history, main.repository, main.tip, workflow_run, artifact.name, workflow
    )
    if against is not None:
        raise DigestMismatch(
            f"What workflow run {workflow_run} left is not accepted: {against}",
            "Somebody else's workflow left an artifact of this name, or the branch was rewritten.",
            "Start train again for this project; look at the workflow run that is named.",
        )
    return main.runs.download(artifact, MOST_BYTES)
