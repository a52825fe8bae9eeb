"""A real run is packed; every changed byte, every other form of folder or zip, is found out."""

import hashlib
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from clinft.artifacts.canonical import digest_file
from clinft.errors import ClinftError, DigestMismatch, PolicyViolation, SpecError
from clinft.pipeline.evidence import archive, layout
from clinft.pipeline.evidence.checking import check
from clinft.pipeline.evidence.packing import derived, pack
from tests.fakes import finished
from tests.fakes.progress import Quiet
from tests.fakes.zips import DEFLATED, REGULAR, Entry, zeros, zipped


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished.repository(tmp_path_factory.mktemp("evidence"))


@pytest.fixture(scope="module")
def packed(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packed") / "evidence-x"
    assert pack(finished.runs(project)[0], policy(project), folder, Quiet()) == []
    return folder


@pytest.fixture
def copy(packed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(packed, tmp_path / packed.name))


def policy(project: Path) -> Path:
    return project.parents[1] / ".github" / "clinft.yml"


def different(path: Path) -> set[str]:
    return {link.name for link in check(path, None, Quiet()).links if link.status == "different"}


def names(folder: Path) -> list[str]:
    return [name for name, _ in layout.regular_files(folder)]


def list_again(folder: Path) -> None:
    """As somebody would who changes files and knows what sha256sum is."""
    (folder / layout.SUMS).write_text(layout.sums_text(layout.sums_of(folder)))


def test_it_holds_what_was_committed_and_nothing_of_data(project: Path, packed: Path) -> None:
    run = finished.runs(project)[0]
    committed = {
        path.relative_to(run).as_posix(): path.read_bytes()
        for path in run.rglob("*")
        if path.is_file() and path.relative_to(run).parts[0] != "data"
    }
    place = packed / "demo" / "runs" / run.name
    assert {name: (place / name).read_bytes() for name in committed} == committed
    top = {layout.SUMS, layout.STATEMENT, layout.GUIDE, layout.WEIGHTS, layout.POLICY}
    assert set(names(packed)) == top | {f"demo/runs/{run.name}/{name}" for name in committed}


def test_it_is_checked_here_and_by_sha256sum(project: Path, packed: Path) -> None:
    checked = check(packed, None, Quiet())
    assert checked.holds
    assert checked.run == finished.runs(project)[0].name
    told = {link.name: link.status for link in checked.links}
    assert told[layout.SIGNATURE] == "not_regenerable"
    assert told[layout.STATEMENT] == "same"
    assert told[f"demo/runs/{checked.run}/records"] == "same"  # made again, from what lies in it alone
    listed = [line.split("  ") for line in (packed / layout.SUMS).read_text().splitlines()]
    assert {name: sha for sha, name in listed} == {
        name: hashlib.sha256((packed / name).read_bytes()).hexdigest()
        for name in names(packed)
        if name != layout.SUMS
    }
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", layout.SUMS], cwd=packed, check=True)


def test_the_weights_at_hand_are_the_listed_ones(project: Path, packed: Path) -> None:
    weights = finished.runs(project)[0] / "data" / "adapter"
    listed = packed / layout.WEIGHTS
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", listed], cwd=weights, check=True)


def test_the_statement_is_in_totos_and_names_weights_and_evaluation(project: Path, packed: Path) -> None:
    run = finished.runs(project)[0]
    made = json.loads((packed / layout.STATEMENT).read_bytes())
    assert made["_type"] == "https://in-toto.io/Statement/v1"
    subjects = {one["name"]: one["digest"]["sha256"] for one in made["subject"]}
    assert subjects["weights/word_counts.json"] == digest_file(run / "data" / "adapter" / "word_counts.json")
    assert subjects[f"demo/runs/{run.name}/evaluate.json"] == digest_file(run / "evaluate.json")
    steps = {step["step"]: step for step in made["predicate"]["steps"]}
    order = [
        "data",
        "assessment",
        "audit",
        "estimate",
        "approval",
        "model",
        "evaluation",
        "verdict",
        "report",
    ]
    assert list(steps) == order
    assert steps["audit"]["inputs"]["prepare"] == steps["data"]["contentDigest"]
    assert steps["verdict"]["inputs"]["evaluate"] == steps["evaluation"]["contentDigest"]
    assert steps["audit"]["found"]["verdict"] == "PASS"
    assert steps["approval"]["found"]["approvals"][0]["kind"] == "yes_flag"
    assert steps["verdict"]["found"]["status"] == "FIRST"


def test_the_library_of_in_toto_reads_it(packed: Path) -> None:
    from google.protobuf import json_format
    from in_toto_attestation.v1 import statement, statement_pb2

    read = json_format.Parse((packed / layout.STATEMENT).read_text(), statement_pb2.Statement())
    statement.Statement.copy_from_pb(read).validate()


def test_no_text_of_a_record_is_in_it(project: Path, packed: Path) -> None:
    texts = [
        json.loads(line)["text"]
        for path in (project / "data" / "records").glob("*.jsonl")
        for line in path.read_text().splitlines()
    ]
    assert len(texts) == 240
    whole = b"".join(path.read_bytes() for _, path in layout.regular_files(packed)).decode()
    assert not any(text in whole or json.dumps(text)[1:-1] in whole for text in texts)


def test_one_byte_in_any_file_is_found(copy: Path) -> None:
    for name in names(copy):
        path = copy / name
        original = path.read_bytes()
        for position in (0, len(original) // 2, len(original) - 1):
            changed = bytearray(original)
            changed[position] ^= 1
            path.write_bytes(bytes(changed))
            found = different(copy)
            # In the list it is a line that does not fit its file any more.
            assert name in found or (name == layout.SUMS and found), f"{name}, byte {position}"
        path.write_bytes(original)
    assert different(copy) == set()


def test_one_byte_in_any_file_is_found_though_the_sums_were_made_again(copy: Path) -> None:
    """No signature is needed for that: what the files say of each other does not fit any more."""
    for name in names(copy):
        if name == layout.SUMS:
            continue
        path = copy / name
        original = path.read_bytes()
        path.write_bytes(original[:-2] + bytes([original[-2] ^ 1]) + original[-1:])
        list_again(copy)
        assert different(copy), name
        path.write_bytes(original)
        list_again(copy)
    assert different(copy) == set()


def test_what_is_added_or_missing_is_found(copy: Path) -> None:
    (copy / "notes.txt").write_text("x")
    assert different(copy) == {"notes.txt"}
    list_again(copy)
    assert different(copy) == {layout.STATEMENT, layout.GUIDE}
    (copy / "notes.txt").unlink()
    (copy / layout.POLICY).unlink()
    list_again(copy)
    assert different(copy) == {layout.STATEMENT, layout.GUIDE}


def test_a_list_in_another_form_is_refused(copy: Path) -> None:
    sums = copy / layout.SUMS
    sums.write_text("".join(reversed(sums.read_text().splitlines(keepends=True))))
    assert different(copy) == {layout.SUMS}
    sums.write_bytes(b"\xff")
    assert different(copy) == {layout.SUMS}
    sums.unlink()
    assert different(copy) == {layout.SUMS}


def test_another_clinfts_words_are_not_called_changed(copy: Path) -> None:
    guide = copy / layout.GUIDE
    for name, data in derived(copy, "9.9").items():
        (copy / name).write_bytes(data)
    guide.write_text(guide.read_text().replace("## The chain", "## The chain of it"))
    list_again(copy)
    told = {link.name: link.status for link in check(copy, None, Quiet()).links}
    assert told[layout.GUIDE] == "not_regenerable"
    assert told[layout.STATEMENT] == "same"


def test_a_link_is_refused(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("x")
    (copy / "link").symlink_to(tmp_path / "outside")
    with pytest.raises(PolicyViolation, match="a link"):
        check(copy, None, Quiet())
    whole = tmp_path / "whole"
    whole.symlink_to(copy)
    with pytest.raises(SpecError, match="no evidence folder"):
        check(whole, None, Quiet())


@pytest.mark.parametrize("name", [".hidden", "a b", "ä", "-x", "a\x1b[2J"])
def test_a_strange_name_is_refused_and_not_shown(copy: Path, name: str) -> None:
    (copy / name).write_text("x")
    with pytest.raises(PolicyViolation, match="a name that no evidence has") as refused:
        check(copy, None, Quiet())
    assert name not in str(refused.value)


def test_names_that_differ_in_case_alone_are_refused(copy: Path) -> None:
    (copy / "verify.md").write_text("x")
    with pytest.raises(PolicyViolation, match="case alone"):
        check(copy, None, Quiet())


def test_a_broken_run_is_not_packed(project: Path, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(project, tmp_path / "demo"))
    run = finished.runs(copied)[0]
    (run / "report.md").write_text("better than it was")
    with pytest.raises(DigestMismatch, match=r"report\.md"):
        pack(run, policy(project), tmp_path / "out", Quiet())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo"]


def test_an_open_run_is_not_packed_and_nothing_is_written_over(project: Path, tmp_path: Path) -> None:
    from clinft.pipeline import attempts

    copied = Path(shutil.copytree(project, tmp_path / "demo"))
    run = finished.runs(copied)[0]
    attempts.update(run, status="running")
    with pytest.raises(SpecError, match="is not over"):
        pack(run, policy(project), tmp_path / "out", Quiet())
    with pytest.raises(SpecError, match="exists already"):
        pack(run, policy(project), tmp_path / "demo", Quiet())


def test_a_policy_that_changed_since_is_left_out_and_that_is_said(project: Path, tmp_path: Path) -> None:
    other = tmp_path / "clinft.yml"
    other.write_text("another: policy\n")
    (said,) = pack(finished.runs(project)[0], other, tmp_path / "out", Quiet())
    assert "policy that decided is not the repository's" in said
    assert layout.POLICY not in names(tmp_path / "out")
    assert different(tmp_path / "out") == set()


# The zip


def test_the_zip_has_the_same_bytes_each_time_and_is_checked(packed: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a" / "e.zip", tmp_path / "b" / "e.zip"
    for path in (first, second):
        path.parent.mkdir()
        archive.write_zip(packed, path)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as opened:
        assert opened.testzip() is None
        assert sorted(opened.namelist()) == sorted(f"e/{name}" for name in names(packed))
    renamed = first.rename(tmp_path / "other name.zip")
    assert check(renamed, None, Quiet()).holds


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
            found = bool(different(path))
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
