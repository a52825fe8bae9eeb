"""A dataset and an experiment arrive whole, and are read back by the vendor's own client."""

import warnings
from dataclasses import replace
from pathlib import Path

import pytest

from clinft.adapters.sinks.langsmith import LangSmith
from clinft.errors import DigestMismatch, ServiceError, SpecError
from clinft.ports.sinks import Rows
from tests.adapters.sinks.langsmith.conftest import DIGEST, Desk, dataset, experiment, line, write
from tests.fakes.langsmith.server import LangSmithServer


@pytest.mark.parametrize("multipart", [True, False])
def test_dataset_arrives_with_its_splits(desk: Desk, tmp_path: Path, multipart: bool) -> None:
    desk.server.multipart = multipart
    receipt = desk.send(dataset(tmp_path))

    assert receipt.changed
    assert receipt.what == f"dataset icd10-chapter {DIGEST[:12]}: 8 of 8 examples added"
    reader = desk.reader()
    found = reader.read_dataset(dataset_name=f"icd10-chapter {DIGEST[:12]}")
    assert found.metadata is not None
    assert found.metadata["clinft_run"] == "aaaaaaaaaaaa-a1"
    assert "runtime" not in found.metadata
    examples = sorted(
        reader.list_examples(dataset_id=found.id),
        key=lambda one: (one.metadata["dataset_split"], one.metadata["row"]),
    )  # type: ignore[index]
    assert [(one.metadata or {})["dataset_split"] for one in examples] == [["test"]] * 3 + [["train"]] * 5
    assert examples[0].inputs == {
        "messages": [
            {"role": "system", "content": "Answer with a chapter."},
            {"role": "user", "content": "Test 0."},
        ]
    }
    assert examples[0].outputs == {"messages": [{"role": "assistant", "content": "chapter-0"}]}


def test_experiment_arrives_with_scores_by_example(desk: Desk, tmp_path: Path) -> None:
    desk.send(dataset(tmp_path))
    receipt = desk.send(experiment(tmp_path))

    assert receipt.changed
    reader = desk.reader()
    (session,) = desk.server.sessions.values()
    found = reader.read_project(project_name=session["name"])
    assert found.name is not None
    assert found.name.startswith("icd10-chapter aaaaaaaaaaaa-a1 tuned-closed_labels ")
    assert found.reference_dataset_id == reader.read_dataset(dataset_name=f"icd10-chapter {DIGEST[:12]}").id
    assert found.end_time is not None
    with warnings.catch_warnings():
        # The client's former way of asking, which every service knows.
        warnings.simplefilter("ignore", DeprecationWarning)
        runs = sorted(reader.list_runs(project_id=found.id), key=lambda run: run.inputs["item"])
    assert [run.outputs for run in runs] == [{}, {"output": "chapter-1"}, {"output": "chapter-2"}]
    assert all(run.start_time == run.end_time for run in runs)
    for number, run in enumerate(runs):
        example = desk.server.examples[str(run.reference_example_id)]
        assert example["inputs"]["messages"][1]["content"] == f"Test {number}."
        scores = {one.key: one.score for one in reader.list_feedback(run_ids=[run.id])}
        assert scores == {"correct": float(number % 2), "answer_nll_nats": 0.5 + number}


def test_twice_changes_nothing_with_and_without_memory(
    desk: Desk, server: LangSmithServer, tmp_path: Path
) -> None:
    parcels = (dataset(tmp_path), experiment(tmp_path))
    for parcel in parcels:
        desk.send(parcel)
    before = (
        len(server.datasets),
        len(server.examples),
        len(server.sessions),
        len(server.runs),
        len(server.feedback),
    )
    asked = len(server.requests)
    assert [desk.send(parcel).changed for parcel in parcels] == [False, False]
    assert len(server.requests) == asked

    forgetful = Desk(server)
    assert [forgetful.send(parcel).changed for parcel in parcels] == [False, False]
    assert (
        len(server.datasets),
        len(server.examples),
        len(server.sessions),
        len(server.runs),
        len(server.feedback),
    ) == before
    assert forgetful.memory.keys() == desk.memory.keys()


def test_many_rows_go_in_batches(desk: Desk, server: LangSmithServer, tmp_path: Path) -> None:
    desk.send(dataset(tmp_path, train=230, test=120))
    desk.send(experiment(tmp_path, items=120))

    assert server.asked.count("POST examples multipart") == 4
    assert server.asked.count("POST runs/multipart") == 2
    assert (len(server.examples), len(server.runs), len(server.feedback)) == (350, 120, 240)


def test_one_file_that_differs_and_nothing_is_sent(
    desk: Desk, server: LangSmithServer, tmp_path: Path
) -> None:
    parcel = dataset(tmp_path)
    with (tmp_path / "test.jsonl").open("a") as stream:
        stream.write(line(9) + "\n")

    with pytest.raises(DigestMismatch, match="not what the audit passed"):
        desk.send(parcel)
    assert server.requests == []


def test_a_file_that_changes_while_it_is_sent_is_cut_off(server: LangSmithServer, tmp_path: Path) -> None:
    desk = Desk(server)
    parcel = dataset(tmp_path)
    server.fail_next("POST datasets", 429, headers={"Retry-After": "1"})
    desk.tools = replace(desk.tools, sleep=lambda _: write(tmp_path / "train.jsonl", [line(7)] * 5) and None)
    desk.sink = LangSmith(desk.place, desk.tools)

    with pytest.raises(DigestMismatch):
        desk.send(parcel)
    assert server.examples == {}


def test_a_missing_file_is_said(desk: Desk, tmp_path: Path) -> None:
    parcel = dataset(tmp_path)
    (tmp_path / "test.jsonl").unlink()
    with pytest.raises(SpecError, match="not on this machine"):
        desk.send(parcel)


@pytest.mark.parametrize(
    "row",
    [
        '{"messages": []}',
        "[]",
        '{"messages": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]}',
        "{",
    ],
)
def test_a_row_of_another_form_is_named_by_its_number(desk: Desk, tmp_path: Path, row: str) -> None:
    splits = {"train": write(tmp_path / "other.jsonl", [line(0), row])}
    with pytest.raises(SpecError, match=r"Row 2 of the split train"):
        desk.send(dataset(tmp_path, splits=splits))


def test_experiment_before_its_dataset_waits(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="not in LangSmith yet"):
        desk.send(experiment(tmp_path))


def test_an_evaluation_made_again_is_another_experiment(
    desk: Desk, server: LangSmithServer, tmp_path: Path
) -> None:
    desk.send(dataset(tmp_path))
    desk.send(experiment(tmp_path))
    (tmp_path / "again").mkdir()
    assert desk.send(experiment(tmp_path / "again", items=2)).changed
    assert len(server.sessions) == 2


def test_other_parcels_are_not_taken(desk: Desk) -> None:
    assert not desk.sink.accepts(Rows("runs", ("row_id",), ()))


def test_the_workspace_of_the_policy_is_named_in_every_call(server: LangSmithServer, tmp_path: Path) -> None:
    Desk(server, workspace="ws-1").send(dataset(tmp_path))
    assert {one.headers.get("x-tenant-id") for one in server.requests} == {"ws-1"}
