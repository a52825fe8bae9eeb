"""Whatever breaks around `submit`, one job exists, and nobody pays for a second one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clinft.adapters.training import mcp
from clinft.adapters.training.intent import Intent
from clinft.adapters.training.mcp_client.session import Limits
from clinft.errors import DigestMismatch, ServiceError
from tests.fakes.mcp.life import trains_once
from tests.fakes.mcp.requests import Desk, request_at
from tests.fakes.mcp.servers import TOKEN, Running, on_stdio, over_http


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with over_http("v2", tmp_path_factory.mktemp("v2")) as running:
        yield running


@pytest.fixture
def running(server: Running) -> Running:
    """The same server for all, without anybody's jobs."""
    for path in (*server.state.glob("job-*"), server.state / "calls"):
        path.unlink(missing_ok=True)
    server.behave()
    return server


def test_a_process_that_dies_after_it_started_the_job_costs_nothing(tmp_path: Path) -> None:
    running = on_stdio("v2", tmp_path / "state")
    running.behave("drop-after-create")
    desk, request = Desk(tmp_path), request_at(running, tmp_path)
    job = desk.provider().submit(request)
    assert (job.id, job.status) == ("tj-1", "queued")
    assert running.calls == [request.run_id]
    assert desk.slept == [2.0]


def test_a_server_that_is_gone_leaves_the_doubt_and_the_next_call_finds_the_job(tmp_path: Path) -> None:
    with over_http("v2", tmp_path / "state") as running:
        running.behave("drop-after-create")
        desk, request = Desk(tmp_path), request_at(running, tmp_path)
        with pytest.raises(ServiceError, match=r"Whether the MCP server trainer has started .* is not known"):
            desk.provider().submit(request)
    assert desk.slept == [*mcp.LOOKS]
    running.behave()
    with over_http("v2", running.state) as again:
        trains_once(Desk(tmp_path), request_at(again, tmp_path))
    assert running.calls == [request.run_id]


def test_a_call_without_an_answer_is_given_up_and_the_job_is_looked_for(
    running: Running, tmp_path: Path
) -> None:
    running.behave("hang-after-create")
    desk, request = Desk(tmp_path), request_at(running, tmp_path)
    assert desk.provider(Limits(call_seconds=2.0)).submit(request).id == "tj-1"
    assert running.calls == [request.run_id]


def test_a_job_that_is_nowhere_to_be_found_is_not_submitted_again(running: Running, tmp_path: Path) -> None:
    running.behave("hang-after-create", "hides-jobs")
    desk, request = Desk(tmp_path), request_at(running, tmp_path)
    with pytest.raises(ServiceError, match="nothing came within 2 seconds") as lost:
        desk.provider(Limits(call_seconds=2.0)).submit(request)
    assert "the job is looked for first" in lost.value.next_step
    assert running.calls == [request.run_id]


def test_a_tool_that_fails_after_it_started_the_job_is_not_believed(running: Running, tmp_path: Path) -> None:
    running.behave("fail-after-create")
    desk, request = Desk(tmp_path), request_at(running, tmp_path)
    assert desk.provider().submit(request).id == "tj-1"
    assert (running.calls, desk.slept) == ([request.run_id], [])


def test_a_refusal_is_told_in_the_server_s_words_on_one_line_without_its_secret(
    running: Running, tmp_path: Path
) -> None:
    running.behave("refuse")
    with pytest.raises(ServiceError, match=r"refused to submit: .*the training file breaks our rules") as no:
        Desk(tmp_path).provider().submit(request_at(running, tmp_path))
    assert str(no.value).isprintable()
    assert "for the token [redacted]" in str(no.value)
    assert TOKEN not in str(no.value)
    assert running.calls == []


def test_a_file_that_was_not_audited_is_never_sent(running: Running, tmp_path: Path) -> None:
    request = request_at(running, tmp_path)
    with request.validation_file.open("a") as stream:
        stream.write("\n")
    with pytest.raises(DigestMismatch, match="is not the file that was audited"):
        Desk(tmp_path).provider().submit(request)
    assert running.calls == []


def test_two_jobs_of_one_run_are_never_chosen_between(running: Running, tmp_path: Path) -> None:
    running.behave("twice", "stuck")
    provider, request = Desk(tmp_path).provider(), request_at(running, tmp_path)
    first = provider.submit(request)
    # As on another machine, which knows nothing of the first.
    second = provider.submit(replace(request, output_dir=tmp_path / "elsewhere"))
    with pytest.raises(ServiceError, match=r"2 jobs of the MCP server trainer carry the run .*tj-1, tj-2"):
        provider.find(request)
    provider.cancel(first, request)
    found = provider.find(request)
    assert found is not None
    assert found.id == second.id


def test_a_process_that_died_after_the_call_keeps_the_next_one_from_calling_again(
    running: Running, tmp_path: Path
) -> None:
    desk, request = Desk(tmp_path), request_at(running, tmp_path)
    provider = desk.provider()
    provider.submit(request)
    running.behave("hides-jobs")
    with pytest.raises(ServiceError, match=r"was asked for at .*, and none is listed yet.*Call again"):
        desk.provider().submit(request)
    assert desk.slept == [*mcp.LOOKS]
    running.behave()
    assert desk.provider().submit(request).id == "tj-1"
    assert running.calls == [request.run_id]


def test_when_the_doubt_is_over_the_job_is_asked_for(running: Running, tmp_path: Path) -> None:
    desk, request = Desk(tmp_path), request_at(running, tmp_path)
    Intent(request, "mcp").write(datetime.now(UTC) - timedelta(minutes=11))
    assert desk.provider().submit(request).id == "tj-1"
    assert desk.slept == [*mcp.LOOKS]


def test_a_refusal_leaves_no_doubt(running: Running, tmp_path: Path) -> None:
    running.behave("refuse")
    desk, request = Desk(tmp_path), request_at(running, tmp_path)
    with pytest.raises(ServiceError, match="refused to submit"):
        desk.provider().submit(request)
    running.behave()
    assert desk.provider().submit(request).id == "tj-1"
    assert desk.slept == []


def test_what_was_never_asked_for_leaves_no_doubt(tmp_path: Path) -> None:
    with over_http("v2", tmp_path / "state") as gone:
        request = request_at(gone, tmp_path)
    with pytest.raises(ServiceError, match="nothing was submitted"):
        Desk(tmp_path).provider().submit(request)
    assert Intent(request, "mcp").at() is None
