"""Whatever else a zip may hold is refused, and leaves nothing behind. One table row for each attack."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clinft import run_folder
from clinft.artifacts.bundle import BundleManifest
from clinft.errors import DigestMismatch, PolicyViolation, SpecError
from clinft.pipeline.github.bundle import CARRIED, MOST_FILE_BYTES, pack
from clinft.pipeline.github.unpacking import MOST_ENTRIES, unpack
from tests.fakes.bundles import entries, expected, zipped_folder
from tests.fakes.strange_zips import SECRET, STRANGE_ENTRIES, STRANGE_NAMES
from tests.fakes.zips import DEFLATED, Entry, zeros, zipped

GATE = b"gate.json"
PLAN = "0123456789ab" + "c" * 52
NAMES = (
    "prepare.json",
    "audit.json",
    "estimate.json",
    "gate.json",
    "train.json",
    "items.jsonl",
    "project.yaml",
)


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BundleManifest]:
    """Of a run of a few words: what files say is no matter here."""
    run, folder = tmp_path_factory.mktemp("run"), tmp_path_factory.mktemp("packed") / "bundle"
    for name in NAMES:
        (run / name).write_text(f"{name} of a run")
    manifest = pack(
        run,
        folder,
        project="demo",
        run_id="0123456789ab-a1",
        purpose="train",
        plan_digest=PLAN,
        main_sha="a" * 40,
        workflow_run=4711,
        attempt=1,
        status="trained",
    )
    return folder, manifest


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*")}


def test_github_zips_are_accepted_in_either_method(
    packed: tuple[Path, BundleManifest], tmp_path: Path
) -> None:
    """The rows below change one thing of this."""
    folder, manifest = packed
    stored = [replace(entry, method=0, attributes=0) for entry in entries(folder)]
    for number, zip_bytes in enumerate((zipped_folder(folder), zipped(stored), zipped(reversed(stored)))):
        assert unpack(zip_bytes, tmp_path / str(number), expected(manifest)) == manifest
        assert files(tmp_path / str(number)) == {name: f"{name} of a run".encode() for name in NAMES}


def refused(zip_bytes: bytes, manifest: BundleManifest, message: str, **wanted: Any) -> None:
    """Refused for this reason, without a trace in the target's surroundings or of foreign text."""
    with tempfile.TemporaryDirectory() as place:
        target = Path(place) / "runs" / "run"
        with pytest.raises((PolicyViolation, DigestMismatch), match=message) as caught:
            unpack(zip_bytes, target, expected(manifest, **wanted))
        assert list(Path(place).rglob("*")) == []
    error = caught.value
    assert error.what
    assert error.cause
    assert error.next_step
    assert SECRET not in str(error)
    assert str(error).isprintable()


@pytest.mark.parametrize("name", STRANGE_NAMES, ids=list(STRANGE_NAMES.values()))
def test_a_name_that_no_evidence_has_is_refused(packed: tuple[Path, BundleManifest], name: bytes) -> None:
    for flags in (0, 0x800) if name != b"\xff\xfe" else (0,):
        strange = zipped_folder(packed[0], [Entry(name, flags=flags)])
        refused(strange, packed[1], r"under a name that no run's evidence has")


def test_a_name_that_says_it_is_utf8_and_is_not_is_refused(packed: tuple[Path, BundleManifest]) -> None:
    strange = zipped_folder(packed[0], [Entry(b"\xff\xfe", flags=0x800)])
    refused(strange, packed[1], "a name in it is not UTF-8")


@pytest.mark.parametrize("what", STRANGE_ENTRIES)
def test_an_entry_that_clinft_does_not_write_is_refused(
    packed: tuple[Path, BundleManifest], what: str
) -> None:
    changes, message = STRANGE_ENTRIES[what]
    whole = entries(packed[0])
    strange = [replace(entry, **changes) if entry.name == GATE else entry for entry in whole]
    assert strange != whole
    refused(zipped(strange), packed[1], message)


def test_entries_that_share_bytes_are_refused(packed: tuple[Path, BundleManifest]) -> None:
    """A stored entry that holds the whole next entry: one piece of content, counted many times."""
    inner = zipped([Entry(b"audit.json", b"x")])
    local = inner[: inner.index(b"PK\x01\x02")]
    outer = bytearray(zipped([Entry(GATE, local), Entry(b"audit.json", b"x")]))
    start = outer.index(local)
    # The offset is the last field before the name in the directory's entry.
    place = outer.rindex(b"audit.json") - 4
    outer[place : place + 4] = start.to_bytes(4, "little")
    refused(bytes(outer), packed[1], "audit.json overlaps what lies beside it")


def test_a_name_that_comes_twice_is_refused(packed: tuple[Path, BundleManifest]) -> None:
    refused(zipped_folder(packed[0], [Entry(GATE)]), packed[1], "gate.json is in it twice")
    refused(zipped_folder(packed[0], [Entry(b"bundle.json")]), packed[1], "bundle.json is in it twice")


def test_names_that_may_cross_differ_where_case_does_not_count() -> None:
    for names in CARRIED.values():
        assert len({name.casefold() for name in names}) == len(names)


def test_a_bomb_is_not_inflated_beyond_what_may_be_kept(packed: tuple[Path, BundleManifest]) -> None:
    """10 MB are counted; what the header says of the size, large or small, is not believed."""
    for size in (11_000_000, 10):
        bomb = Entry(GATE, b"", DEFLATED, raw=zeros(11), size=size)
        refused(zipped([bomb]), packed[1], "with gate.json it holds more than 10,000,000 bytes a file")
    stored = Entry(GATE, b"", raw=bytes(MOST_FILE_BYTES + 1), size=MOST_FILE_BYTES + 1)
    refused(zipped([stored]), packed[1], "with gate.json it holds more than 10,000,000 bytes a file")


def test_many_files_together_may_not_be_too_large_either(packed: tuple[Path, BundleManifest]) -> None:
    many = [Entry(name, b"", DEFLATED, raw=zeros(9), size=9_000_000) for name in (b"prepare.json", GATE)]
    refused(zipped(many), packed[1], "with gate.json it holds more than .* or 15,000,000")


def test_too_many_entries_are_refused_before_they_are_read(packed: tuple[Path, BundleManifest]) -> None:
    many = zipped(Entry(f"{number}".encode(), b"") for number in range(MOST_ENTRIES + 1))
    refused(many, packed[1], "more than 2,000 entries")
    most = zipped(Entry(f"{number}".encode(), b"") for number in range(MOST_ENTRIES))
    refused(most, packed[1], "under a name")


@pytest.mark.parametrize("data", [b"", b"PK", b"{}", b"PK\x05\x06" + bytes(18), zipped([])])
def test_what_is_no_zip_or_an_empty_one_is_refused(packed: tuple[Path, BundleManifest], data: bytes) -> None:
    refused(data, packed[1], r"no whole zip file|has no bundle\.json")


def test_a_zip_larger_than_its_content_may_be_is_not_opened(packed: tuple[Path, BundleManifest]) -> None:
    refused(bytes(16_000_001), packed[1], "larger than 16,000,000 bytes")


@pytest.mark.parametrize(
    ("fact", "other"),
    [
        ("project", "another"),
        ("run_id", "0123456789ab-a2"),
        ("plan_digest", "0" * 64),
        ("main_sha", "b" * 40),
        ("workflow_run", 4712),
    ],
)
def test_a_bundle_of_something_else_is_refused(
    packed: tuple[Path, BundleManifest], fact: str, other: object
) -> None:
    refused(zipped_folder(packed[0]), packed[1], "belongs to another", **{fact: other})


def test_training_is_not_taken_for_an_evaluation(packed: tuple[Path, BundleManifest]) -> None:
    refused(zipped_folder(packed[0]), packed[1], "under a name", purpose="evaluate")
    alone = zipped([entry for entry in entries(packed[0]) if entry.name == b"bundle.json"])
    refused(alone, packed[1], "belongs to another purpose", purpose="evaluate")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data + b"\n", "is not what clinft writes"),
        (lambda data: data.replace(b"{", b'{"project": "Quackenbush",', 1), "is not what clinft writes"),
        (lambda data: data.replace(b'"attempt": 1', b'"attempt": "1"'), "is not what clinft writes"),
        (lambda data: data.replace(b'"attempt": 1', b'"attempt": 1' + b"0" * 30), "is not what clinft"),
        (lambda data: data.replace(b'"message": ""', b'"message": "\\ud800"'), "is not what clinft writes"),
        (lambda data: data.replace(b'"schema_version": 1', b'"schema_version": 2'), "is not what clinft"),
        (lambda data: b"[" * 100_000, "is not what clinft writes"),
        (lambda data: "{}".encode("utf-16"), "is not what clinft writes"),
        # Valid, but GitHub keeps the bundle under a name with another digest.
        (lambda data: data.replace(b'"attempt": 1', b'"attempt": 2'), "GitHub keeps it under"),
        (lambda data: data.replace(b'"trained"', b'"failed"'), "GitHub keeps it under"),
    ],
)
def test_another_manifest_is_refused(packed: tuple[Path, BundleManifest], change: Any, message: str) -> None:
    whole = entries(packed[0])
    changed = [
        replace(entry, data=change(entry.data)) if entry.name == b"bundle.json" else entry for entry in whole
    ]
    assert changed != whole
    refused(zipped(changed), packed[1], message)


def with_files(packed: tuple[Path, BundleManifest], files: dict[str, str]) -> tuple[bytes, BundleManifest]:
    """A bundle whose manifest, name and all, lists these files."""
    manifest = packed[1].model_copy(update={"files": files})
    data = run_folder.to_bytes(manifest)
    listed = [
        replace(entry, data=data) if entry.name == b"bundle.json" else entry for entry in entries(packed[0])
    ]
    return zipped(listed), manifest


def test_a_file_that_is_not_listed_and_one_that_is_missing_are_refused(
    packed: tuple[Path, BundleManifest],
) -> None:
    whole = packed[1].files
    without = {name: digest for name, digest in whole.items() if name != "gate.json"}
    refused(*with_files(packed, without), "does not list gate.json")
    for name in (f"../{SECRET}", "record.json", "bundle.json", ""):
        refused(*with_files(packed, {**whole, name: "0" * 64}), "1 of the files that its bundle.json lists")
    refused(*with_files(packed, {**whole, "gate.json": "0" * 64}), "gate.json is not the file")


def test_a_target_that_holds_something_is_left_alone(
    packed: tuple[Path, BundleManifest], tmp_path: Path
) -> None:
    (tmp_path / "gate.json").write_text("committed")
    with pytest.raises(SpecError, match="holds something already"):
        unpack(zipped_folder(packed[0]), tmp_path, expected(packed[1]))
    assert files(tmp_path) == {"gate.json": b"committed"}
    link = tmp_path.parent / f"{tmp_path.name}-link"
    link.symlink_to(tmp_path.parent / "nowhere")
    with pytest.raises(SpecError, match="holds something already"):
        unpack(zipped_folder(packed[0]), link, expected(packed[1]))
