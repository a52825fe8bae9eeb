"""The OpenAI of the tests, driven by OpenAI's SDK: it must be an OpenAI before anything may be proven with it."""

import base64

import openai
import pytest
from openai import OpenAI

from tests.adapters.openai_sdk import BASE, client, server, start, statuses, upload
from tests.fakes.openai.outcomes import Outcome
from tests.fakes.openai.server import OpenAIServer
from tests.fakes.openai.state import Model
from tests.fakes.openai.training_rows import jsonl, preferences, rows

__all__ = ["client", "server"]  # fixtures


def test_a_supervised_job_lives_from_upload_to_chat(server: OpenAIServer, client: OpenAI) -> None:
    data = jsonl(rows())
    training = upload(client, data, expires_after={"anchor": "created_at", "seconds": 86_400})
    validation = upload(client, jsonl(rows(3)))
    assert (server.files[training].data, client.files.retrieve(training).bytes) == (data, len(data))
    job = client.fine_tuning.jobs.create(
        model=BASE,
        training_file=training,
        validation_file=validation,
        suffix="notes",
        seed=7,
        metadata={"clinft_run": "abc"},
        method={
            "type": "supervised",
            "supervised": {"hyperparameters": {"n_epochs": 2, "learning_rate_multiplier": 0.5}},
        },
    )
    assert (job.status, job.seed, job.trained_tokens, job.hyperparameters.batch_size) == (
        "validating_files",
        7,
        None,
        "auto",
    )
    assert statuses(client, job.id) == ["queued", "running", "succeeded"]
    done = client.fine_tuning.jobs.retrieve(job.id)
    assert done.fine_tuned_model == f"ft:{BASE}:clinft:notes:C0000001"
    # Six words a row, two epochs.
    assert (done.trained_tokens, done.hyperparameters.batch_size, done.metadata) == (
        12 * 6 * 2,
        1,
        {"clinft_run": "abc"},
    )
    lines = client.files.content(done.result_files[0]).text.splitlines()
    assert lines[0] == "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy"
    assert (len(lines), lines[1]) == (1 + 24, "1,1.0,0.5,1.1,0.45")
    answer = client.chat.completions.create(
        model=done.fine_tuned_model,
        messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What is new?"}],
    )
    assert answer.choices[0].message.content == "What is new?"
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (5, 3)
    assert server.submissions == 1


def test_a_dpo_job_takes_preferences_and_beta(server: OpenAIServer, client: OpenAI) -> None:
    method = {"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.2, "n_epochs": 1, "batch_size": 4}}}
    job = start(client, jsonl(preferences()), method=method)
    assert statuses(client, job)[-1] == "succeeded"
    found = client.fine_tuning.jobs.retrieve(job).method
    assert found is not None
    assert found.dpo is not None
    assert found.dpo.hyperparameters is not None
    assert (found.type, found.dpo.hyperparameters.beta, server.jobs[job].steps) == ("dpo", 0.2, 3)


def test_the_same_calls_make_the_same_objects() -> None:
    found = []
    for _ in range(2):
        with OpenAIServer() as server, OpenAI(base_url=server.url, api_key=server.key) as client:
            job = start(client, suffix="x")
            statuses(client, job)
            events = [one.to_dict() for one in client.fine_tuning.jobs.list_events(job)]
            found.append((client.fine_tuning.jobs.retrieve(job).to_dict(), events))
    assert found[0] == found[1]


def test_events_come_newest_first_and_in_pages(server: OpenAIServer, client: OpenAI) -> None:
    job = start(client)
    statuses(client, job)
    pages = [one.message for one in client.fine_tuning.jobs.list_events(job, limit=7)]
    assert pages == [one["message"] for one in reversed(server.jobs[job].events)]
    assert pages[0] == "The job has successfully completed"
    assert pages[-1] == f"Created fine-tuning job: {job}"
    assert len(server.asked("listFineTuningEvents")) == -(-len(pages) // 7)


def test_the_last_three_epochs_leave_a_checkpoint(server: OpenAIServer, client: OpenAI) -> None:
    job = start(client, hyperparameters={"n_epochs": 5})
    statuses(client, job)
    found = list(client.fine_tuning.jobs.checkpoints.list(job))
    assert [one.step_number for one in found] == [60, 48, 36]
    assert found[0].fine_tuned_model_checkpoint == client.fine_tuning.jobs.retrieve(job).fine_tuned_model
    assert found[1].fine_tuned_model_checkpoint in {one.id for one in client.models.list()}


def test_a_long_training_shows_its_steps_one_look_after_another(server: OpenAIServer, client: OpenAI) -> None:
    server.next_jobs.append(Outcome(running_steps=3))
    job = start(client, hyperparameters={"n_epochs": 3})
    assert statuses(client, job, 2) == ["queued", "running"]
    seen = []
    for _ in range(3):
        seen.append((client.fine_tuning.jobs.retrieve(job).status, server.jobs[job].steps_done))
    assert seen == [("running", 12), ("running", 24), ("succeeded", 36)]


def test_advance_stands_for_polls(server: OpenAIServer, client: OpenAI) -> None:
    server.poll_advances = False
    first, second = start(client), start(client)
    assert statuses(client, first) == ["validating_files"] * 3
    server.advance(first, steps=3)
    server.advance()
    assert (server.jobs[first].status, server.jobs[second].status) == ("succeeded", "queued")


def test_a_paused_job_waits(client: OpenAI) -> None:
    job = start(client)
    client.fine_tuning.jobs.pause(job)
    assert statuses(client, job, 2) == ["validating_files"] * 2
    client.fine_tuning.jobs.resume(job)
    assert statuses(client, job) == ["queued", "running", "succeeded"]


def test_jobs_are_found_by_metadata_and_in_pages(server: OpenAIServer, client: OpenAI) -> None:
    jobs = [start(client, metadata={"clinft_run": name, "team": "a"}) for name in ("x", "y", "x")]
    assert [one.id for one in client.fine_tuning.jobs.list(limit=1)] == jobs[::-1]
    assert [one.id for one in client.fine_tuning.jobs.list(metadata={"clinft_run": "x"})] == [
        jobs[2],
        jobs[0],
    ]
    assert not client.fine_tuning.jobs.list(metadata={"clinft_run": "x", "team": "b"}).data
    server.keeps_metadata = False
    assert not client.fine_tuning.jobs.list(metadata={"clinft_run": "x"}).data
    assert {one.metadata for one in client.fine_tuning.jobs.list()} == {None}
    server.keeps_metadata, server.metadata_filter = True, "ignored"
    assert len(client.fine_tuning.jobs.list(metadata={"clinft_run": "z"}).data) == 3
    server.metadata_filter = "refused"
    with pytest.raises(openai.BadRequestError):
        client.fine_tuning.jobs.list(metadata={"clinft_run": "x"})


def test_a_model_tells_when_it_ends_and_only_an_own_one_is_deleted(
    server: OpenAIServer, client: OpenAI
) -> None:
    server.models[BASE] = Model(BASE, ("supervised",), "2026-12-24")
    assert str(client.models.retrieve(BASE).shutdown_date) == "2026-12-24"
    job = start(client)
    server.advance(job, steps=3)
    own = server.jobs[job].fine_tuned_model or ""
    assert str(client.models.retrieve(own).shutdown_date) == "2026-12-24"
    assert client.models.delete(own).deleted
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve(own)
    with pytest.raises(openai.PermissionDeniedError):
        client.models.delete(BASE)


def test_results_may_be_in_base64(server: OpenAIServer, client: OpenAI) -> None:
    server.results_in_base64 = True
    job = start(client)
    server.advance(job, steps=3)
    content = client.files.content(server.jobs[job].result_files[0]).content
    assert base64.b64decode(content).startswith(b"step,train_loss")


def test_chat_answers_by_script_with_logprobs_and_a_limit(server: OpenAIServer, client: OpenAI) -> None:
    server.answer = lambda model, messages: f"{model} heard {len(messages)} messages"
    found = client.chat.completions.create(
        model=BASE,
        messages=[{"role": "user", "content": "hello"}],
        max_completion_tokens=2,
        logprobs=True,
        top_logprobs=3,
        temperature=0,
        seed=1,
    ).choices[0]
    assert (found.message.content, found.finish_reason) == (f"{BASE} heard", "length")
    assert found.logprobs is not None
    assert found.logprobs.content is not None
    assert [one.token for one in found.logprobs.content] == [BASE, " heard"]
    assert [len(one.top_logprobs) for one in found.logprobs.content] == [3, 3]
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="gone", messages=[{"role": "user", "content": "hello"}])
