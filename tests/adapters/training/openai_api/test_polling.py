"""One question, one state of our six, and a pause only where nothing changes."""

from pathlib import Path

import pytest

from clinft.adapters.training.azure_openai import AzureOpenAIProvider
from clinft.adapters.training.openai import OpenAIProvider
from clinft.artifacts.model import Job, JobStatus
from clinft.errors import ServiceError
from clinft.stages.train import train
from tests.adapters.training.contract import finish
from tests.adapters.training.openai_api.hosted import World, request_to
from tests.fakes.openai.azure import AzureServer
from tests.fakes.openai.outcomes import (
    JobError,
    Outcome,
    invalid_file,
    moderation_refusal,
    stuck,
    unsafe_model,
)
from tests.fakes.openai.server import OpenAIServer
from tests.fakes.progress import Quiet

RETRIEVE = "retrieveFineTuningJob"


class Noted(Quiet):
    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


def test_the_first_question_is_asked_at_once_and_the_others_wait(
    server: OpenAIServer, world: World, provider: OpenAIProvider, tmp_path: Path
) -> None:
    server.next_jobs.append(stuck("queued"))
    request = request_to(server, tmp_path)
    job = provider.submit(request)
    world.slept.clear()
    job = provider.poll(job, request, Quiet())
    assert (job.status, world.slept) == ("queued", [])
    waited = []
    for _ in range(8):
        world.slept.clear()
        job = provider.poll(job, request, Quiet())
        waited.append(sum(world.slept))
        # So that a line can be written every few seconds, and nobody waits long for Ctrl-C.
        assert max(world.slept) <= 5.0
    assert waited == [5.0, 7.5, 11.25, 16.875, 25.3125, 37.96875, 56.953125, 60.0]
    assert len(server.asked(RETRIEVE)) == 9


def test_a_change_makes_the_pause_short_again(
    server: OpenAIServer, world: World, provider: OpenAIProvider, tmp_path: Path
) -> None:
    server.poll_advances = False
    request = request_to(server, tmp_path)
    job = provider.submit(request)
    for _ in range(5):
        job = provider.poll(job, request, Quiet())
    server.advance()
    job = provider.poll(job, request, Quiet())
    world.slept.clear()
    provider.poll(job, request, Quiet())
    assert world.slept == [5.0]


def test_a_process_that_asks_once_never_waits(server: OpenAIServer, world: World, tmp_path: Path) -> None:
    request = request_to(server, tmp_path)
    job = OpenAIProvider(world.tools(tmp_path)).submit(request)
    for _ in range(3):
        job = OpenAIProvider(world.tools(tmp_path)).poll(job, request, Quiet())
    assert world.slept == []
    assert job.status == "succeeded"


@pytest.mark.parametrize(
    ("word", "expected", "message"),
    [
        ("pending", "queued", ""),
        ("Paused", "running", "It is paused at the provider, and goes on when somebody resumes it there."),
        (
            "pre\x1b[0mempted",
            "running",
            "Warning: the provider calls the state 'pre\\\\x1b[0mempted', which is not known here.",
        ),
    ],
)
def test_words_for_states(
    word: str,
    expected: JobStatus,
    message: str,
    server: OpenAIServer,
    provider: OpenAIProvider,
    tmp_path: Path,
) -> None:
    server.next_jobs.append(Outcome(words={"queued": word}, stuck_in="queued"))
    request, noted = request_to(server, tmp_path), Noted()
    job = provider.poll(provider.submit(request), request, noted)
    assert (job.status, job.message) == (expected, message)
    assert noted.notes == ([message] if message.startswith("Warning") else [])


def test_an_unknown_word_does_not_end_the_run(
    server: OpenAIServer, provider: OpenAIProvider, tmp_path: Path
) -> None:
    server.next_jobs.append(Outcome(words={"running": "preempted"}))
    request = request_to(server, tmp_path)
    model = train(request, provider, Quiet(), lambda job: None)
    assert model.fine_tuned_model.startswith("ft:gpt-4.1-mini")
    assert server.submissions == 1


def test_azures_words(azure: AzureServer, azure_world: World, tmp_path: Path) -> None:
    provider, request = AzureOpenAIProvider(azure_world.tools(tmp_path)), request_to(azure, tmp_path)
    job = provider.submit(request)
    assert job.status == "queued"  # pending
    assert provider.cancel(job, request).status == "cancelled"  # canceled


def test_what_the_provider_says_of_a_failure_is_told_word_for_word(
    server: OpenAIServer, provider: OpenAIProvider, tmp_path: Path
) -> None:
    server.next_jobs.append(invalid_file("Line 3 has no\x07 assistant message."))
    request = request_to(server, tmp_path)
    job = finish(provider, provider.submit(request), request)
    assert job.status == "failed"
    assert job.message == "invalid_training_file: Line 3 has no\\x07 assistant message."
    with pytest.raises(ServiceError, match=r"ended as failed\. invalid_training_file: Line 3"):
        train(request, provider, Quiet(), lambda job: None)
    assert server.submissions == 1


@pytest.mark.parametrize("outcome", [moderation_refusal(), unsafe_model(), moderation_refusal("1234")])
def test_a_refusal_for_safety_says_that_nothing_is_sent_again(
    outcome: Outcome, server: OpenAIServer, provider: OpenAIProvider, tmp_path: Path
) -> None:
    server.next_jobs.append(outcome)
    request = request_to(server, tmp_path)
    job = finish(provider, provider.submit(request), request)
    assert outcome.error is not None
    assert job.message.startswith(f"{outcome.error.code}: {outcome.error.message}")
    assert "nothing is sent again by itself" in job.message
    assert server.submissions == 1


def test_another_failure_is_no_refusal(
    server: OpenAIServer, provider: OpenAIProvider, tmp_path: Path
) -> None:
    server.next_jobs.append(Outcome(fails_in="running", error=JobError("server_error", "A disk broke.")))
    request = request_to(server, tmp_path)
    assert finish(provider, provider.submit(request), request).message == "server_error: A disk broke."


def test_a_limit_is_waited_for_as_long_as_the_service_asks(
    server: OpenAIServer, world: World, provider: OpenAIProvider, tmp_path: Path
) -> None:
    request = request_to(server, tmp_path)
    job = provider.submit(request)
    world.slept.clear()
    server.rate_limit_next(RETRIEVE, times=2, retry_after="7")
    assert provider.poll(job, request, Quiet()).status == "queued"
    assert world.slept == [7.0, 7.0]


@pytest.mark.parametrize(
    ("asked", "slept"), [("99999", 120.0), ("nan", 1.0), ("-5", 0.0), ("Wed, 21 Oct", 1.0)]
)
def test_no_service_makes_us_wait_for_hours(
    asked: str, slept: float, server: OpenAIServer, world: World, provider: OpenAIProvider, tmp_path: Path
) -> None:
    request = request_to(server, tmp_path)
    job = provider.submit(request)
    world.slept.clear()
    server.rate_limit_next(RETRIEVE, retry_after=asked)
    provider.poll(job, request, Quiet())
    assert world.slept == [slept]


def test_a_limit_that_stays_is_an_error_and_the_run_goes_on_later(
    server: OpenAIServer, provider: OpenAIProvider, tmp_path: Path
) -> None:
    request = request_to(server, tmp_path)
    job = provider.submit(request)
    server.rate_limit_next(RETRIEVE, times=4)
    with pytest.raises(ServiceError, match="limits how often"):
        provider.poll(job, request, Quiet())
    assert finish(provider, job, request).status == "succeeded"


def test_a_dropped_answer_is_asked_for_again(
    server: OpenAIServer, provider: OpenAIProvider, tmp_path: Path
) -> None:
    request = request_to(server, tmp_path)
    job = provider.submit(request)
    server.drop_next(RETRIEVE, times=3)
    assert provider.poll(job, request, Quiet()).status == "succeeded"


@pytest.mark.parametrize(
    "body", ["<html>", {"id": "ftjob-of-others", "status": "succeeded"}, {"status": "succeeded"}, [1], None]
)
def test_an_answer_that_is_not_this_job_is_an_error(
    body: object, server: OpenAIServer, provider: OpenAIProvider, tmp_path: Path
) -> None:
    request = request_to(server, tmp_path)
    job = provider.submit(request)
    server.fail_next(RETRIEVE, 200, body=body if body is not None else b"")
    with pytest.raises(ServiceError, match="answered with something else"):
        provider.poll(job, request, Quiet())
    assert finish(provider, job, request).status == "succeeded"


def test_a_job_that_is_gone_is_an_error(
    server: OpenAIServer, provider: OpenAIProvider, tmp_path: Path
) -> None:
    request = request_to(server, tmp_path)
    gone = Job(id="ftjob-gone", provider="openai", run_id=request.run_id, status="running")
    with pytest.raises(ServiceError, match="knows no job ftjob-gone"):
        provider.poll(gone, request, Quiet())
