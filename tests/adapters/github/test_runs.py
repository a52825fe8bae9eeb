"""Runs of workflows as GitHub tells them, what they left, and writes that are sent once."""

import json
import traceback
from collections.abc import Callable

import pytest

from clinft.adapters.github.client import Address
from clinft.adapters.github.runs import GitHubRuns
from clinft.errors import ServiceError
from clinft.ports.runs import WorkflowRuns
from tests.fakes.github.server import TOKEN
from tests.fakes.github.workflow_runs import zipped
from tests.fakes.second_page import Raw, SecondPage

FILES = {"a": b"1"}
SHA = "1" * 40


def runs(api: str) -> GitHubRuns:
    return GitHubRuns(Address(api, "hosp/clinft", TOKEN, "report"), pause_seconds=0)


def refused(call: Callable[[], object]) -> str:
    """What is said, after three sentences and neither token nor GitHub's own text were seen in all of it."""
    with pytest.raises(ServiceError) as error:
        call()
    assert error.value.cause
    assert error.value.next_step
    told = "".join(traceback.format_exception(error.value)) + repr(error.value.__dict__)
    assert TOKEN not in told
    assert "injected" not in told
    return error.value.what


def calls(server: SecondPage, operation: str) -> int:
    return sum(one.operation_id == operation for one in server.log)


def test_a_run_is_told_whole(server: SecondPage) -> None:
    reader: WorkflowRuns = runs(server.api)
    path = ".github/workflows/reconcile.yml@refs/heads/main"
    server.add_workflow_run(11, path=path, event="schedule", head_sha=SHA, attempt=3)
    found = reader.run(11)
    assert found is not None
    assert (found.id, found.attempt, found.path, found.event) == (11, 3, path, "schedule")
    assert (found.head_sha, found.head_branch, found.repository) == (SHA, "main", "hosp/clinft")
    assert (found.status, found.conclusion, found.over) == ("in_progress", None, False)
    assert found.url == f"{server.base}/hosp/clinft/actions/runs/11"
    server.end_run(11, "failure")
    ended = reader.run(11)
    assert ended is not None
    assert (ended.status, ended.conclusion, ended.over) == ("completed", "failure", True)
    assert {one.job for one in server.log} == {"report"}


def test_the_code_of_a_fork_is_told_as_such(server: SecondPage) -> None:
    server.add_workflow_run(11, repository="mallory/clinft", event="pull_request")
    found = runs(server.api).run(11)
    assert found is not None
    assert found.repository == "mallory/clinft"


def test_a_run_that_is_not_there_is_none_and_one_that_cannot_be_asked_for_is_not(server: SecondPage) -> None:
    reader = runs(server.api)
    assert reader.run(11) is None
    server.add_workflow_run(11)
    for status in (401, 403, 422):
        server.fail_next("actions/get-workflow-run", status)
        assert refused(lambda: reader.run(11)).endswith(f"it answered {status}.")
    server.fail_next("actions/get-workflow-run", 502)
    assert reader.run(11) is not None


RUN = {
    "id": 11, "run_attempt": 1, "path": ".github/workflows/train.yml", "event": "push", "head_sha": SHA,
    "head_branch": "main", "head_repository": {"full_name": "hosp/clinft"}, "status": "completed",
    "conclusion": "success", "html_url": "https://github.com/hosp/clinft/actions/runs/11",
}  # fmt: skip


def test_a_run_of_a_deleted_fork_or_branch_is_of_no_repository() -> None:
    gone = {"head_repository": None, "head_branch": None, "status": None, "conclusion": None}
    with Raw(json.dumps({**RUN, **gone}).encode()) as raw:
        found = runs(raw.api).run(11)
    assert found is not None
    assert (found.repository, found.head_branch, found.status, found.over) == ("", "", "", False)


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        {},
        "ok",
        *({key: value for key, value in RUN.items() if key != left_out} for left_out in RUN),
        {**RUN, "id": 12},
        {**RUN, "id": "11"},
        {**RUN, "id": True},
        {**RUN, "path": None},
        {**RUN, "event": 3},
        {**RUN, "head_sha": ["1"]},
        {**RUN, "head_repository": {}},
        {**RUN, "head_repository": {"full_name": None}},
        {**RUN, "conclusion": False},
    ],
)
def test_half_an_answer_is_none(told: object) -> None:
    with Raw(json.dumps(told).encode()) as raw:
        refused(lambda: runs(raw.api).run(11))


def test_all_artifacts_are_listed_the_newest_last(server: SecondPage) -> None:
    server.add_workflow_run(11)
    server.add_workflow_run(12)
    assert runs(server.api).artifacts(11) == ()
    server.add_artifact(12, "of another run", FILES)
    names = [f"n{place}" for place in range(205)]
    for name in names:
        server.add_artifact(11, name, {"a": name.encode()}, expired=name == "n3")
    listed = runs(server.api).artifacts(11)
    assert [one.name for one in listed] == names
    assert [one.name for one in listed if one.expired] == ["n3"]
    assert listed[0].size_bytes == len(zipped({"a": b"n0"}))
    assert listed[0].digest is not None
    assert listed[0].digest.startswith("sha256:")
    assert [one.query["page"] for one in server.log if "artifacts" in one.path] == ["1", "1", "2", "3"]


def test_less_than_all_is_refused(server: SecondPage) -> None:
    server.add_workflow_run(11)
    for place in range(101):
        server.add_artifact(11, f"n{place}", {"a": b"1"})
    server.broken = ("actions/list-workflow-run-artifacts", 404)
    assert "it answered 404" in refused(lambda: runs(server.api).artifacts(11))
    assert "it answered 404" in refused(lambda: runs(server.api).artifacts(12))


ARTIFACT = {"id": 1, "name": "n", "size_in_bytes": 2, "expired": False}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"total_count": 3, "artifacts": [ARTIFACT]}, "it lists 1 of 3"),
        ({"total_count": 3, "artifacts": []}, "it lists 0 of 3"),
        ({"total_count": 1}, "KeyError"),
        ({}, "KeyError"),
        ([], "TypeError"),
        (None, "TypeError"),
        ({"total_count": None, "artifacts": []}, "TypeError"),
        ({"total_count": 1, "artifacts": [{**ARTIFACT, "expired": "no"}]}, "TypeError"),
        ({"total_count": 1, "artifacts": [{**ARTIFACT, "name": None}]}, "TypeError"),
        ({"total_count": 1, "artifacts": [None]}, "AttributeError"),
    ],
)
def test_a_list_that_makes_no_sense_is_not_an_empty_one(told: object, said: str) -> None:
    with Raw(json.dumps(told).encode()) as raw:
        assert refused(lambda: runs(raw.api).artifacts(11)).endswith(f"{said}.")
        assert len(raw.calls) < 5


def test_a_start_is_sent_with_the_full_name_of_the_branch(server: SecondPage) -> None:
    runs(server.api).dispatch("train.yml", "main", {"project": "demo", "resume": "x-a1"})
    assert server.dispatches == [
        {
            "workflow_id": "train.yml",
            "ref": "refs/heads/main",
            "inputs": {"project": "demo", "resume": "x-a1"},
        }
    ]
    assert [one.method for one in server.log] == ["POST"]


@pytest.mark.parametrize("lost", [True, False])
def test_a_start_is_never_sent_twice(server: SecondPage, lost: bool) -> None:
    for times, status in enumerate((403, 404, 422, 500, 502, 503), start=1):
        server.fail_next("actions/create-workflow-dispatch", status, after_accepting=lost)
        said = refused(lambda: runs(server.api).dispatch("train.yml", "main", {}))
        assert said.endswith(f"it answered {status}.")
        assert len(server.dispatches) == times * lost
        assert len(server.log) == times
