"""Runs as their committed evidence has them: read, checked against the record, and typed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clinft import run_folder
from clinft.artifacts.audit import AuditReport
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.model import TrainedModel
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.prompt_assessment import PromptAssessment
from clinft.artifacts.results import EvaluationReport, RegressionVerdict, RunRecord, RunReport
from clinft.artifacts.run_state import OVER, StatusEntry
from clinft.errors import ClinftError, DigestMismatch
from clinft.pipeline import status_files
from clinft.pipeline.status_chain import ending
from clinft.spec import yaml

PAYLOADS: dict[str, type[Any]] = {
    "prepare": PreparedDataset,
    "audit": AuditReport,
    "estimate": CostEstimate,
    "gate": GateDecision,
    "train": TrainedModel,
    "evaluate": EvaluationReport,
    "regress": RegressionVerdict,
    "report": RunReport,
}
ASSESS = "assess"
RUN = re.compile(r"[0-9a-f]{12}-a[1-9][0-9]*")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


@dataclass(frozen=True)
class Evidence:
    """A record and the artifacts it covers. `again`: number of the folder; None: the run's own.

    `assessed`: what the prompt assessment advised, where the run has one.
    """

    record: RunRecord
    stages: dict[str, Artifact[Any]]
    again: int | None = None
    assessed: PromptAssessment | None = None


@dataclass(frozen=True)
class TrackedRun:
    own: Evidence
    again: tuple[Evidence, ...]
    status: tuple[StatusEntry, ...]
    domain: str | None

    @property
    def is_over(self) -> bool:
        """Until then the record is rewritten, and nothing but that it runs can be said for good."""
        return self.own.record.status in OVER

    @property
    def on_a_laptop(self) -> bool:
        """Nobody kept a journal while it ran; entries may follow all the same, and change nothing of that."""
        permitted = self.own.stages.get("gate")
        return not self.status or (permitted is not None and permitted.payload.mode == "local")

    @property
    def started_at(self) -> str | None:
        """When the attempt was taken; on a laptop, when it was permitted."""
        if self.on_a_laptop:
            permitted = self.own.stages.get("gate")
            return None if permitted is None else permitted.created_at
        return self.status[0].at

    @property
    def ended_at(self) -> str | None:
        """When the attempt ended; on a laptop, when it was reported."""
        if self.on_a_laptop:
            reported = self.own.stages.get("report")
            return reported.created_at if reported and self.is_over else None
        ended = ending(self.status)
        return None if ended is None else ended.at


def tracked_runs(projects: Path) -> Iterator[TrackedRun]:
    """In the order of the tables, without those that cannot be read."""
    yield from (run for _, run in found_runs(projects) if run is not None)


def found_runs(projects: Path) -> Iterator[tuple[Path, TrackedRun | None]]:
    """Folder and run, by project and then by when it began; None for evidence that cannot be read."""
    found = []
    for record in projects.glob(f"*/runs/*/{run_folder.RECORD}"):
        folder = record.parent
        project = folder.parents[1].name
        if not (RUN.fullmatch(folder.name) and SLUG.fullmatch(project)):
            continue
        try:
            run = read_run(folder)
        except ClinftError:
            run = None
        began = _moment(run.started_at) if run is not None else ""
        found.append((project, began, folder.name, folder, run))
    yield from ((folder, run) for *_, folder, run in sorted(found, key=lambda one: one[:3]))


def read_run(folder: Path) -> TrackedRun:
    """DigestMismatch or SpecError where what lies here is not what the record covers, byte for byte."""
    own = _evidence(folder, folder.name)
    if own.record.project != folder.parents[1].name:
        raise _not_covered(folder / run_folder.RECORD)
    further = [path for path in status_files.again(folder) if (path / run_folder.RECORD).exists()]
    return TrackedRun(
        own=own,
        again=tuple(_evidence(path, folder.name, int(path.name)) for path in further),
        status=status_files.read(folder),
        domain=_domain(folder, own.record),
    )


def _evidence(folder: Path, run_id: str, again: int | None = None) -> Evidence:
    record = run_folder.load_record(folder)
    if record is None or record.run_id != run_id:
        raise _not_covered(folder / run_folder.RECORD)
    stages, assessed = {}, None
    for stage in record.stages:
        path = folder / f"{stage.stage}.json"
        if not path.is_file() or digest_file(path) != stage.file_sha256:
            raise _not_covered(path)
        if stage.stage in PAYLOADS:
            stages[stage.stage] = run_folder.parse(path, PAYLOADS[stage.stage])
        elif stage.stage == ASSESS:
            assessed = run_folder.parse(path, PromptAssessment).payload
    return Evidence(record, stages, again, assessed)


def _domain(folder: Path, record: RunRecord) -> str | None:
    path = folder / "project.yaml"
    if not path.is_file() or digest_file(path) != record.files.get(path.name):
        return None
    try:
        spec = yaml.parse(path.read_bytes(), path.name).value
    except ClinftError:
        return None
    domain = spec.get("clinical_domain") if isinstance(spec, dict) else None
    return domain if isinstance(domain, str) and SLUG.fullmatch(domain) else None


def _moment(text: str | None) -> str:
    """To sort by; whatever is no time is sorted as it is."""
    try:
        moment = datetime.fromisoformat(text or "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return text or ""


def _not_covered(path: Path) -> DigestMismatch:
    return DigestMismatch(
        f"{path} is not what the run's record covers.",
        "A file was changed, removed or brought from elsewhere.",
        "Restore it from git; `clinft verify` on the run says what differs.",
    )
