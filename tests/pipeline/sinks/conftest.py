"""A repository with one project, a committed run, documents and four sinks that it names."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from clinft.artifacts.audit import AuditReport
from clinft.artifacts.canonical import digest_file
from clinft.pipeline import status_files
from clinft.pipeline.sinks.due import Wanted
from clinft.pipeline.sinks.round import send_all
from clinft.pipeline.sinks.seen import Seen, names_in, project_at
from clinft.pipeline.sinks.sending import Desk, Reported
from clinft.spec.load import load_policy
from clinft.stages.report.milestones import Places
from tests.fakes.audit_reports import audit
from tests.fakes.committed_runs import commit_run, entries, seal
from tests.fakes.sinks import DictMemory, Sinks
from tests.fakes.specs import write_repository

NOW = datetime(2026, 11, 5, 9, tzinfo=UTC)
AT = "2026-11-04T01:00:00+00:00"
RUN = "demo/aaaaaaaaaaaa-a1"
KINDS = {"channel": "slack", "sheet": "google_sheets", "docs": "google_docs"}
FOLDER = "0AFolderOfASharedDrive"
REPOSITORY_URL = "https://github.com/hospital/models"


def sinks_of(**review_by: str) -> dict[str, Any]:
    return {
        name: {
            "kind": kind,
            "description": name,
            **({"folder": FOLDER} if kind.startswith("google") else {}),
            "eligibility": {"owner": "Research IT", "review_by": review_by.get(name, "2027-03-01")},
        }
        for name, kind in KINDS.items()
    }


def audit_of(project: Path) -> AuditReport:
    """One that has read this project's prompt."""
    made, prompt = audit(), "prompt/prompt.md"
    scanned = {**made.files_scanned, prompt: digest_file(project / prompt)}
    return made.model_copy(update={"files_scanned": scanned})


class Hospital:
    """`write`: lays the repository down anew. `round`: one call of all sinks, as a job makes it.

    `document`: what a run rendered, in its folder and beside the spec, with a record that names it.
    """

    def __init__(self, root: Path) -> None:
        self.root, self.sinks, self.memory = root, Sinks(), DictMemory()

    def write(self, notify: tuple[str, ...] = tuple(KINDS), **policy: Any) -> Path:
        project = write_repository(self.root, policy={"sinks": sinks_of(), **policy}, notify=list(notify))
        commit_run(self.root / "projects", RUN, AT, audit=audit_of(project))
        for name in ("MODEL_CARD.md", "DATA_DICTIONARY.md", "HIPAA_REPORT.md"):
            self.document(name, f"# {name} of {project.name}\n".encode())
        return project

    def document(self, name: str, data: bytes) -> None:
        run = self.root / "projects" / RUN.replace("/", "/runs/")
        for folder in (run, run.parents[1]):
            (folder / name).write_bytes(data)
        record = seal(run, *RUN.split("/"), "succeeded")
        shutil.rmtree(run / status_files.FOLDER, ignore_errors=True)
        status_files.write_new(run, entries(run.name, record=record.digest))

    def seen(self, now: datetime = NOW) -> Seen:
        projects = self.root / "projects"
        policy = load_policy(self.root / ".github" / "clinft.yml")
        found = tuple(project_at(projects / name) for name in names_in(projects))
        return Seen(projects, policy, now, Places(REPOSITORY_URL), found)

    def round(self, now: datetime = NOW, wanted: Wanted | None = None) -> list[Reported]:
        desk = Desk(self.memory, self.sinks, now)
        return list(send_all(self.seen(now), desk, wanted or Wanted()))

    def edit(self, change: Callable[[dict[str, Any]], None]) -> None:
        path = self.root / "projects" / "demo" / "project.yaml"
        spec = yaml.safe_load(path.read_text())
        change(spec)
        path.write_text(yaml.safe_dump(spec, sort_keys=False))


@pytest.fixture
def hospital(tmp_path: Path) -> Hospital:
    return Hospital(tmp_path)
