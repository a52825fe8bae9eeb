"""A server that lies, changes or misses something: said clearly, and nothing is lost."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clinft.adapters.training.mcp_client import outcome
from clinft.artifacts.model import Job
from clinft.errors import DigestMismatch, ServiceError, SpecError
from clinft.ports.training import TrainingRequest
from tests.adapters.training.contract import finish
from tests.fakes.mcp.requests import Desk, request_at
from tests.fakes.mcp.servers import V2, Running, over_http
from tests.fakes.progress import Quiet

NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with over_http("v2", tmp_path_factory.mktemp("v2")) as running:
        yield running


@pytest.fixture
def running(server: Running) -> Running:
    server.behave()
    return server


@pytest.fixture
def request_(running: Running, tmp_path: Path) -> TrainingRequest:
    return request_at(running, tmp_path, f"{next(NUMBERS):012x}-a1")


def remapped(running: Running, request: TrainingRequest, operation: str, **changes: Any) -> TrainingRequest:
    """The request with one operation of the policy's mapping changed; None takes a key away."""
    one = {key: value for key, value in (V2["operations"][operation] | changes).items() if value is not None}
    entry = running.entry | {"operations": V2["operations"] | {operation: one}}
    return replace(request, server=Running(entry, running.state).policy)


class Notes(Quiet):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, text: str) -> None:
        self.lines.append(text)


@pytest.mark.parametrize(
    ("lie", "why"),
    [
        ("other-job", r"was asked about the job tj-\d+ and answers about tj-999"),
        ("other-run", "it is another run's"),
    ],
)
def test_an_answer_about_another_job_is_never_taken(
    lie: str, why: str, running: Running, request_: TrainingRequest, tmp_path: Path
) -> None:
    provider = Desk(tmp_path).provider()
    job = provider.submit(request_)
    running.behave(lie)
    with pytest.raises(ServiceError, match=f"contradict each other: .*{why}"):
        provider.poll(job, request_, Quiet())
    running.behave()
    assert finish(provider, job, request_).status == "succeeded"


def test_a_job_of_another_run_is_not_found(request_: TrainingRequest, tmp_path: Path) -> None:
    provider = Desk(tmp_path).provider()
    provider.submit(request_)
    assert provider.find(replace(request_, run_id="eeeeeeeeeeee-a1")) is None


def test_what_was_over_does_not_go_on(running: Running, request_: TrainingRequest, tmp_path: Path) -> None:
    provider = Desk(tmp_path).provider()
    job = finish(provider, provider.submit(request_), request_)
    running.behave("back-to-waiting")
    for asked in (provider, Desk(tmp_path).provider()):
        with pytest.raises(ServiceError, match="is succeeded, and now says queued"):
            asked.poll(job, request_, Quiet())
    running.behave()
    assert provider.result(job, request_).fine_tuned_model


def test_a_state_without_a_meaning_ends_nothing_and_is_told_once(
    running: Running, request_: TrainingRequest, tmp_path: Path
) -> None:
    desk, notes = Desk(tmp_path), Notes()
    provider = desk.provider()
    job = provider.submit(request_)
    running.behave("strange-state")
    for _ in range(3):
        job = provider.poll(job, request_, notes)
    assert job.status == "running"
    assert notes.lines == [f"the MCP server trainer: {job.message}"]
    assert "says 'defragmenting', a state that the policy does not map: taken as running" in job.message


def test_polls_of_a_job_that_does_not_move_become_rare(
    running: Running, request_: TrainingRequest, tmp_path: Path
) -> None:
    running.behave("stuck")
    desk = Desk(tmp_path)
    provider = desk.provider()
    job = provider.submit(request_)

    def waited() -> float:
        nonlocal job
        before = len(desk.slept)
        job = provider.poll(job, request_, Quiet())
        return sum(desk.slept[before:])

    assert [waited() for _ in range(4)] == [0.0, 5.0, 7.5, 11.25]
    assert [waited() for _ in range(6)][-1] == 60.0
    running.behave()
    assert [waited(), waited()] == [60.0, 5.0]


@pytest.mark.parametrize(
    ("lie", "why"),
    [("no-model", "has succeeded, as it says, and it names no model"), ("no-number", "no usable steps")],
)
def test_a_model_that_is_not_told_can_be_asked_for_again(
    lie: str, why: str, running: Running, request_: TrainingRequest, tmp_path: Path
) -> None:
    provider = Desk(tmp_path).provider()
    job = finish(provider, provider.submit(request_), request_)
    running.behave(lie)
    with pytest.raises(ServiceError, match=why):
        provider.result(job, request_)
    running.behave()
    assert provider.result(job, request_).steps == 24
    assert running.calls.count(request_.run_id) == 1


def test_a_model_of_other_bytes_is_refused(
    running: Running, request_: TrainingRequest, tmp_path: Path
) -> None:
    provider = Desk(tmp_path).provider()
    job = finish(provider, provider.submit(request_), request_)
    running.behave("other-bytes")
    with pytest.raises(DigestMismatch, match="has another training file than the audited one"):
        provider.result(job, request_)


def test_what_the_server_told_is_kept_as_its_word(request_: TrainingRequest, tmp_path: Path) -> None:
    provider = Desk(tmp_path).provider()
    job = finish(provider, provider.submit(request_), request_)
    model = provider.result(job, request_)
    number = job.id.removeprefix("tj-")
    told = {(one.purpose, one.file_id, one.sha256, one.size_bytes) for one in model.uploads}
    assert told == {
        ("training", f"file-{number}t", request_.training_sha256, request_.training_file.stat().st_size),
        (
            "validation",
            f"file-{number}v",
            request_.validation_sha256,
            request_.validation_file.stat().st_size,
        ),
    }
    assert (model.trained_tokens, model.declared_by) == (1234, "the MCP server trainer")
    assert provider.measured(job, request_) == {"trained_tokens": 1234, "cost_usd": "0.42"}
    events = provider.events(job, request_)
    assert [(event.level, event.kind, event.step) for event in events] == [
        ("info", "message", None),
        ("warn", "message", 1),
        ("info", "checkpoint", 24),
    ]
    assert events[0].at == "2026-09-21T14:13:20Z"


def test_the_files_may_be_gone_when_the_model_is_asked_for_again(
    running: Running, request_: TrainingRequest, tmp_path: Path
) -> None:
    provider = Desk(tmp_path).provider()
    job = finish(provider, provider.submit(request_), request_)
    model = provider.result(job, request_)
    provider.dispose(job, request_)
    running.behave("no-model")
    request_.training_file.unlink()
    assert Desk(tmp_path).provider().result(job, request_) == model


def test_preflight_says_what_it_looked_at(request_: TrainingRequest, tmp_path: Path) -> None:
    first, second = Desk(tmp_path).provider().preflight(request_)
    assert first == "the MCP server trainer answers (protocol 2026-07-28, 7 tools)"
    assert "find by list_jobs, submit by create_job, poll by get_job" in second


def test_all_that_does_not_fit_is_told_at_once_before_any_call(
    running: Running, request_: TrainingRequest, tmp_path: Path
) -> None:
    wrong = {
        "key": "${run_id}",
        "modle": "${base_model}",
        "files": {"training": "${training_text}", "validation": "${validation_text}", "tset": "x"},
        "epochs": "${hyperparameters.n_epochs} passes",
        "method": "rlhf",
    }
    request = remapped(running, request_, "submit", arguments=wrong)
    provider = Desk(tmp_path).provider()
    for ask in (provider.preflight, provider.submit):
        with pytest.raises(SpecError) as refused:
            ask(request)
        text = str(refused.value)
        for problem in (
            "submit: the tool create_job needs the argument model, not given",
            "submit: the tool create_job has no argument modle; is model meant?",
            "submit: the tool create_job has no argument files.tset",
            "submit: the argument epochs of the tool create_job is string, and the tool wants integer",
            "submit: the argument method of the tool create_job is not what the tool takes: sft or lora",
        ):
            assert problem in text
        assert "chest pain" not in text
    assert request.run_id not in running.calls


@pytest.mark.parametrize(
    ("operation", "changes", "problem"),
    [
        ("poll", {"tool": "get_jobs"}, "poll: the server has no tool get_jobs; it has create_job, "),
        ("cancel", {"arguments": {}}, "cancel: the tool stop_job needs the argument job, not given"),
        ("find", {"items": "jobs[?"}, "find: the JMESPath of items is broken"),
        (
            "find",
            {"arguments": {"limit": "${run_id}"}},
            "find: the argument limit of the tool list_jobs is string",
        ),
    ],
)
def test_preflight_refuses_a_mapping_that_does_not_fit(
    operation: str,
    changes: dict[str, Any],
    problem: str,
    running: Running,
    request_: TrainingRequest,
    tmp_path: Path,
) -> None:
    with pytest.raises(SpecError) as refused:
        Desk(tmp_path).provider().preflight(remapped(running, request_, operation, **changes))
    assert problem in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"items": "jobs[0].key"}, "there is no list"), ({"items": "abs(jobs)"}, "does not fit it")],
)
def test_an_answer_of_another_shape_is_told(
    changes: dict[str, Any], why: str, running: Running, request_: TrainingRequest, tmp_path: Path
) -> None:
    provider = Desk(tmp_path).provider()
    provider.submit(request_)
    with pytest.raises(ServiceError, match=why):
        provider.find(remapped(running, request_, "find", **changes))


def test_a_server_that_is_not_in_the_policy_or_not_mapped_is_told(
    running: Running, request_: TrainingRequest, tmp_path: Path
) -> None:
    provider = Desk(tmp_path).provider()
    with pytest.raises(SpecError, match="is not in the policy"):
        provider.preflight(replace(request_, server=None))
    bare = Running({key: value for key, value in running.entry.items() if key != "operations"}, running.state)
    with pytest.raises(SpecError, match="none of its tools is mapped"):
        provider.preflight(replace(request_, server=bare.policy))


def test_a_server_without_a_tool_to_cancel_says_where_to_do_it(
    running: Running, request_: TrainingRequest, tmp_path: Path
) -> None:
    kept = {
        name: one for name, one in V2["operations"].items() if name in ("find", "submit", "poll", "result")
    }
    request = replace(request_, server=Running(running.entry | {"operations": kept}, running.state).policy)
    provider = Desk(tmp_path).provider()
    lines = provider.preflight(request)
    assert "dispose is not mapped: what was sent stays at the server until somebody deletes it there" in lines
    job = provider.submit(request)
    with pytest.raises(ServiceError, match="cannot be cancelled from here"):
        provider.cancel(job, request)
    provider.dispose(job, request)
    assert provider.events(job, request) == []
    assert isinstance(provider.find(request), Job)


def test_numbers_that_cannot_be_are_told_among_the_events(request_: TrainingRequest, tmp_path: Path) -> None:
    provider = Desk(tmp_path).provider()
    job = finish(provider, provider.submit(request_), request_)
    provider.result(job, request_)
    before = provider.events(job, request_)
    known = outcome.kept(job, request_)
    assert known is not None
    outcome.keep(known.model_copy(update={"warnings": ("No steps.",)}), job, request_)
    (added,) = provider.events(job, request_)[len(before) :]
    assert (added.level, added.message) == ("warn", "No steps.")
