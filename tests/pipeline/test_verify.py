"""One changed byte anywhere is named, and so is what rests on it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clinft import run_folder
from clinft.artifacts.canonical import digest_bytes
from clinft.artifacts.envelope import digest_content
from clinft.artifacts.results import RunRecord
from clinft.pipeline import attempts
from clinft.pipeline.status_files import write_new
from clinft.pipeline.verify import Link, verify
from tests.fakes.cli import clinft
from tests.fakes.committed_runs import LIVED, entries
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


@pytest.fixture
def later(finished: Path, tmp_path: Path) -> Path:
    """The finished run with what is added afterwards: its status, and another evaluation with its own."""
    run = tmp_path / finished.name
    shutil.copytree(finished, run)
    add_status(run, (*LIVED, "deployed"))
    again = run / "again" / "01"
    again.mkdir(parents=True)
    for name in ("evaluate.json", "items.jsonl", "regress.json", "report.json", "report.md"):
        shutil.copy(run / name, again / name)
    reseal(again, run)
    add_status(again, LIVED)
    return run


def record_of(run: Path) -> RunRecord:
    record = run_folder.load_record(run)
    assert record is not None
    return record


def reseal(folder: Path, of: Path, **changed: object) -> None:
    record = record_of(of).model_copy(update=changed)
    run_folder.save_record(folder, attempts.with_evidence(record, folder))


def add_status(folder: Path, statuses: tuple[str, ...], **changed: str) -> None:
    record = record_of(folder)
    write_new(folder, entries(record.run_id, statuses, changed.get("record", record.digest)))


def test_what_is_added_to_a_sealed_run_is_verified_too(later: Path) -> None:
    links = {link.name: link for link in verify(later, Quiet())}
    assert {link.status for link in links.values()} == {"same"}
    assert {"status/05.json", "status", "again/01/record.json", "again/01/items.jsonl"} <= set(links)
    assert {"again/01/evaluate", "again/01/regress", "again/01/report", "again/01/status"} <= set(links)


def test_the_record_lists_nothing_that_is_added_after_it(finished: Path, later: Path) -> None:
    assert attempts.with_evidence(record_of(later), later) == record_of(finished)


def test_one_byte_in_any_added_file_is_named(later: Path) -> None:
    names = [name for name in committed(later) if name.startswith(("status/", "again/"))]
    assert len(names) == 5 + 6 + 4
    for name in names:
        path = later / name
        original = path.read_bytes()
        # The first and the last byte: what the last entry of a status says is held by git alone.
        for position in (0, len(original) - 1):
            changed = bytearray(original)
            changed[position] ^= 1
            path.write_bytes(bytes(changed))
            assert name in different(later), f"{name}, byte {position}"
        path.write_bytes(original)
    assert different(later) == {}


def other_record(run: Path) -> None:
    shutil.rmtree(run / "status")
    add_status(run, LIVED, record="f" * 64)


def other_end(run: Path) -> None:
    shutil.rmtree(run / "status")
    add_status(run, ("queued", "failed"))


def no_end(run: Path) -> None:
    shutil.rmtree(run / "status")
    add_status(run, LIVED[:2])


def other_run(run: Path) -> None:
    shutil.rmtree(run / "status")
    elsewhere = run.parent / "0123456789ab-a1"
    write_new(elsewhere, entries(elsewhere.name, LIVED, record_of(run).digest))
    shutil.copytree(elsewhere / "status", run / "status")


def missing_entry(run: Path) -> None:
    (run / "status" / "02.json").unlink()


def rewritten_entry(run: Path) -> None:
    path = run / "status" / "02.json"
    path.write_bytes(path.read_bytes().replace(b"T02:", b"T03:"))


def stray_in_status(run: Path) -> None:
    (run / "status" / "06.json\n").write_text("{}")


def stray_in_again(run: Path) -> None:
    (run / "again" / "01" / "data").mkdir()
    (run / "again" / "01" / "data" / "x").write_text("{}")


def stray_beside_again(run: Path) -> None:
    (run / "again" / "1.json").write_text("{}")


def again_of_another_run(run: Path) -> None:
    reseal(run / "again" / "01", run, run_id="0123456789ab-a1")


def again_of_another_plan(run: Path) -> None:
    reseal(run / "again" / "01", run, plan_digest="f" * 64)


def again_without_record(run: Path) -> None:
    (run / "again" / "01" / "record.json").unlink()


def again_with_other_weights(run: Path) -> None:
    """A whole chain of its own would let another model be measured under this run's name."""
    again = run / "again" / "01"
    shutil.rmtree(again / "status")
    changed(again / "train.json", json.loads((run / "train.json").read_bytes()), "steps")
    reseal(again, run)


def again_measured_on_another_model(run: Path) -> None:
    again = run / "again" / "01"
    shutil.rmtree(again / "status")
    data = json.loads((again / "evaluate.json").read_bytes())
    data["inputs"]["train"] = "f" * 64
    changed(again / "evaluate.json", data, "n")
    reseal(again, run)


def changed(path: Path, data: dict[str, Any], number: str) -> None:
    """With a number of the payload one higher, and a digest that fits."""
    data["payload"][number] += 1
    data["digest"] = digest_content(data)
    path.write_text(json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def forged_artifact(run: Path) -> None:
    shutil.rmtree(run / "status")
    data = {"name": "nothing that clinft writes"}
    (run / "audit.json").write_text(json.dumps({**data, "digest": digest_content(data)}))
    reseal(run, run)


def nothing_written(run: Path) -> None:
    shutil.rmtree(run / "status")
    (run / "prompt.md").unlink()
    reseal(run, run)


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (other_record, {"status"}),
        (other_end, {"status"}),
        (no_end, {"status"}),
        (other_run, {"status"}),
        (missing_entry, {"status"}),
        (rewritten_entry, {"status"}),
        (stray_in_status, {"status/06.json\n"}),
        (stray_in_again, {"again/01/data/x"}),
        (stray_beside_again, {"again/1.json"}),
        (again_of_another_run, {"again/01/record.json"}),
        (again_of_another_plan, {"again/01/record.json", "again/01/status"}),
        (again_without_record, {"again/01/record.json"}),
        (again_with_other_weights, {"again/01/train"}),
        (forged_artifact, {"contents"}),
        (nothing_written, {"prompt.md"}),
        (again_measured_on_another_model, {"again/01/evaluate", "again/01/regress", "again/01/report"}),
    ],
)
def test_what_does_not_belong_to_the_sealed_run_is_named(
    later: Path, edit: Callable[[Path], None], named: set[str]
) -> None:
    edit(later)
    found = different(later)
    assert set(found) == named
    assert "record.json" not in found


def test_what_rests_on_another_evaluation_lies_in_it(later: Path) -> None:
    (later / "again" / "01" / "evaluate.json").write_text("{}")
    assert different(later)["again/01/evaluate.json"].dependents == ("again/01/regress", "again/01/report")
