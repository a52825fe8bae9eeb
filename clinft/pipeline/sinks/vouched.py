"""Which bytes a project's committed evidence answers for: nothing else of its folder leaves as a document."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.audit import AuditReport
from clinft.artifacts.canonical import digest_file
from clinft.errors import ClinftError, PolicyViolation
from clinft.pipeline.sinks.parcels import moment
from clinft.pipeline.sinks.seen import SeenProject
from clinft.spec.load import PROMPT_NAME

RECORDS = (f"runs/*/{run_folder.RECORD}", f"runs/*/again/*/{run_folder.RECORD}")
AUDIT = "audit"


@dataclass(frozen=True)
class Audited:
    """`passed`: digest of the prompt that it read; None: its verdict is not PASS, or nobody can read it."""

    at: datetime | None
    passed: str | None


def refuse_unrecorded(project: SeenProject, file: str, sha256: str) -> None:
    """Beside the spec lie copies of what a run rendered, and its record has their digests."""
    for pattern in RECORDS:
        for path in project.folder.glob(pattern):
            try:
                record = run_folder.load_record(path.parent)
            except ClinftError:
                continue  # verify and the gate name it
            if record is None or (record.project, record.status) != (project.name, "succeeded"):
                continue
            if record.files.get(file) == sha256:
                return
    raise PolicyViolation(
        f"projects/{project.name}/{file} stays here: no run's record names it as it is.",
        "It was changed by hand, or copied from elsewhere.",
        "Copy it from the folder of the run that made it, by a pull request.",
    )


def refuse_unaudited(project: SeenProject, sha256: str) -> None:
    """The newest audit decides. One that waits for its merge lets nothing out, and may keep it in."""
    merged = list(_audits(sorted(project.folder.glob(f"runs/*/{AUDIT}.json"))))
    waiting = list(_audits(folder / f"{AUDIT}.json" for folder in project.sealed.values()))
    if _passes(merged, sha256) and _passes([*merged, *waiting], sha256):
        return
    raise PolicyViolation(
        f"projects/{project.name}/{PROMPT_NAME} stays here: the newest audit has not passed it as it is.",
        "It was changed since, and no run of it is merged yet; or that audit did not pass, or was changed.",
        "Nothing is to be done where a run of it is under way; else call `clinft verify` on the newest run.",
    )


def _passes(audits: list[Audited], sha256: str) -> bool:
    """Of two at one moment both decide; one whose moment nobody knows may be the newest."""
    known = [one.at for one in audits if one.at is not None]
    newest = max(known, default=None)
    deciding = [one for one in audits if one.at in (None, newest)]
    return bool(known) and all(one.passed == sha256 for one in deciding)


def _audits(paths: Iterable[Path]) -> Iterator[Audited]:
    for path in paths:
        if path.is_file():
            at = _moment(path)
            yield Audited(at, None if at is None else _passed(path))


def _moment(path: Path) -> datetime | None:
    """It is no part of the artifact's digest: only the record answers for the whole file."""
    try:
        record = run_folder.load_record(path.parent)
        stages = () if record is None else record.stages
        if (AUDIT, digest_file(path)) not in {(stage.stage, stage.file_sha256) for stage in stages}:
            return None
        return moment(str(json.loads(path.read_bytes())["created_at"]))
    except (ClinftError, ValueError, LookupError, TypeError):
        return None


def _passed(path: Path) -> str | None:
    try:
        report = run_folder.parse(path, AuditReport).payload
    except ClinftError:
        return None
    return report.files_scanned.get(PROMPT_NAME) if report.verdict == "PASS" else None
