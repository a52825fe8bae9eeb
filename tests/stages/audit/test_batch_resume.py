"""An audit that was killed goes on where it was, and ends like one that was left alone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from clinft.artifacts.audit import AuditReport
from clinft.run_folder import to_bytes
from clinft.spec.audit_policy import AuditPolicy
from clinft.stages.audit import stage
from clinft.stages.audit.batch import Scanned, scan
from clinft.stages.audit.file_audit import audit_files
from clinft.stages.audit.pool import pool
from clinft.stages.audit.resume import FOLDER, Finished
from tests.fakes.audits import PROVENANCE
from tests.fakes.progress import Quiet, QuietTask

# Rows without a sentence take no planted identifiers, which would need seconds.
ROW = '{{"ssn": "219-09-{number:04d}"}}\n'
FILES = 5


def written(folder: Path) -> dict[str, Path]:
    folder.mkdir()
    paths = {}
    for number in range(FILES):
        path = folder / f"{number}.jsonl"
        path.write_text("".join(ROW.format(number=10 * number + row + 1) for row in range(10)))
        paths[f"data/records/{path.name}"] = path
    return paths


KILLED = """
import sys, time
from contextlib import contextmanager
from pathlib import Path
from clinft.spec.audit_policy import AuditPolicy
from clinft.stages.audit.file_audit import audit_files

class Stuck:
    read = 0
    def advance(self, amount=1, **fields):
        self.read += amount
        if self.read > int(sys.argv[3]):
            print("stuck", flush=True)
            time.sleep(600)

class Progress:
    @contextmanager
    def task(self, label, total, done=0):
        yield Stuck()

audit_files([Path(sys.argv[1])], AuditPolicy(), Progress(), workers=1, resume=Path(sys.argv[2]))
"""


def killed_after(folder: Path, resume: Path, size: int) -> None:
    """SIGKILL for a process that has read so many bytes."""
    command = [sys.executable, "-c", KILLED, str(folder), str(resume), str(size)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "stuck\n"
        finally:
            child.kill()


def test_a_killed_and_resumed_audit_equals_one_that_was_left_alone(tmp_path: Path) -> None:
    paths = written(tmp_path / "data")
    size = paths["data/records/0.jsonl"].stat().st_size
    whole = audit_files([tmp_path / "data"], AuditPolicy(), Quiet(), workers=1)
    for files_read in (1, 3):
        killed_after(tmp_path / "data", tmp_path / "resume", files_read * size)
        assert len(list((tmp_path / "resume" / FOLDER).glob("*.json"))) == files_read
    resumed = audit_files([tmp_path / "data"], AuditPolicy(), Quiet(), workers=1, resume=tmp_path / "resume")
    assert to_bytes(resumed) == to_bytes(whole)
    assert not list((tmp_path / "resume").rglob("*.json*"))


def scanned(
    paths: dict[str, Path], resume: Path, policy: AuditPolicy | None = None, keep: int = 100
) -> Scanned:
    policy = policy or AuditPolicy()
    sources = stage.sources_of_project(paths)
    with pool(policy, 1) as processes:
        return scan(sources, processes, keep, QuietTask(), Finished(resume, policy, keep))


@pytest.fixture
def paths(tmp_path: Path) -> dict[str, Path]:
    return written(tmp_path / "data")


def claim(resume: Path) -> None:
    """Finished chunks say that they read a thousand rows: whoever believes them can be told."""
    for saved in (resume / FOLDER).iterdir():
        saved.write_text(json.dumps(json.loads(saved.read_text()) | {"rows": 1000}))


def test_a_finished_chunk_is_not_scanned_again(paths: dict[str, Path], tmp_path: Path) -> None:
    assert scanned(paths, tmp_path).result.rows == 10 * FILES
    claim(tmp_path)
    assert scanned(paths, tmp_path).result.rows == 1000 * FILES


def test_a_finished_chunk_holds_no_text(paths: dict[str, Path], tmp_path: Path) -> None:
    scanned(paths, tmp_path)
    saved = list((tmp_path / FOLDER).iterdir())
    assert len(saved) == FILES
    assert not any("219-09" in path.read_text() for path in saved)


def test_a_changed_byte_another_policy_or_another_length_is_scanned_again(
    paths: dict[str, Path], tmp_path: Path
) -> None:
    scanned(paths, tmp_path)
    claim(tmp_path)
    other = AuditPolicy(sensitivity_floor=0.9)
    assert scanned(paths, tmp_path, other).result.rows == 10 * FILES
    assert scanned(paths, tmp_path, keep=7).result.rows == 10 * FILES
    paths["data/records/0.jsonl"].write_text(ROW.format(number=9999) * 10)
    assert scanned(paths, tmp_path).result.rows == 1000 * (FILES - 1) + 10


def test_a_chunk_that_cannot_be_read_back_is_scanned_again(paths: dict[str, Path], tmp_path: Path) -> None:
    scanned(paths, tmp_path)
    for saved, content in zip(
        (tmp_path / FOLDER).iterdir(), ("", "{}", "[1]", "nonsense", '{"rows": "x"}'), strict=True
    ):
        saved.write_text(content)
    assert scanned(paths, tmp_path).result.by_letter["G"] == 10 * FILES


def test_a_project_is_resumed_too(paths: dict[str, Path], tmp_path: Path) -> None:
    def audited(resume: Path | None) -> AuditReport:
        return stage.audit("demo", paths, PROVENANCE, AuditPolicy(), Quiet(), workers=1, resume=resume)

    policy, keep = AuditPolicy(), stage.SHOWN_FINDINGS
    with pool(policy, 1) as processes:
        some = stage.sources_of_project(dict(list(paths.items())[:2]))
        scan(some, processes, keep, QuietTask(), Finished(tmp_path / "resume", policy, keep))
    assert to_bytes(audited(tmp_path / "resume")) == to_bytes(audited(None))
