"""The store on the machine that trains: only folders of runs that are past their date go, and are told."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from clinft.artifacts.bundle import MANIFEST, Disposed
from clinft.artifacts.run_state import ProjectState
from clinft.errors import DigestMismatch
from clinft.pipeline import status_files
from clinft.pipeline.github.acceptance import check_evidence
from clinft.pipeline.github.bundle import pack
from clinft.pipeline.github.unpacking import unpack
from clinft.pipeline.github.weights import Store, Swept, sweep
from clinft.run_folder import to_bytes
from tests.fakes.bundles import expected, zipped_folder
from tests.fakes.committed_runs import LIVED, entries
from tests.fakes.past_runs import DAY, NOW, Branch, begun, record_of, under_way
from tests.fakes.specs import PROMPT, write_repository

OLD, YOUNG, DEPLOYED, FAILED, LIVE = (f"{letter * 12}-a1" for letter in "abcde")
STRANGER = "ffffffffffff-a1"
LONG_AGO = (NOW - timedelta(days=1000)).timestamp()


@pytest.fixture
def branch(tmp_path: Path) -> Branch:
    made = Branch(tmp_path / "repository")
    made.run(f"demo/{OLD}")
    made.run(f"demo/{YOUNG}", day="2026-01-30")
    made.run(f"demo/{DEPLOYED}")
    (made.projects / "demo" / "deployment.yaml").write_text(f"run_id: {DEPLOYED}\n")
    return made


STATE = under_way(begun(FAILED), begun(LIVE, ("queued", "running")))


def stored(root: Path, names: Mapping[str, int]) -> None:
    """Folders of weights, each with so many files of ten bytes, as old as `LONG_AGO`."""
    for name, files in names.items():
        folder = root / name / "adapter"
        folder.mkdir(parents=True)
        for number in range(files):
            (folder / f"{number}.bin").write_bytes(b"0123456789")
            os.utime(folder / f"{number}.bin", (LONG_AGO, LONG_AGO))


def left(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.glob("*/*")}


def told(swept: Swept) -> list[tuple[str, str, int, int]]:
    return [(one.project, one.run_id, one.files, one.size_bytes) for one in swept.disposed]


def notes(*run_ids: str) -> set[str]:
    return {f"demo/{run_id}.json" for run_id in run_ids}


def test_only_runs_that_are_past_their_date_go(branch: Branch, tmp_path: Path) -> None:
    store = tmp_path / "store"
    kept = {f"demo/{name}" for name in (YOUNG, DEPLOYED, LIVE, STRANGER)}
    stored(store, {f"demo/{OLD}": 3, f"demo/{FAILED}": 1, **dict.fromkeys(kept, 1), f"other/{OLD}": 1})
    swept = sweep(store, branch.known(STATE))
    assert left(store) == kept | {f"other/{OLD}"} | notes(OLD, FAILED)
    assert told(swept) == [("demo", OLD, 3, 30), ("demo", FAILED, 1, 10)]
    assert not swept.failed
    assert len(swept.said) == 2
    assert {one.at for one in swept.disposed} == {"2026-01-31T04:00:00+00:00"}


@pytest.mark.parametrize(("days", "goes"), [(29, False), (30, True), (-1, False)])
def test_what_only_the_state_tells_of_goes_where_its_files_are_old_too(
    branch: Branch, tmp_path: Path, days: int, goes: bool
) -> None:
    """Anybody who may push can write a state; a record on the protected branch needs no such second word."""
    store = tmp_path / "store"
    stored(store, {f"demo/{OLD}": 2, f"demo/{FAILED}": 2})
    written = (NOW - timedelta(days=days)).timestamp()
    for name in (OLD, FAILED):
        os.utime(store / "demo" / name / "adapter" / "1.bin", (written, written))
    swept = sweep(store, branch.known(STATE))
    assert [one.run_id for one in swept.disposed] == ([OLD, FAILED] if goes else [OLD])


def test_it_is_told_until_a_record_says_so(branch: Branch, tmp_path: Path) -> None:
    store = tmp_path / "store"
    stored(store, {f"demo/{OLD}": 3, f"demo/{FAILED}": 1})
    first = sweep(store, branch.known(STATE))
    again = sweep(store, branch.known(STATE, now=NOW + timedelta(days=1)))
    assert again == Swept(first.disposed)
    run = branch.projects / "demo" / "runs" / OLD
    whole = entries(OLD, (*LIVED, "weights_deleted"), record_of(run).digest, DAY)
    status_files.write_new(run, whole)
    noted = under_way(begun(FAILED, ("queued", "failed", "weights_deleted")))
    assert sweep(store, branch.known(STATE)).disposed == first.disposed[1:]
    assert sweep(store, branch.known(noted)) == Swept()
    assert left(store) == set()
    # Another machine may hold it too, whatever the record says; there is nothing more to tell then.
    stored(store, {f"demo/{OLD}": 1})
    assert sweep(store, branch.known(noted)).disposed == ()
    assert left(store) == set()


def test_what_was_deployed_after_it_was_deleted_is_told_all_the_same(branch: Branch, tmp_path: Path) -> None:
    """The job that records it refuses, and a person looks: silence would hide it."""
    store = tmp_path / "store"
    stored(store, {f"demo/{OLD}": 3})
    sweep(store, branch.known())
    branch.deploy("demo", f"run_id: {OLD}\n")
    assert told(sweep(store, branch.known())) == [("demo", OLD, 3, 30)]


def test_a_deletion_that_was_killed_is_ended_and_counted_whole(branch: Branch, tmp_path: Path) -> None:
    store = tmp_path / "store"
    stored(store, {f"demo/{OLD}": 1})
    before = Disposed(project="demo", run_id=OLD, files=9, size_bytes=900, at="2026-01-31T03:00:00+00:00")
    (store / "demo" / f"{OLD}.json").write_bytes(to_bytes(before))
    assert told(sweep(store, branch.known())) == [("demo", OLD, 9, 900)]
    assert left(store) == notes(OLD)


NAMES = (
    "notes", ".hidden", f"{OLD}.old", f"{OLD}-copy", "AAAAAAAAAAAA-a1", "aaaaaaaaaaaa-a0", "aaaaaaaaaaaa-a01",
    "aaaaaaaaaaaa", f"{OLD} ", f"{OLD}\n", "..aaaaaaaaaa-a1", "-a1", "ａaaaaaaaaaaa-a1", "%2e%2e", "$(id)",
)  # fmt: skip


def test_other_names_are_left_alone(branch: Branch, tmp_path: Path) -> None:
    store = tmp_path / "store"
    stored(store, {f"demo/{name}": 1 for name in NAMES} | {f"De Mo/{OLD}": 1, f"../beside/{OLD}": 1})
    (store / "demo" / OLD).write_text("a file of that name")
    before = left(store)
    assert sweep(store, branch.known()) == Swept()
    assert left(store) == before
    assert (tmp_path / "beside" / OLD / "adapter" / "0.bin").exists()


def test_no_link_is_followed(branch: Branch, tmp_path: Path) -> None:
    store, home = tmp_path / "store", tmp_path / "home"
    stored(home, {OLD: 2, f"projects/{OLD}": 2})
    stored(store, {f"demo/{DEPLOYED}": 1})
    # A run's folder, a project's, and what lies in a folder that goes.
    (store / "demo" / OLD).symlink_to(home / OLD)
    (store / "other").symlink_to(home / "projects")
    (store / "other" / OLD).touch()
    branch.run(f"other/{OLD}")
    stored(store, {f"demo/{FAILED}": 1})
    (store / "demo" / FAILED / "data").symlink_to(home)
    (store / "demo" / FAILED / "to-a-file").symlink_to(home / OLD / "adapter" / "0.bin")
    (store / "demo" / FAILED / "to-nothing").symlink_to(tmp_path / "nothing")
    for name in ("data", "to-a-file", "to-nothing"):
        os.utime(store / "demo" / FAILED / name, (LONG_AGO, LONG_AGO), follow_symlinks=False)
    swept = sweep(store, branch.known(STATE))
    assert [one.run_id for one in swept.disposed] == [FAILED]
    assert swept.disposed[0].files == 4
    assert (store / "demo" / OLD).is_symlink()
    assert len([path for path in home.rglob("*.bin") if path.is_file()]) == 4


def test_the_store_itself_may_lie_on_another_disk(branch: Branch, tmp_path: Path) -> None:
    stored(tmp_path / "disk", {f"demo/{OLD}": 1})
    (tmp_path / "store").symlink_to(tmp_path / "disk")
    assert told(sweep(tmp_path / "store", branch.known())) == [("demo", OLD, 1, 10)]
    assert sweep(tmp_path / "nowhere", branch.known()) == Swept()


def test_a_damaged_project_keeps_all_and_stops_no_other(branch: Branch, tmp_path: Path) -> None:
    store = tmp_path / "store"
    branch.run(f"other/{FAILED}")
    (branch.projects / "demo" / "deployment.yaml").write_text("run_id: newest\n")
    stored(store, {f"demo/{OLD}": 1, f"other/{FAILED}": 1})
    swept = sweep(store, branch.known())
    assert swept.failed
    assert told(swept) == [("other", FAILED, 1, 10)]
    assert left(store) == {f"demo/{OLD}", f"other/{FAILED}.json"}


def test_what_cannot_be_deleted_is_said_and_not_told(branch: Branch, tmp_path: Path) -> None:
    store = tmp_path / "store"
    stored(store, {f"demo/{OLD}": 1})
    # Its note cannot be written, so that nothing is deleted.
    (store / "demo" / f"{OLD}.json").mkdir()
    swept = sweep(store, branch.known())
    assert swept.failed
    assert swept.disposed == ()
    assert (store / "demo" / OLD / "adapter" / "0.bin").exists()


def test_notes_of_others_are_nobodys(branch: Branch, tmp_path: Path) -> None:
    store = tmp_path / "store"
    stored(store, {f"demo/{DEPLOYED}": 1})
    note = Disposed(project="demo", run_id=OLD, files=1, size_bytes=1, at="2026-01-31T03:00:00+00:00")
    texts = {
        f"{YOUNG}.json": to_bytes(note),  # of another run
        f"{DEPLOYED}.json": to_bytes(note.model_copy(update={"run_id": DEPLOYED})),  # whose folder is there
        f"{STRANGER}.json": to_bytes(note.model_copy(update={"run_id": STRANGER})),  # of another repository
        f"{FAILED}.json": b"{}",
        f"{LIVE}.json": b"\xff",
        "notes.json": to_bytes(note),
    }
    for name, data in texts.items():
        (store / "demo" / name).write_bytes(data)
    (store / "demo" / f"{OLD}.json").symlink_to(store / "demo" / "notes.json")
    assert Store(store).notes("demo").keys() == {DEPLOYED, STRANGER}
    assert sweep(store, branch.known(STATE)) == Swept()


def test_a_bundle_tells_it_and_is_accepted(tmp_path: Path) -> None:
    """Also where the id of a run is all digits: the audit must not take it for somebody's number."""
    project = write_repository(tmp_path / "repository")
    written = {"project.yaml": (project / "project.yaml").read_bytes(), "prompt.md": PROMPT.encode()}
    one = Disposed(
        project="demo", run_id="212555778812-a1", files=3, size_bytes=30, at="2026-01-31T04:00:00+00:00"
    )
    facts = {"project": "demo", "run_id": OLD, "purpose": "train", "plan_digest": "a" * 64}
    job = {"main_sha": "a" * 40, "workflow_run": 4711, "attempt": 1, "status": "cancelled"}
    folder = tmp_path / "bundle"
    manifest = pack(None, folder, **facts, **job, disposed=(one,))  # type: ignore[arg-type]
    found = unpack(zipped_folder(folder), tmp_path / "unpacked", expected(manifest))
    assert found.disposed == (one,)
    check_evidence(tmp_path / "unpacked", found, written)
    # Told otherwise on its way, it is another bundle.
    changed = (folder / MANIFEST).read_bytes().replace(b'"files": 3', b'"files": 4')
    (folder / MANIFEST).write_bytes(changed)
    with pytest.raises(DigestMismatch):
        unpack(zipped_folder(folder), tmp_path / "again", expected(manifest))


def test_a_state_of_no_project_of_ours_is_no_matter(branch: Branch, tmp_path: Path) -> None:
    stored(tmp_path / "store", {f"gone/{OLD}": 1})
    swept = sweep(tmp_path / "store", branch.known(ProjectState(project="gone")))
    assert swept == Swept()
    assert left(tmp_path / "store") == {f"gone/{OLD}"}
