import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from clinft import run_folder
from clinft.artifacts.envelope import Artifact, digest_content
from clinft.errors import DigestMismatch, SpecError
from clinft.spec.base import Strict


class Note(Strict):
    text: str


def artifact(text: str = "x") -> Artifact[Note]:
    content = {
        "stage": "prepare",
        "stage_version": 1,
        "project": "demo",
        "inputs": {},
        "files": {},
        "payload": Note(text=text),
        "created_at": "2026-01-01T00:00:00+00:00",
        "clinft_version": "0.1.0",
    }
    unsealed = Artifact[Note].model_construct(**content)  # type: ignore[arg-type]
    return Artifact[Note](**content, digest=digest_content(unsealed.model_dump(mode="json")))  # type: ignore[arg-type]


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = run_folder.save(tmp_path, artifact())
    assert run_folder.load(tmp_path, "prepare", Note) == artifact()
    assert run_folder.read_digest(path) == artifact().digest
    assert list(tmp_path.iterdir()) == [path]


def test_a_stage_that_never_ran_has_no_artifact(tmp_path: Path) -> None:
    assert run_folder.load(tmp_path, "prepare", Note) is None


def test_a_changed_byte_is_refused_and_not_quoted(tmp_path: Path) -> None:
    path = run_folder.save(tmp_path, artifact("x"))
    path.write_text(path.read_text().replace('"x"', '"Jane Roe"'))
    for read in (
        lambda: run_folder.load(tmp_path, "prepare", Note),
        lambda: run_folder.read_digest(path),
    ):
        with pytest.raises(DigestMismatch) as refused:
            read()
        assert "digest does not belong" in str(refused.value)
        assert "Jane" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b'{"a":' * 100_000], ids=range(5))
def test_a_file_that_is_no_json_object_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "prepare.json").write_bytes(content)
    for read in (
        lambda: run_folder.load(tmp_path, "prepare", Note),
        lambda: run_folder.read_digest(tmp_path / "prepare.json"),
    ):
        with pytest.raises(DigestMismatch, match="not a JSON object"):
            read()


@pytest.mark.parametrize("value", ["[" * 900 + "]" * 900, "9" * 20], ids=["deep", "long"])
def test_what_no_digest_can_be_made_of_is_refused(tmp_path: Path, value: str) -> None:
    path = tmp_path / "prepare.json"
    path.write_text(f'{{"digest": "", "payload": {value}}}')
    with pytest.raises(DigestMismatch, match="digest does not belong"):
        run_folder.read_digest(path)
    (tmp_path / run_folder.RECORD).write_text(f'{{"run_id": {value}}}')
    with pytest.raises(DigestMismatch):
        run_folder.load_record(tmp_path)


def test_what_one_reader_changes_no_other_reads(tmp_path: Path) -> None:
    run_folder.save(tmp_path, artifact())
    for _ in range(2):
        found = run_folder.load(tmp_path, "prepare", Note)
        assert found is not None
        assert found.inputs == {}
        found.inputs["other"] = "0" * 64


def test_a_newer_schema_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = run_folder.save(tmp_path, artifact())
    path.write_text(path.read_text().replace('"schema_version": 1', '"schema_version": 2'))
    with pytest.raises(SpecError, match="Update clinft"):
        run_folder.load(tmp_path, "prepare", Note)


@pytest.mark.parametrize("error", [OSError("no space left"), KeyboardInterrupt("no space left")])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    target = tmp_path / "x.json"
    run_folder.write_atomically(target, b"old")

    def no_space(descriptor: int) -> None:
        raise error

    monkeypatch.setattr(run_folder.os, "fsync", no_space)
    with pytest.raises(type(error), match="no space"):
        run_folder.write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_that_may_not_grow_leaves_nothing(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            run_folder.write_atomically(tmp_path / "x.json", bytes(20_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


class Longer(Note):
    """The same payload after a field was added."""

    source: str | None = None
    parts: tuple[Note, ...] = ()


def test_evidence_of_before_a_field_was_added_still_holds(tmp_path: Path) -> None:
    path = run_folder.save(tmp_path, artifact())
    found = run_folder.load(tmp_path, "prepare", Longer)
    assert found is not None
    assert (found.payload.text, found.digest) == ("x", artifact().digest)
    path.write_text(path.read_text().replace('"x"', '"y"'))
    with pytest.raises(DigestMismatch):
        run_folder.load(tmp_path, "prepare", Longer)


KILLED = """
import os, signal, sys
from pathlib import Path
from clinft.run_folder import scratch
with scratch(Path(sys.argv[1]), "made-") as folder:
    (folder / "records").mkdir()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_call_left_goes_with_the_next_one(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    with run_folder.scratch(tmp_path, "other-"):
        assert left.exists()
    with run_folder.scratch(tmp_path, "made-") as ours:
        assert list(tmp_path.iterdir()) == [ours]
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_a_call_that_works_stays_whatever_number_it_has(tmp_path: Path) -> None:
    """In another container, or on another machine, its process is not to be seen from here."""
    with run_folder.scratch(tmp_path, "made-") as theirs:
        elsewhere = theirs.rename(tmp_path / "made-999999999-x")
        with run_folder.scratch(tmp_path, "made-") as ours:
            assert {*tmp_path.iterdir()} == {elsewhere, ours}


@pytest.mark.parametrize("begun", [(), (".held.new",)])
def test_a_folder_that_nobody_has_locked_yet_stays(tmp_path: Path, begun: tuple[str, ...]) -> None:
    folder = tmp_path / f"made-{os.getpid()}-x"
    folder.mkdir()
    for name in begun:
        (folder / name).touch()
    (tmp_path / "made-link").symlink_to(folder)
    with run_folder.scratch(tmp_path, "made-"):
        assert folder.exists()


def test_a_mark_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    kept = tmp_path / "made-1-x"
    kept.mkdir()
    (kept / run_folder.HELD).symlink_to(tmp_path / "new")
    with run_folder.scratch(tmp_path, "made-"):
        assert kept.exists()
        assert not (tmp_path / "new").exists()
