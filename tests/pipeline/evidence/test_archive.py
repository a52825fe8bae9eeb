"""The zip: the same bytes each time, and nothing but what clinft packs is accepted."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from clinft.errors import ClinftError, PolicyViolation
from clinft.pipeline.evidence import archive, layout
from clinft.pipeline.evidence.checking import check
from tests.fakes.progress import Quiet
from tests.fakes.zips import DEFLATED, REGULAR, Entry, zeros, zipped


def test_the_zip_has_the_same_bytes_each_time_and_is_checked(packed: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a" / "e.zip", tmp_path / "b" / "e.zip"
    for path in (first, second):
        path.parent.mkdir()
        archive.write_zip(packed, path)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as opened:
        assert opened.testzip() is None
        assert sorted(opened.namelist()) == sorted(f"e/{name}" for name, _ in layout.regular_files(packed))
    renamed = first.rename(tmp_path / "other name.zip")
    assert check(renamed, None, Quiet()).holds


def test_where_the_disk_is_full_nothing_half_stays(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Any, target: Any) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "own" / "e.zip"
    path.parent.mkdir()
    monkeypatch.setattr(archive.shutil, "copyfileobj", full)
    with pytest.raises(OSError, match="No space"):
        archive.write_zip(packed, path)
    assert list(path.parent.iterdir()) == []


def test_one_byte_in_the_zip_is_found(packed: Path, tmp_path: Path) -> None:
    """In contents, headers, dates and the directory: every 997th, and all of its end."""
    path = tmp_path / "e.zip"
    archive.write_zip(packed, path)
    original = path.read_bytes()
    positions = [*range(0, len(original), 99_991), *range(len(original) - 80, len(original)), 10, 11, 30]
    for position in positions:
        changed = bytearray(original)
        changed[position] ^= 1
        path.write_bytes(bytes(changed))
        try:
            found = not check(path, None, Quiet()).holds
        except ClinftError:
            found = True
        assert found, position


EMPTY = Entry(b"e/SHA256SUMS", b"")
STRANGE: dict[str, list[Entry]] = {
    "outside": [Entry(b"e/../../x")],
    "absolute": [Entry(b"/etc/x")],
    "Windows": [Entry(b"e\\..\\x")],
    "a drive": [Entry(b"C:/x")],
    "hidden": [Entry(b"e/.git/config")],
    "a control character": [Entry(b"e/a\x1b")],
    "cut at a NUL": [Entry(b"e/a\x00b")],
    "twice": [EMPTY, EMPTY],
    "case": [EMPTY, Entry(b"e/sha256sums")],
    "two folders": [EMPTY, Entry(b"f/x")],
    "no folder": [Entry(b"x")],
    "a file as a folder": [Entry(b"e/a"), Entry(b"e/a/b")],
    "a folder as a file": [Entry(b"e/a/b"), Entry(b"e/a")],
    "a link": [Entry(b"e/x", b"/etc/passwd", attributes=0o120777 << 16)],
    "a folder entry": [Entry(b"e/x/", b"", attributes=0o040755 << 16)],
    "executable": [Entry(b"e/x", attributes=0o100755 << 16)],
    "deflated": [Entry(b"e/x", b"x" * 99, method=DEFLATED)],
    "encrypted": [Entry(b"e/x", flags=1)],
    "another's place": [EMPTY, Entry(b"e/x", b"", at=0)],
    "two names": [Entry(b"e/x", local_name=b"e/y")],
    "nothing": [],
}


@pytest.mark.parametrize("case", sorted(STRANGE))
def test_a_zip_of_another_form_is_refused_and_leaves_nothing(case: str, tmp_path: Path) -> None:
    path, target = tmp_path / "e.zip", tmp_path / "target"
    target.mkdir()
    path.write_bytes(zipped(STRANGE[case]))
    with pytest.raises(PolicyViolation, match="The evidence is refused"):
        archive.read_zip(path, target)
    assert {found.name for found in tmp_path.iterdir()} == {"e.zip", "target"}


def test_a_bomb_is_refused_before_it_is_inflated(tmp_path: Path) -> None:
    path = tmp_path / "e.zip"
    bomb = Entry(b"e/x", b"", method=DEFLATED, raw=zeros(900), size=900_000_000, attributes=REGULAR)
    path.write_bytes(zipped([bomb]))
    assert path.stat().st_size < 2_000_000
    with pytest.raises(PolicyViolation, match="it holds more than"):
        archive.read_zip(path, tmp_path / "target")
    # Told smaller than it is: no more than was told is read.
    liar: Any = Entry(b"e/x", b"x", method=DEFLATED, raw=zeros(900), size=10)
    path.write_bytes(zipped([liar]))
    (tmp_path / "target").mkdir(exist_ok=True)
    with pytest.raises(PolicyViolation):
        archive.read_zip(path, tmp_path / "target")


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "MOST_FILES", 2)
    path = tmp_path / "e.zip"
    path.write_bytes(zipped([Entry(f"e/{n}".encode()) for n in range(3)]))
    with pytest.raises(PolicyViolation, match="more than 2 files"):
        archive.read_zip(path, tmp_path)


def test_no_zip_at_all(tmp_path: Path) -> None:
    path = tmp_path / "e.zip"
    path.write_bytes(b"PK\x03\x04 no")
    with pytest.raises(PolicyViolation, match="no whole zip"):
        check(path, None, Quiet())
