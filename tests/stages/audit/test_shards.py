"""Shards of an audit, merged, are byte for byte the audit that one call gives; strangers are refused."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from clinft.errors import DigestMismatch, SpecError
from clinft.run_folder import to_bytes
from clinft.spec.audit_policy import AuditPolicy
from clinft.stages.audit.batch import Shard
from clinft.stages.audit.file_audit import LISTED_FINDINGS, audit_files, audit_shard, merge_shards
from clinft.stages.audit.shards import Part, load_part, load_parts, write_part
from clinft.stages.audit.shards import merged as merged_parts
from tests.fakes.progress import Quiet

POLICY = AuditPolicy()


# Rows without a sentence take no planted identifiers, which would need seconds.
@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    for number in range(4):
        rows = "".join(f'{{"ssn": "219-09-{10 * number + row + 1:04d}"}}\n' for row in range(10))
        (folder / f"{number}.jsonl").write_text(rows)
    (folder / "t.csv").write_text("mrn\n00482913\n")
    return folder


def parts_of(data: Path, of: int, policy: AuditPolicy = POLICY) -> list[Part]:
    return [audit_shard([data], policy, Quiet(), Shard(index, of), workers=1) for index in range(of)]


def merged(parts: list[Part], data: Path) -> bytes:
    return to_bytes(merge_shards(parts, [data], POLICY, Quiet(), workers=1))


@pytest.mark.parametrize("of", [1, 2, 3, 9])
def test_merged_shards_are_the_audit_of_one_call(data: Path, tmp_path: Path, of: int) -> None:
    for part in parts_of(data, of):
        write_part(tmp_path / f"{part.index}.json", part)
    parts = [load_part(tmp_path / f"{index}.json") for index in reversed(range(of))]
    assert merged(parts, data) == to_bytes(audit_files([data], POLICY, Quiet(), workers=1))


def test_each_chunk_is_scanned_by_one_shard_and_each_byte_hashed_by_all(data: Path) -> None:
    parts = parts_of(data, 3)
    assert len({json.dumps(part.files) for part in parts}) == 1
    counts = [part.result["by_letter"] for part in parts]
    assert [count.get("G", 0) for count in counts] == [20, 10, 10]


def test_a_part_holds_no_text(data: Path, tmp_path: Path) -> None:
    (part,) = parts_of(data, 1)
    write_part(tmp_path / "part.json", part)
    text = (tmp_path / "part.json").read_text()
    assert "219-09" not in text
    assert "00482913" not in text


def test_a_part_replaces_no_file_but_a_part_and_makes_no_folder(data: Path, tmp_path: Path) -> None:
    (part,) = parts_of(data, 1)
    for _ in range(2):
        write_part(tmp_path / "part.json", part)
    before = (data / "0.jsonl").read_bytes()
    for place in (data / "0.jsonl", data, tmp_path / "gone" / "part.json"):
        with pytest.raises(SpecError):
            write_part(place, part)
    assert (data / "0.jsonl").read_bytes() == before
    assert not (tmp_path / "gone").exists()


def test_a_part_tells_too_little_of_a_row_to_try_what_it_holds(data: Path) -> None:
    (part,) = parts_of(data, 1)
    donors = part.result["donors"]
    assert isinstance(donors, list)
    assert {len(donor[0]) for donor in donors} == {4}  # type: ignore[index, arg-type]


def test_missing_and_doubled_parts_are_named(data: Path) -> None:
    first, second, third = parts_of(data, 3)
    with pytest.raises(SpecError, match="1/3 is missing"):
        merged([first, third], data)
    with pytest.raises(SpecError, match="0/3 is there twice, 2/3 is missing"):
        merged([first, first, second], data)
    with pytest.raises(SpecError, match="no part"):
        merged([], data)


def test_parts_of_other_rules_policies_or_shards_are_refused(data: Path) -> None:
    first, second = parts_of(data, 2)
    other = AuditPolicy(sensitivity_floor=0.9)
    strangers = {
        "other rules": second.model_copy(update={"rules": "0" * 64}),
        "another policy": parts_of(data, 2, other)[1],
        "One part is of": parts_of(data, 3)[1],
    }
    for why, stranger in strangers.items():
        with pytest.raises(SpecError, match=why):
            merged([first, stranger], data)


def test_a_part_of_a_project_is_none_of_files_and_the_other_way_round(data: Path) -> None:
    (part,) = parts_of(data, 1)
    names = list(part.files)
    of = {None: part, "demo": part.model_copy(update={"project": "demo"})}
    assert merged_parts([of["demo"]], "demo", POLICY, names, LISTED_FINDINGS).digests == part.files
    for given, asked, says in (
        (None, "demo", "is about files of no project, and this is an audit of the project demo"),
        ("demo", None, "is about the project demo, and this is an audit of files of no project"),
        ("demo", "other", "is about the project demo, and this is an audit of the project other"),
    ):
        with pytest.raises(SpecError, match=says):
            merged_parts([of[given]], asked, POLICY, names, LISTED_FINDINGS)


def with_place(result: Any, **other: object) -> dict[str, Any]:
    return {"findings": [result["findings"][0] | other, *result["findings"][1:]]}


@pytest.mark.parametrize(
    "change",
    [
        lambda result: {"rows": -1},
        lambda result: {"rows": True},
        lambda result: {"rows": "41"},
        lambda result: {"characters": 2**60},
        lambda result: {"by_severity": {}},
        lambda result: {"by_severity": {**result["by_severity"], "HIGH": -1}},
        lambda result: {"by_severity": {"WORST": sum(result["by_severity"].values())}},
        lambda result: {"by_letter": {"Z": sum(result["by_letter"].values())}},
        lambda result: {"by_type": {"NOTHING": sum(result["by_type"].values())}},
        lambda result: {"findings": result["findings"][1:]},
        lambda result: {"findings": result["findings"] * 2},
        lambda result: with_place(result, file="/etc/passwd"),
        lambda result: with_place(result, row=0),
        lambda result: with_place(result, start=9, end=1),
        lambda result: with_place(result, entity_type="NOTHING"),
        lambda result: with_place(result, safe_harbor="A"),
        lambda result: {"donors": [["0000", "0.jsonl", -1]]},
        lambda result: {"donors": [["0000", "elsewhere.jsonl", 1]]},
        lambda result: {"donors": [["219-09-0001", "0.jsonl", 1]]},
        lambda result: {"donors": [[f"{number:04x}", "0.jsonl", 1] for number in range(257)]},
        lambda result: {"recoded": ["elsewhere.jsonl"]},
        lambda result: {"evidence": result["evidence"] | {"files": [f"{n}.txt" for n in range(5)]}},
        lambda result: {"evidence": result["evidence"] | {"files": ["0.jsonl"] * 5}},
        lambda result: {"evidence": result["evidence"] | {"units": {"records": -1, "lines": 0, "files": 0}}},
        lambda result: {"evidence": result["evidence"] | {"kinds": True}},
        lambda result: {"evidence": None},
        lambda result: {"more": 1},
    ],
)
def test_what_no_shard_would_write_is_refused(data: Path, tmp_path: Path, change: Any) -> None:
    """With a digest of its own: anybody can compute that."""
    (part,) = parts_of(data, 1)
    path = tmp_path / "part.json"
    write_part(path, part.model_copy(update={"result": {**part.result, **change(part.result)}}))
    with pytest.raises(SpecError, match="The part of shard 0/1 cannot be read") as refused:
        merged([load_part(path)], data)
    assert "219-09" not in str(refused.value)


@pytest.mark.parametrize("shard", [{"of": 10**12}, {"of": 1001}, {"index": 1}, {"index": -1}])
def test_a_shard_that_cannot_be_asked_for_is_no_part(
    data: Path, tmp_path: Path, shard: dict[str, int]
) -> None:
    (part,) = parts_of(data, 1)
    write_part(tmp_path / "part.json", part.model_copy(update=shard))
    with pytest.raises(SpecError, match="is no part"):
        load_part(tmp_path / "part.json")


def test_parts_of_other_files_are_refused(data: Path, tmp_path: Path) -> None:
    first, second = parts_of(data, 2)
    (data / "t.csv").write_text("mrn\n00482914\n")
    with pytest.raises(SpecError, match="other files"):
        merged([first, parts_of(data, 2)[1]], data)
    (data / "new.txt").write_text("quiet")
    with pytest.raises(SpecError, match="other files"):
        merged([first, second], data)


def test_a_file_that_changed_since_the_shards_is_told(data: Path) -> None:
    parts = parts_of(data, 2)
    (data / "0.jsonl").write_text('{"ssn": "none"}\n' * 10)
    with pytest.raises(DigestMismatch, match="not the file that the shards scanned"):
        merged(parts, data)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"digest": "0", "part": {}}', "nonsense", "[" * 100_000], ids=range(6)
)
def test_what_is_no_part_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "part.json").write_text(content)
    with pytest.raises(SpecError, match="is no part"):
        load_part(tmp_path / "part.json")


def test_a_part_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"There is no .*gone\.json"):
        load_parts([tmp_path / "gone.json"])


def test_a_changed_part_is_refused(data: Path, tmp_path: Path) -> None:
    (part,) = parts_of(data, 1)
    path = tmp_path / "part.json"
    write_part(path, part)
    value = json.loads(path.read_text())
    value["part"]["result"]["by_severity"] = {}
    path.write_text(json.dumps(value))
    with pytest.raises(DigestMismatch, match="changed or damaged"):
        load_part(path)


def test_no_shard_of_many_is_lost_where_there_are_fewer_chunks(data: Path) -> None:
    of = len(list(itertools.islice(data.iterdir(), 99))) + 20
    parts = parts_of(data, of)
    assert sum(part.result["rows"] for part in parts) == 41
