"""The log of a run, from the files beside its record. What is damaged is named, and hides nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from clinft import run_folder
from clinft.artifacts.jsonl import iter_models
from clinft.artifacts.model import Job, JobEvent
from clinft.artifacts.results import RunRecord
from clinft.errors import ClinftError, SpecError
from clinft.pipeline import NAMES, status_files
from clinft.pipeline.after_training import EVENTS
from clinft.pipeline.known_job import JOB
from clinft.pipeline.run_logs.form import JobLog, RunLog, StageLog, StatusLog


def log_of(run: Path) -> RunLog:
    record = run_folder.load_record(run)
    if record is None:
        raise SpecError(f"{run} has no record.", "It is no run's folder.", "Name a run's folder or its id.")
    unreadable: list[str] = []
    stages = [found for name in NAMES if (found := _stage(run, name, unreadable)) is not None]
    made = {found.stage for found in stages}
    return RunLog(
        run_id=record.run_id,
        project=record.project,
        status=record.status,
        attempt=record.attempt,
        plan_digest=record.plan_digest,
        record_digest=record.digest,
        stages=tuple(stages),
        waiting=tuple(name for name in NAMES if name not in made and name not in unreadable),
        history=tuple(_history(run, unreadable)),
        job=_job(run, unreadable),
        events=tuple(_events(run, unreadable)),
        again=tuple(_again(run, unreadable)),
        unreadable=tuple(f"{name}.json" if name in NAMES else name for name in unreadable),
    )


def _stage(run: Path, name: str, unreadable: list[str]) -> StageLog | None:
    """The envelope alone: a payload of any version does not matter here."""
    path = run / f"{name}.json"
    if not path.exists():
        return None
    try:
        run_folder.read_digest(path)
        data: dict[str, Any] = json.loads(path.read_bytes())
        return StageLog.model_validate({key: data.get(key) for key in StageLog.model_fields})
    except (ClinftError, ValidationError, OSError):
        unreadable.append(name)
        return None


def _history(run: Path, unreadable: list[str]) -> Iterator[StatusLog]:
    for name in status_files.names(run):
        try:
            entry = status_files.read_one(run / status_files.FOLDER / name)
        except ClinftError:
            # The name is anybody's; where it lies says enough.
            unreadable.append(f"an entry of {status_files.FOLDER}/")
            continue
        yield StatusLog(
            number=entry.number,
            status=entry.status,
            at=entry.at,
            message=entry.message,
            workflow_run=entry.workflow_run,
        )


def _job(run: Path, unreadable: list[str]) -> JobLog | None:
    path = run / JOB
    if not path.exists():
        return None
    try:
        job = Job.model_validate_json(path.read_bytes())
    except (ValidationError, OSError):
        unreadable.append(JOB)
        return None
    return JobLog(provider=job.provider, id=job.id, status=job.status, message=job.message)


def _events(run: Path, unreadable: list[str]) -> list[JobEvent]:
    path = run / EVENTS
    if not path.exists():
        return []
    try:
        return list(iter_models(path, JobEvent))
    except (ClinftError, OSError, UnicodeDecodeError):
        unreadable.append(EVENTS)
        return []


def _again(run: Path, unreadable: list[str]) -> Iterator[str]:
    for folder in status_files.again(run):
        try:
            record: RunRecord | None = run_folder.load_record(folder)
        except ClinftError:
            record = None
        if record is None:
            unreadable.append(f"{status_files.AGAIN}/{folder.name}/{run_folder.RECORD}")
        else:
            yield f"{folder.name}: {record.status}"
