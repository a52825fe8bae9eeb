"""One changed byte anywhere is named, and so is what rests on it."""

import json
from pathlib import Path

import pytest

from clinft import run_folder
from clinft.artifacts.results import RunRecord
from clinft.pipeline.verify import Link, verify
from tests.fakes.cli import clinft
from tests.fakes.progress import Quiet
from tests.fakes.specs import write_repository


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = write_repository(tmp_path_factory.mktemp("verify"))
    done = clinft("run", project, "--yes")
    assert done.exit_code == 0, done.output
    (run,) = (project / "runs").iterdir()
    return run


def different(run: Path) -> dict[str, Link]:
    return {link.name: link for link in verify(run, Quiet()) if link.status == "different"}


def test_a_finished_run_is_the_same_in_every_link(finished: Path) -> None:
    links = verify(finished, Quiet())
    assert {link.status for link in links} == {"same"}
    names = {link.name for link in links}
    assert {"records", "audit", "data/formatted/train.jsonl", "run/data/adapter/word_counts.json"} <= names


def committed(run: Path) -> list[str]:
    files = (path.relative_to(run) for path in run.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in files if path.parts[0] != "data")


def test_one_byte_in_any_committed_file_is_named(finished: Path) -> None:
    names = committed(finished)
    assert {"train.json", "items.jsonl", "report.md", "record.json", "project.yaml"} <= set(names)
    for name in names:
        path = finished / name
        original = path.read_bytes()
        for position in (0, len(original) // 2, len(original) - 1):
            changed = bytearray(original)
            changed[position] ^= 1
            path.write_bytes(bytes(changed))
            assert name in different(finished), f"{name}, byte {position}"
        path.write_bytes(original)
    assert different(finished) == {}


DEPENDENTS = {
    "prepare.json": ("assess", "audit", "estimate", "gate", "train", "evaluate", "regress", "report"),
    "audit.json": ("gate", "train", "evaluate", "regress", "report"),
    "train.json": ("evaluate", "regress", "report"),
    "items.jsonl": ("evaluate", "regress", "report"),
    "report.json": (),
}


@pytest.mark.parametrize("name", sorted(DEPENDENTS))
def test_what_rests_on_a_changed_file_is_listed_in_order(finished: Path, name: str) -> None:
    path = finished / name
    original = path.read_bytes()
    path.write_bytes(original + b" ")
    try:
        assert different(finished)[name].dependents == DEPENDENTS[name]
        told = clinft("verify", finished)
        assert told.exit_code == 1
        assert all(f"rests on it: {stage}" in told.output for stage in DEPENDENTS[name])
    finally:
        path.write_bytes(original)


def test_a_missing_and_an_added_file_are_named(finished: Path) -> None:
    items = finished / "items.jsonl"
    kept = items.read_bytes()
    items.unlink()
    stray = finished / "stray.txt"
    stray.write_text("x")
    try:
        found = different(finished)
        assert found["items.jsonl"].detail == "missing"
        assert found["stray.txt"].detail == "is not in the record"
    finally:
        items.write_bytes(kept)
        stray.unlink()


def test_changed_weights_are_named(finished: Path) -> None:
    weights = finished / "data" / "adapter" / "word_counts.json"
    kept = weights.read_bytes()
    weights.write_bytes(kept + b" ")
    try:
        assert set(different(finished)) == {"run/data/adapter/word_counts.json"}
    finally:
        weights.write_bytes(kept)


def test_weights_that_stay_elsewhere_are_no_difference(finished: Path) -> None:
    weights = finished / "data" / "adapter" / "word_counts.json"
    moved = finished.parent / "elsewhere.json"
    weights.rename(moved)
    try:
        links = {link.name: link.status for link in verify(finished, Quiet())}
        assert links["run/data/adapter/word_counts.json"] == "not_regenerable"
        assert "different" not in links.values()
    finally:
        moved.rename(weights)


def test_a_chain_forged_with_fresh_digests_still_breaks(finished: Path) -> None:
    """Whoever edits an artifact and reseals it and the record is told by the artifacts around it."""
    path, record_path = finished / "audit.json", finished / "record.json"
    kept = path.read_bytes(), record_path.read_bytes()
    data = json.loads(kept[0])
    data["payload"]["records_scanned"] += 1
    from clinft.artifacts.canonical import digest_bytes
    from clinft.artifacts.envelope import digest_content

    data["digest"] = digest_content(data)
    forged = (json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
    path.write_bytes(forged)
    record = RunRecord.model_validate_json(kept[1])
    stages = tuple(
        stage.model_copy(update={"digest": data["digest"], "file_sha256": digest_bytes(forged)})
        if stage.stage == "audit"
        else stage
        for stage in record.stages
    )
    run_folder.save_record(finished, record.model_copy(update={"stages": stages}).sealed())
    try:
        found = different(finished)
        assert {"gate", "report"} <= set(found)
        assert "audit" in found["gate"].detail
    finally:
        path.write_bytes(kept[0])
        record_path.write_bytes(kept[1])


def test_a_folder_that_is_no_run_is_a_usage_error(tmp_path: Path) -> None:
    assert clinft("verify", tmp_path / "nothing").exit_code == 2
    assert clinft("verify", tmp_path).exit_code == 2
