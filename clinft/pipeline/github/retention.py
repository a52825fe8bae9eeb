"""How long what lies outside git is kept, and why something is kept longer.

One rule for whoever deletes and for whoever records it. What is not known is kept.
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.model import Job, TrainedModel
from clinft.artifacts.results import RunRecord
from clinft.artifacts.run_state import ProjectState, RunState, RunStatus, StatusEntry
from clinft.errors import DigestMismatch
from clinft.pipeline import status_files
from clinft.pipeline.github import state
from clinft.pipeline.standing import earlier, standing_at
from clinft.pipeline.status_chain import ending
from clinft.pipeline.tracking import RUN
from clinft.ports.history import History
from clinft.ports.state import StateStore
from clinft.spec.policy import Retention


@dataclass(frozen=True)
class KnownRun:
    """One run: as the protected branch has it, or the project's state where its results were never merged.

    `history` is empty where nobody kept a status, as on a laptop. `begun`: its place in the state, if any.
    `needed`: it is deployed, or is what a rollback would go back to. `at_provider`: its model lies there.
    `sealed`: the newest time in what its record covers; nothing covers the times in `history`.
    """

    project: str
    run_id: str
    plan_digest: str
    history: tuple[StatusEntry, ...]
    merged: bool
    live: bool = False
    needed: bool = False
    at_provider: bool = False
    job: Job | None = None
    begun: RunState | None = None
    sealed: datetime | None = None

    def says(self, status: RunStatus) -> bool:
        return any(entry.status == status for entry in self.history)


def weights_kept(run: KnownRun, now: datetime, days: int) -> str | None:
    """Why the weights and checkpoints of a run are not to be deleted; None: they are past their date."""
    ended = ending(run.history)
    if run.needed:
        return "it is deployed, or is what a rollback would go back to"
    if run.at_provider:
        return "its model lies at its provider"
    if not run.merged and ended is not None and ended.status == "succeeded":
        return "its results are not merged yet"
    return _kept(run, now, days)


def files_kept(run: KnownRun, now: datetime, days: int) -> str | None:
    """The same of the files that were uploaded to a provider: a model that exists does not need them."""
    return _kept(run, now, days)


def _kept(run: KnownRun, now: datetime, days: int) -> str | None:
    if run.live:
        return "a job is at work on it, or will be"
    ended = ended_at(run)
    if ended is None:
        return "nothing tells when it ended"
    if now < ended + timedelta(days=days):
        return f"it ended less than {days} days ago"
    return None


def ended_at(run: KnownRun) -> datetime | None:
    """When the attempt ended, never before its record was sealed; None where it has not, or is no time."""
    ended = ending(run.history)
    told = None if ended is None else moment(ended.at)
    return told if told is None or run.sealed is None else max(told, run.sealed)


def moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if found.tzinfo is None else found.astimezone(UTC)


def states_of(store: StateStore) -> dict[str, ProjectState]:
    """Of all projects that have one. ServiceError where one cannot be read or is damaged."""
    return {project: state.update(store, project, lambda here: None) for project in store.projects()}


class Known:
    """What is known of runs, looked up once for each project.

    `states`: of all projects. Whoever deletes reads them before `tip`, so that no run that moved in between
    is taken for one that was never begun or deployed.
    """

    def __init__(
        self,
        history: History,
        tip: str,
        states: Mapping[str, ProjectState],
        retention: Retention,
        now: datetime,
    ) -> None:
        self._history, self._tip, self._states, self._retention = history, tip, states, retention
        self._runs: dict[str, dict[str, KnownRun]] = {}
        self.now = now

    def runs(self, project: str) -> dict[str, KnownRun]:
        """By run id. ClinftError where anything of it is damaged: then nothing is known, and all is kept."""
        if project not in self._runs:
            self._runs[project] = self._looked_up(project)
        return self._runs[project]

    def kept(self, run: KnownRun, status: RunStatus) -> str | None:
        """Why what `status` says is not to be done to the run, as half a sentence; None: it may be done."""
        if status == "weights_deleted":
            return weights_kept(run, self.now, self._retention.weights_days)
        return files_kept(run, self.now, self._retention.provider_files_days)

    def is_past(self, written: datetime) -> bool:
        """Whether what was written then is as old as weights have to be."""
        return written + timedelta(days=self._retention.weights_days) <= self.now

    def _looked_up(self, project: str) -> dict[str, KnownRun]:
        live = {run.run_id for one in self._states.values() for run in one.runs if run.live}
        begun = self._states[project].runs if project in self._states else ()
        with tempfile.TemporaryDirectory(prefix="clinft-known-") as folder:
            root = Path(folder)
            self._history.export(self._tip, f"projects/{project}", root)
            standing = standing_at(root, project)
            back = earlier(self._history, self._tip, standing, self.now.date())
            runs = [_begun(project, run) for run in begun if run.purpose == "train"]
            for path in sorted((root / "projects" / project / "runs").glob(f"*/{run_folder.RECORD}")):
                if RUN.fullmatch(path.parent.name):
                    runs.append(_merged(path.parent, project))
        needed = {standing.deployed, back}
        return {
            one.run_id: replace(one, live=one.run_id in live, needed=one.run_id in needed) for one in runs
        }


def _begun(project: str, run: RunState) -> KnownRun:
    return KnownRun(
        project=project,
        run_id=run.run_id,
        plan_digest=run.plan_digest,
        history=run.history,
        merged=False,
        job=next((entry.job for entry in reversed(run.history) if entry.job is not None), None),
        begun=run,
    )


def _merged(folder: Path, project: str) -> KnownRun:
    record = run_folder.load_record(folder)
    entries = status_files.read(folder)
    if record is None or not _fits(record, project, folder.name, entries):
        raise DigestMismatch(
            f"The record of {folder.name} and its status do not belong together.",
            "One of them was changed, or brought from another run.",
            "Restore the run's folder from git; `clinft verify` on it says what differs.",
        )
    trained = run_folder.load(folder, "train", TrainedModel)
    return KnownRun(
        project=project,
        run_id=folder.name,
        plan_digest=record.plan_digest,
        history=entries,
        merged=True,
        at_provider=trained is not None and not trained.payload.weights,
        job=_job(folder, record),
        sealed=_sealed_at(folder, record),
    )


def _sealed_at(folder: Path, record: RunRecord) -> datetime | None:
    times = []
    for stage in record.stages:
        path = folder / f"{stage.stage}.json"
        if not path.is_file() or digest_file(path) != stage.file_sha256:
            raise DigestMismatch(
                f"{path.name} of {folder.name} is not what the run's record covers.",
                "It was changed after the record was sealed.",
                "Restore it from git.",
            )
        times.append(moment(str(json.loads(path.read_bytes()).get("created_at"))))
    return max((at for at in times if at is not None), default=None)


def _fits(record: RunRecord, project: str, run_id: str, entries: Sequence[StatusEntry]) -> bool:
    ended = ending(entries)
    if (record.project, record.run_id) != (project, run_id):
        return False
    return ended is None or (ended.record, ended.status) == (record.digest, record.status)


def _job(folder: Path, record: RunRecord) -> Job | None:
    """job.json, as the record covers it."""
    path = folder / "job.json"
    if not path.is_file():
        return None
    if record.files.get(path.name) != digest_file(path):
        raise DigestMismatch(
            f"job.json of {folder.name} is not what the run's record covers.",
            "It was changed after the record was sealed.",
            "Restore it from git.",
        )
    return Job.model_validate_json(path.read_bytes())
