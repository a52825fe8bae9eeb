"""The bundle's bytes: packed and unpacked the same, and whatever else a zip may hold leaves nothing behind."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft import run_folder
from clinft.artifacts.bundle import MANIFEST, BundleManifest
from clinft.errors import DigestMismatch, PolicyViolation, SpecError
from clinft.pipeline.after_training import EVENTS
from clinft.pipeline.github.bundle import CARRIED, MOST_FILE_BYTES, pack, placed_whole
from clinft.pipeline.github.unpacking import unpack, unpack_sealed
from tests.fakes.bundles import Trained, entries, expected, left, trained, zipped_folder
from tests.fakes.strange_zips import FOLDER, LINK, SECRET, STRANGE_NAMES
from tests.fakes.zips import REGULAR, Entry, zipped


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return trained(tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="module")
def packed(done: Trained, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BundleManifest]:
    folder = tmp_path_factory.mktemp("packed") / "bundle"
    return folder, left(done.run, folder, done.facts())


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_what_is_packed_comes_out_byte_for_byte(
    done: Trained, packed: tuple[Path, BundleManifest], tmp_path: Path
) -> None:
    folder, manifest = packed
    target = tmp_path / "runs" / done.run.name
    assert unpack(zipped_folder(folder), target, expected(manifest)) == manifest
    assert files(target) == {name: (done.run / name).read_bytes() for name in manifest.files}
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_all_evidence_crosses_but_what_the_next_job_makes_itself(
    done: Trained, packed: tuple[Path, BundleManifest]
) -> None:
    """A new kind of evidence turns this red: whoever adds it decides who makes it."""
    record = run_folder.load_record(done.run)
    assert record is not None
    evidence = {f"{stage.stage}.json" for stage in record.stages} | record.files.keys()
    made_later = {"regress.json", "report.json", *record.files} - CARRIED["train"]
    of_hosted = {EVENTS}  # what a provider said of its job
    assert set(packed[1].files) == evidence - made_later == CARRIED["train"] - of_hosted
    assert {"report.md", "plots/loss.svg", "MODEL_CARD.md"} <= made_later


def test_the_same_evidence_gives_the_same_bundle(done: Trained, tmp_path: Path) -> None:
    first = left(done.run, tmp_path / "first", done.facts())
    assert left(done.run, tmp_path / "second", done.facts()) == first
    assert files(tmp_path / "first") == files(tmp_path / "second")


def test_a_refusal_before_the_attempt_leaves_a_manifest_alone(done: Trained, tmp_path: Path) -> None:
    facts = done.facts(status="cancelled", message="The gate said no.")
    manifest = left(None, tmp_path / "bundle", facts)
    assert list(files(tmp_path / "bundle")) == [MANIFEST]
    target = tmp_path / "out"
    assert unpack(zipped_folder(tmp_path / "bundle"), target, expected(manifest)) == manifest
    assert list(target.iterdir()) == []


def test_links_hidden_files_data_and_strangers_stay_where_they_are(done: Trained, tmp_path: Path) -> None:
    run = tmp_path / done.run.name
    run.mkdir()
    outside = tmp_path / "outside.json"
    outside.write_text(SECRET)
    (run / "train.json").symlink_to(outside)
    (run / "audit.json").mkdir()
    for name in (".gate.json.partial", "notes.json", "record.json", "data/items.jsonl", "status/01.json"):
        (run / name).parent.mkdir(exist_ok=True)
        (run / name).write_text(SECRET)
    (run / "prompt.md").write_text("# System\n")
    manifest = pack(run, tmp_path / "bundle", **done.facts(status="failed"))
    assert set(manifest.files) == {"prompt.md"}
    assert SECRET.encode() not in b"".join(files(tmp_path / "bundle").values())


def test_a_store_that_is_linked_as_data_is_never_entered(done: Trained, tmp_path: Path) -> None:
    run = tmp_path / done.run.name
    shutil.copytree(done.run, run, ignore=shutil.ignore_patterns("data"))
    (run / "data").symlink_to(done.run / "data", target_is_directory=True)
    assert not [name for name in left(run, tmp_path / "bundle", done.facts()).files if "data" in name]


def test_an_earlier_bundle_is_replaced_and_anything_else_is_kept(done: Trained, tmp_path: Path) -> None:
    target = tmp_path / "bundle"
    left(done.run, target, done.facts())
    left(None, target, done.facts(status="failed"))
    assert list(files(target)) == [MANIFEST]
    other = tmp_path / "home"
    other.mkdir()
    (other / "thesis.md").write_text("mine")
    with pytest.raises(SpecError, match="holds something already"):
        left(done.run, other, done.facts())
    assert files(other) == {"thesis.md": b"mine"}


def test_a_folder_that_is_cut_off_leaves_nothing(tmp_path: Path) -> None:
    def cut_off() -> None:
        with placed_whole(tmp_path / "runs" / "run") as folder:
            (folder / "gate.json").write_text("half of it")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut_off()
    assert list((tmp_path / "runs").iterdir()) == []


def test_evidence_that_would_be_refused_is_not_packed(done: Trained, tmp_path: Path) -> None:
    run = tmp_path / done.run.name
    run.mkdir()
    with (run / "items.jsonl").open("wb") as stream:
        stream.truncate(MOST_FILE_BYTES + 1)
    with pytest.raises(PolicyViolation, match="too large"):
        pack(run, tmp_path / "bundle", **done.facts())
    assert not (tmp_path / "bundle").exists()


def test_sealed_evidence_comes_back_whole_or_not_at_all(done: Trained, tmp_path: Path) -> None:
    """The record and all that it lists; no status, no second bundle and no folder of its own."""
    record = run_folder.load_record(done.run)
    assert record is not None
    names = {"record.json", *(f"{stage.stage}.json" for stage in record.stages), *record.files}
    sealed = {name: (done.run / name).read_bytes() for name in names}
    whole = [Entry(name.encode(), data) for name, data in sorted(sealed.items())]
    unpack_sealed(zipped(whole), tmp_path / "whole", "train")
    assert files(tmp_path / "whole") == sealed
    for name in (b"status/01.json", b"bundle.json", b"plots/", b"plots/../x.svg", b"data/adapter.json"):
        with pytest.raises(PolicyViolation, match="under a name that no run's evidence has"):
            unpack_sealed(zipped([*whole, Entry(name)]), tmp_path / "strange", "train")
    assert not (tmp_path / "strange").exists()


NAMES = st.sampled_from([*STRANGE_NAMES, b"gate.json", b"bundle.json", b"prompt.md"]) | st.binary(max_size=40)
STRANGE = st.builds(
    Entry,
    name=NAMES,
    data=st.binary(max_size=50),
    method=st.sampled_from([0, 8, 12, 99]),
    flags=st.sampled_from([0, 0x1, 0x8, 0x800]),
    attributes=st.sampled_from([0, REGULAR, LINK, FOLDER, 0x10]),
)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_no_zip_writes_elsewhere_or_gives_other_bytes(
    done: Trained, packed: tuple[Path, BundleManifest], data: st.DataObject
) -> None:
    """Entries put in and left out, then bytes turned: either what was packed, or nothing."""
    folder, manifest = packed
    parts = [entry for entry in entries(folder) if data.draw(st.sampled_from((True, True, True, False)))]
    zip_bytes = bytearray(zipped([*parts, *data.draw(st.lists(STRANGE, max_size=3))]))
    for place in data.draw(st.lists(st.integers(0, len(zip_bytes) - 1), max_size=4)):
        zip_bytes[place] ^= data.draw(st.integers(1, 255))
    with tempfile.TemporaryDirectory() as place_of_it:
        target = Path(place_of_it) / "run"
        try:
            unpack(bytes(zip_bytes), target, expected(manifest))
        except (PolicyViolation, DigestMismatch):
            assert list(Path(place_of_it).iterdir()) == []
        else:
            assert list(Path(place_of_it).iterdir()) == [target]
            assert files(target) == {name: (done.run / name).read_bytes() for name in manifest.files}
