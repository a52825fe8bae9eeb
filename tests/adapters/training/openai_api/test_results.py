"""The model of a job: proved to be of the audited bytes, with its curve, and told again the same."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clinft.adapters.training.azure_openai import AzureOpenAIProvider
from clinft.adapters.training.openai import OpenAIProvider
from clinft.artifacts.model import Job
from clinft.errors import DigestMismatch, ServiceError
from clinft.ports.training import TrainingRequest
from tests.adapters.training.contract import finish
from tests.adapters.training.openai_api.hosted import MODEL, World, request_to
from tests.fakes.openai.azure import AzureServer
from tests.fakes.openai.outcomes import Outcome
from tests.fakes.openai.server import OpenAIServer


@pytest.mark.parametrize("base64", [False, True])
def test_the_curve_comes_from_the_result_file(
    base64: bool,
    server: OpenAIServer,
    provider: OpenAIProvider,
    request_: TrainingRequest,
) -> None:
    server.results_in_base64 = base64
    server.next_jobs.append(Outcome(trained_tokens=4321))
    job = finish(provider, provider.submit(request_), request_)
    model = provider.result(job, request_)
    assert model.fine_tuned_model == f"ft:{MODEL}:clinft::C0000001"
    assert (model.steps, model.samples, model.trained_tokens) == (6, 12, 4321)
    assert [(p.step, p.training_loss, p.validation_loss) for p in model.loss[:2]] == [
        (1, 1.0, 1.1),
        (2, 0.6667, 0.7333),
    ]
    assert len(model.loss) == 6
    assert [(one.purpose, one.file_id, one.sha256, one.size_bytes) for one in model.uploads] == [
        ("training", server.uploads[0].id, request_.training_sha256, len(server.uploads[0].data)),
        ("validation", server.uploads[1].id, request_.validation_sha256, len(server.uploads[1].data)),
    ]
    assert provider.measured(job, request_)["loss_from"] == "result file"


def test_without_a_result_file_the_curve_comes_from_the_events(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest, job: Job
) -> None:
    server.expire_file(server.jobs[job.id].result_files[0])
    model = provider.result(job, request_)
    assert [(p.step, p.training_loss) for p in model.loss[:2]] == [(1, 1.0), (2, 0.6667)]
    assert model.steps == 6
    assert provider.measured(job, request_)["loss_from"] == "events"


def test_without_both_one_empty_point_says_so(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest, job: Job
) -> None:
    server.jobs[job.id].result_files = []
    server.jobs[job.id].events = []
    model = provider.result(job, request_)
    (point,) = model.loss
    assert model.steps is None
    assert (point.step, point.training_loss, point.validation_loss) == (0, None, None)
    assert provider.measured(job, request_)["loss_from"] == "none"


def test_the_outcome_is_told_again_when_everything_is_gone(
    server: OpenAIServer, provider: OpenAIProvider, world: World, request_: TrainingRequest, job: Job
) -> None:
    model = provider.result(job, request_)
    provider.dispose(job, request_)
    server.jobs.clear()
    assert OpenAIProvider(world.tools(request_.output_dir)).result(job, request_) == model


def test_on_another_machine_what_remains_at_the_provider_gives_the_same(
    provider: OpenAIProvider, request_: TrainingRequest, job: Job, tmp_path: Path
) -> None:
    model = provider.result(job, request_)
    provider.dispose(job, request_)
    elsewhere = replace(
        request_,
        output_dir=tmp_path / "elsewhere",
        training_file=tmp_path / "gone" / "train.jsonl",
        validation_file=tmp_path / "gone" / "validation.jsonl",
    )
    assert provider.result(job, elsewhere) == model


def test_the_same_at_azure(azure: AzureServer, azure_world: World, tmp_path: Path) -> None:
    provider, request = AzureOpenAIProvider(azure_world.tools(tmp_path)), request_to(azure, tmp_path)
    job = finish(provider, provider.submit(request), request)
    model = provider.result(job, request)
    assert model.training_file == request.training_sha256
    assert [one.sha256 for one in model.uploads] != [request.training_sha256, request.validation_sha256]
    assert [one.size_bytes for one in model.uploads] == [len(one.data) for one in azure.uploads]
    provider.dispose(job, request)
    gone = tmp_path / "gone"
    elsewhere = replace(
        request, output_dir=gone, training_file=gone / "train.jsonl", validation_file=gone / "v.jsonl"
    )
    assert provider.result(job, elsewhere) == model
    with pytest.raises(DigestMismatch, match=r"trained on another train\.jsonl"):
        provider.result(job, replace(elsewhere, training_sha256="0" * 64))


def test_what_azure_was_sent_is_computed_again_where_the_file_lies_here(
    azure: AzureServer, azure_world: World, tmp_path: Path
) -> None:
    provider, request = AzureOpenAIProvider(azure_world.tools(tmp_path)), request_to(azure, tmp_path)
    job = finish(provider, provider.submit(request), request)
    azure.jobs[job.id].body["metadata"]["clinft_training_sha256"] = "f" * 64
    with pytest.raises(DigestMismatch, match=r"trained on another train\.jsonl"):
        provider.result(job, request)


@pytest.mark.parametrize("known", [True, False])
def test_a_model_of_other_bytes_is_refused(
    known: bool, provider: OpenAIProvider, request_: TrainingRequest, job: Job
) -> None:
    if known:
        provider.result(job, request_)
    with pytest.raises(DigestMismatch, match=r"trained on another validation\.jsonl"):
        provider.result(job, replace(request_, validation_sha256="0" * 64))


@pytest.mark.parametrize("tag", ["clinft_run", "clinft_plan", "clinft_training_sha256"])
def test_a_job_with_other_tags_is_refused(
    tag: str, server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest, job: Job
) -> None:
    server.jobs[job.id].body["metadata"][tag] = "f" * 64
    with pytest.raises(DigestMismatch, match=r"belongs to another run or plan|trained on another train"):
        provider.result(job, request_)


def test_without_tags_the_name_of_the_file_proves_it(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest, job: Job
) -> None:
    del server.jobs[job.id].body["metadata"]
    model = provider.result(job, request_)
    assert [one.sha256 for one in model.uploads] == [request_.training_sha256, request_.validation_sha256]
    assert [one.size_bytes for one in model.uploads] == [len(one.data) for one in server.uploads]
    assert model.samples == 12
    # And the run is found by what was told, when no file is left to find it by.
    provider.dispose(job, request_)
    found = provider.find(request_)
    assert found is not None
    assert found.id == job.id


def test_without_tags_and_files_nothing_proves_it(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest, job: Job
) -> None:
    provider.dispose(job, request_)
    del server.jobs[job.id].body["metadata"]
    with pytest.raises(DigestMismatch, match="nothing there proves on which"):
        provider.result(job, request_)


def test_a_provider_that_calls_a_job_done_and_names_no_model_is_an_error(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest, job: Job
) -> None:
    name, server.jobs[job.id].fine_tuned_model = server.jobs[job.id].fine_tuned_model, None
    with pytest.raises(ServiceError, match="names no model"):
        provider.result(job, request_)
    server.jobs[job.id].fine_tuned_model = name
    assert provider.result(job, request_).fine_tuned_model == name


def test_a_job_that_is_not_over_gives_no_model(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest
) -> None:
    server.poll_advances = False
    job = provider.submit(request_)
    with pytest.raises(ServiceError, match="is validating_files at"):
        provider.result(job, request_)


def test_times_and_tokens_are_measured(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest, job: Job
) -> None:
    theirs = server.jobs[job.id]
    started = next(one for one in theirs.events if "job started" in one["message"])["created_at"]
    assert theirs.finished_at is not None
    measured = provider.measured(job, request_)
    assert measured == {
        "trained_tokens": theirs.trained_tokens,
        "queued_seconds": started - theirs.created_at,
        "training_seconds": theirs.finished_at - started,
        "provider_seconds": theirs.finished_at - theirs.created_at,
    }


def test_only_the_runs_own_files_are_deleted(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest, job: Job
) -> None:
    other = server.store(b"{}", "of-others.jsonl", "fine-tune")
    provider.dispose(job, request_)
    left = {one.filename for one in server.files.values()}
    assert left == {other.filename, "step_metrics.csv"}


def test_a_renamed_file_is_deleted_by_its_id(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest, job: Job
) -> None:
    for file in server.uploads:
        file.filename = "renamed.jsonl"
    asking: Any = replace(request_, training_sha256="", validation_sha256="")
    provider.dispose(job, asking)
    assert not {one.id for one in server.uploads} & set(server.files)


@pytest.mark.parametrize("outcome", ["cancels", "succeeds", "refused"])
def test_a_cancelled_job_is_what_it_became(
    outcome: Any, server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest
) -> None:
    server.next_jobs.append(Outcome(on_cancel=outcome))
    job = provider.cancel(provider.submit(request_), request_)
    assert job.status == ("cancelled" if outcome == "cancels" else "succeeded")
    assert provider.cancel(job, request_) == job


@pytest.mark.parametrize("after_accepting", [True, False])
def test_a_cancel_whose_answer_was_lost_is_looked_up(
    after_accepting: bool, server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest
) -> None:
    server.poll_advances = False
    job = provider.submit(request_)
    server.drop_next("cancelFineTuningJob", after_accepting=after_accepting)
    if after_accepting:
        assert provider.cancel(job, request_).status == "cancelled"
    else:
        with pytest.raises(ServiceError, match="could not be reached"):
            provider.cancel(job, request_)
    assert len(server.asked("cancelFineTuningJob")) == 1


def test_a_service_without_checkpoints_still_tells_its_events(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest, job: Job
) -> None:
    server.fail_next("listFineTuningJobCheckpoints", 404)
    assert {one.kind for one in provider.events(job, request_)} == {"message", "metrics"}


def test_events_come_from_all_pages_oldest_first_with_checkpoints(
    server: OpenAIServer, provider: OpenAIProvider, tmp_path: Path
) -> None:
    request = request_to(server, tmp_path, hyperparameters={"n_epochs": 20, "batch_size": 1})
    job = finish(provider, provider.submit(request), request)
    events = provider.events(job, request)
    assert len(server.asked("listFineTuningEvents")) == 3
    assert [one.kind for one in events].count("metrics") == 240
    kept = [one for one in events if one.kind == "checkpoint"]
    assert [one.step for one in kept] == [216, 228, 240]
    assert kept[-1].message.startswith(f"ft:{MODEL}:clinft::C0000001 train_loss=0.0083")
    assert events[0].message == f"Created fine-tuning job: {job.id}"
    assert events[0].at is not None
    assert events[0].at.startswith("2026-12-01T00:00:")
    assert [one.step for one in events if one.kind == "metrics"] == [*range(1, 241)]
    assert len({one.message for one in events}) == len(events)
