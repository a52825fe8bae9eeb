"""Where it is not known whether the job exists: it is looked for, and never asked for twice."""

from dataclasses import replace
from pathlib import Path

import pytest

from clinft.adapters.training.azure_openai import AzureOpenAIProvider
from clinft.adapters.training.openai import OpenAIProvider
from clinft.errors import ServiceError, SpecError
from clinft.ports.training import TrainingRequest
from tests.adapters.training.openai_api.hosted import World, request_to
from tests.fakes.openai.azure import AzureServer
from tests.fakes.openai.server import OpenAIServer

CREATE = "createFineTuningJob"
LIST = "listPaginatedFineTuningJobs"


@pytest.fixture
def request_(server: OpenAIServer, tmp_path: Path) -> TrainingRequest:
    return request_to(server, tmp_path)


@pytest.mark.parametrize("status", [0, 408, 409, 500, 502, 503, 504])
@pytest.mark.parametrize("lag", [0, 2])
def test_a_job_whose_answer_was_lost_is_found(
    status: int, lag: int, server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest
) -> None:
    server.listed_after = lag
    server.fail_next(CREATE, status, after_accepting=True)
    job = provider.submit(request_)
    assert [*server.jobs] == [job.id]
    assert len(server.asked(CREATE)) == 1


@pytest.mark.parametrize("body", ["<html>", [], {"id": "ftjob-1"}, {"id": "../x", "status": "queued"}])
def test_an_answer_that_is_no_job_is_no_answer(
    body: object, server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest
) -> None:
    server.fail_next(CREATE, 200, after_accepting=True, body=body)
    job = provider.submit(request_)
    assert [*server.jobs] == [job.id]
    assert len(server.asked(CREATE)) == 1


def test_a_lost_job_is_found_at_azure_too(azure: AzureServer, azure_world: World, tmp_path: Path) -> None:
    azure.metadata_filter = "ignored"
    azure.drop_next(CREATE)
    job = AzureOpenAIProvider(azure_world.tools(tmp_path)).submit(request_to(azure, tmp_path))
    assert [*azure.jobs] == [job.id]
    assert job.status == "queued"  # pending, in Azure's word
    assert len(azure.asked(CREATE)) == 1


def test_where_no_job_is_listed_the_next_call_may_ask(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest, world: World
) -> None:
    server.fail_next(CREATE, 500)
    with pytest.raises(ServiceError, match=r"was lost, and no such job is listed.*Most likely it was not"):
        provider.submit(request_)
    assert world.slept == [1.0, 2.0, 4.0, 8.0, 15.0]
    assert len(server.asked(CREATE)) == 1
    assert provider.find(request_) is None
    world.slept.clear()
    with pytest.raises(ServiceError, match=r"was asked for at 00:00:\d\d \(UTC\), and none is listed yet"):
        provider.submit(request_)
    assert world.slept == [1.0, 2.0, 4.0, 8.0, 15.0]
    assert len(server.asked(CREATE)) == 1
    server.days_pass(1)
    provider.submit(request_)
    assert (server.submissions, len(server.uploads)) == (1, 2)


@pytest.mark.parametrize("lag", [1, 2, 3, 7])
@pytest.mark.parametrize("same_machine", [True, False])
def test_a_job_that_is_listed_late_is_found_after_the_process_died(
    lag: int,
    same_machine: bool,
    server: OpenAIServer,
    provider: OpenAIProvider,
    request_: TrainingRequest,
    world: World,
) -> None:
    server.listed_after = lag
    job = provider.submit(request_)
    if not same_machine:
        request_ = replace(request_, output_dir=request_.output_dir / "elsewhere")
        server.jobs[job.id].hidden_looks = min(lag, 3)
    again = OpenAIProvider(world.tools(request_.output_dir))
    assert (again.find(request_) or again.submit(request_)).id == job.id
    assert len(server.asked(CREATE)) == 1


def test_the_first_submission_does_not_wait(
    provider: OpenAIProvider, request_: TrainingRequest, world: World
) -> None:
    provider.submit(request_)
    assert world.slept == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429])
def test_a_clear_refusal_leaves_no_doubt(
    status: int, server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest
) -> None:
    server.fail_next(CREATE, status)
    with pytest.raises((ServiceError, SpecError)):
        provider.submit(request_)
    assert not [*request_.output_dir.glob("*intent*")]
    provider.submit(request_)
    assert server.submissions == 1


def test_while_the_list_does_not_answer_nothing_is_asked_for(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest
) -> None:
    provider.submit(request_)
    server.days_pass(1)
    server.fail_next(LIST, 503, times=4)
    with pytest.raises(ServiceError, match="failed at its list of jobs"):
        provider.submit(request_)
    assert len(server.asked(CREATE)) == 1


def test_where_nothing_answers_it_is_unknown_and_found_later(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest
) -> None:
    server.drop_next(CREATE)
    server.fail_next(LIST, 503, times=20)
    with pytest.raises(ServiceError, match=r"It is unknown whether 127\.0\.0\.1:\d+ created the job"):
        provider.submit(request_)
    found = provider.find(request_)
    assert found is not None
    assert [*server.jobs] == [found.id]
    assert len(server.asked(CREATE)) == 1


def test_a_limit_is_no_doubt_and_nothing_is_asked_again(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest
) -> None:
    server.rate_limit_next(CREATE)
    with pytest.raises(ServiceError, match=r"fault injected by the test: 429 \(rate_limit_exceeded\)"):
        provider.submit(request_)
    assert (len(server.asked(CREATE)), server.submissions) == (1, 0)
    assert not server.asked(LIST)


def test_a_refusal_is_told_word_for_word(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest
) -> None:
    server.models["gpt-4.1-mini-2025-04-14"] = server.models["gpt-6-luna"]
    with pytest.raises(
        SpecError,
        match=r"Model gpt-4\.1-mini-2025-04-14 is not available for fine-tuning or does not exist\. "
        r"\(model_not_available\)",
    ):
        provider.submit(request_)
    assert server.submissions == 0


def test_of_several_jobs_the_one_that_goes_on_counts(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest
) -> None:
    first = provider.cancel(provider.submit(request_), request_)
    for number in (2, 3):
        ours = server.jobs[first.id]
        values = {
            **vars(ours),
            "id": f"ftjob-{number}",
            "status": "queued",
            "created_at": ours.created_at + number,
        }
        server.jobs[f"ftjob-{number}"] = type(ours)(**values)
    found = provider.find(request_)
    assert found is not None
    assert found.id == "ftjob-2"


def test_a_job_is_found_on_the_last_of_many_pages(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest
) -> None:
    job = provider.submit(request_)
    server.metadata_filter = "ignored"
    body = {**server.jobs[job.id].body, "metadata": None, "training_file": "file-of-others"}
    for number in range(250):
        other = server.jobs[job.id]
        server.jobs[f"ftjob-other{number}"] = type(other)(
            **{**vars(other), "id": f"ftjob-other{number}", "body": body}
        )
    found = provider.find(request_)
    assert found is not None
    assert found.id == job.id
    assert len(server.asked(LIST)) == 3


@pytest.mark.parametrize("filtering", ["works", "ignored", "refused"])
@pytest.mark.parametrize("tagged", [True, False])
def test_a_job_of_another_run_is_never_ours(
    filtering: str, tagged: bool, server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest
) -> None:
    server.metadata_filter = filtering
    other = provider.submit(replace(request_, run_id="ffffffffffff-a1"))
    if not tagged:
        del server.jobs[other.id].body["metadata"]
    assert provider.find(request_) is None
    server.rate_limit_next(CREATE)
    with pytest.raises(ServiceError):
        provider.submit(request_)
    # Our files lie there, and no job of ours.
    assert provider.find(request_) is None
    ours = provider.submit(request_)
    found = provider.find(request_)
    assert found is not None
    assert found.id == ours.id


def test_a_job_of_another_run_on_our_file_is_not_ours(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest
) -> None:
    job = provider.submit(request_)
    server.jobs[job.id].body["metadata"]["clinft_run"] = "ffffffffffff-a1"
    assert provider.find(request_) is None


def test_a_job_without_tags_is_found_by_its_file(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest
) -> None:
    job = provider.submit(request_)
    del server.jobs[job.id].body["metadata"]
    found = provider.find(request_)
    assert found is not None
    assert found.id == job.id
