"""A real run is packed; every changed byte, every other form of folder or zip, is found out."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from clinft.artifacts.canonical import digest_file
from clinft.errors import DigestMismatch, PolicyViolation, SpecError
from clinft.pipeline.evidence import layout
from clinft.pipeline.evidence.checking import check
from clinft.pipeline.evidence.packing import derived, pack
from tests.fakes import finished
from tests.fakes.progress import Quiet


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
