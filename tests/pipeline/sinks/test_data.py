"""A run's dataset and scores: the very bytes that its audit passed, made again from the committed spec, or nothing."""

import json
import shutil
from pathlib import Path

import pytest

from clinft.artifacts.audit import AuditReport
from clinft.artifacts.canonical import digest_file
from clinft.errors import ClinftError, DigestMismatch, PolicyViolation, SpecError
from clinft.pipeline.sinks import data
from clinft.pipeline.sinks.parcels import key_of
from clinft.ports.sinks import Dataset, Experiment
from clinft.run_folder import load
from tests.fakes import finished
from tests.fakes.cli import clinft


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished.repository(tmp_path_factory.mktemp("data"))


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    """Two runs of the same data."""
    return Path(shutil.copytree(made.parents[1], tmp_path / "repository")) / "projects" / "demo"


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_all_splits_are_chat_examples_of_audited_records(project: Path, scratch: Path) -> None:
    run = finished.runs(project)[1]
    dataset, *experiments = [due.parcel for due in data.of_run(run, project, scratch)]
    assert isinstance(dataset, Dataset)
    audited = load(run, "audit", AuditReport)
    assert audited is not None
    assert list(dataset.splits) == ["train", "validation", "dev", "test"]
    for split, (path, sha256) in dataset.splits.items():
        assert digest_file(path) == sha256
        roles = {tuple(message["role"] for message in line["messages"]) for line in lines(path)}  # type: ignore[attr-defined]
        assert roles == {("system", "user", "assistant")}, split
    # What trained is what is sent.
    scanned = audited.payload.files_scanned
    assert dataset.splits["train"][1] == scanned["data/formatted/train.jsonl"]
    assert [key_of(one) for one in (dataset, *experiments)] == list(data.keys_of(run))


def test_scores_lie_beside_the_row_of_their_record(project: Path, scratch: Path) -> None:
    run = finished.runs(project)[1]
    parcels = [due.parcel for due in data.of_run(run, project, scratch)]
    tuned = next(one for one in parcels if isinstance(one, Experiment) and one.system.startswith("tuned-gen"))
    dataset = parcels[0]
    assert isinstance(dataset, Dataset)
    assert tuned.dataset == dataset.digest
    items = lines(tuned.items)
    records = lines(project / "data" / "records" / "test.jsonl")
    assert len(items) == len(records)
    assert [item["item"] for item in items] == [records[int(str(item["example"]))]["id"] for item in items]
    assert all(isinstance(item["output"], str) for item in items)


def test_answers_that_lie_elsewhere_are_left_out_and_scores_are_not(project: Path, scratch: Path) -> None:
    run = finished.runs(project)[1]
    shutil.rmtree(run / "data")
    parcels = [due.parcel for due in data.of_run(run, project, scratch)]
    items = [item for one in parcels if isinstance(one, Experiment) for item in lines(one.items)]
    assert items
    assert {item["output"] for item in items} == {None}
    assert all(item["scores"] for item in items)


def test_data_that_were_made_again_elsewhere_are_the_same(project: Path, scratch: Path) -> None:
    """As the job on GitHub has it: nothing but what is committed."""
    run = finished.runs(project)[1]
    before = next(data.of_run(run, project, scratch)).parcel
    shutil.rmtree(project / "data")
    with pytest.raises(SpecError, match="is not on this machine"):
        list(data.of_run(run, project, scratch))
    assert clinft("prepare", project).exit_code == 0
    again = next(data.of_run(run, project, scratch)).parcel
    assert isinstance(before, Dataset)
    assert isinstance(again, Dataset)
    assert again.digest == before.digest


@pytest.mark.parametrize("name", ["data/records/test.jsonl", "data/records/train.jsonl", "prompt/prompt.md"])
def test_one_byte_that_no_audit_has_read_sends_nothing(project: Path, scratch: Path, name: str) -> None:
    path = project / name
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(DigestMismatch, match="is not what the run's audit read"):
        list(data.of_run(finished.runs(project)[1], project, scratch))


def test_items_that_the_record_does_not_list_send_no_scores(project: Path, scratch: Path) -> None:
    run = finished.runs(project)[1]
    path = run / "items.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"correct":true', b'"correct":false', 1))
    with pytest.raises(ClinftError, match=r"items\.jsonl"):
        list(data.of_run(run, project, scratch))


def test_without_a_passed_audit_nothing_leaves(
    project: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = data._need

    def declined(run: Path, stage: str, payload: type) -> object:
        found = real(run, stage, payload)
        if stage != "audit":
            return found
        return found.model_copy(update={"payload": found.payload.model_copy(update={"verdict": "DECLINED"})})

    monkeypatch.setattr(data, "_need", declined)
    with pytest.raises(PolicyViolation, match="their audit says DECLINED"):
        list(data.of_run(finished.runs(project)[1], project, scratch))
