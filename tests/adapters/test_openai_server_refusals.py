"""The OpenAI of the tests when things go wrong: bad files, failed jobs, lost answers, refusals, violations."""

from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.adapters.openai_sdk import BASE, client, server, start, statuses, upload
from tests.fakes.openai.outcomes import (
    JobError,
    Outcome,
    invalid_file,
    moderation_refusal,
    stuck,
    unsafe_model,
)
from tests.fakes.openai.server import OpenAIServer
from tests.fakes.openai.training_rows import jsonl, preferences, rows

__all__ = ["client", "server"]  # fixtures

SMALL = "gpt-4o-mini-2024-07-18"
AT_ONCE = {"retry-after-ms": "1"}
CREATE = "createFineTuningJob"
BAD_ROWS: list[tuple[str, Any]] = [
    ("must be one of", {"messages": [{"role": "doctor", "content": "x"}]}),
    ("content must be text", {"messages": [{"role": "assistant", "content": None}]}),
    ("last message must be", {"messages": [{"role": "user", "content": "x"}]}),
    ("of the assistant only", {"messages": [{"role": "user", "content": "x", "weight": 1}]}),
    ("must be 0 or 1", {"messages": [{"role": "assistant", "content": "x", "weight": 0.5}]}),
    ("with a weight of 1", {"messages": [{"role": "assistant", "content": "x", "weight": 0}]}),
    ("unexpected key patient", {"messages": [], "patient": 1}),
    ("non-empty list", {"messages": []}),
    ("not a JSON object", []),
]


@pytest.mark.parametrize(("wanted", "row"), BAD_ROWS)
def test_a_bad_row_fails_validation(server: OpenAIServer, client: OpenAI, wanted: str, row: Any) -> None:
    job = start(client, jsonl([*rows(), row]))
    failed = client.fine_tuning.jobs.retrieve(job)
    assert failed.status == "failed"
    assert failed.error is not None
    assert failed.error.message is not None
    assert wanted in failed.error.message
    assert (failed.error.code, failed.error.param) == ("invalid_file_format", "training_file")
    assert server.jobs[job].events[-1]["level"] == "error"


@pytest.mark.parametrize(
    ("data", "method", "code"),
    [
        (jsonl(rows(9)), "supervised", "invalid_n_examples"),
        (jsonl(preferences(9)), "dpo", "invalid_n_examples"),
        (jsonl(rows()), "dpo", "invalid_file_format"),
        (jsonl(preferences()), "supervised", "invalid_file_format"),
        (b'{"messages": [', "supervised", "invalid_file_format"),
        (b"\xff\xfe", "supervised", "invalid_file_format"),
        (b"\xef\xbb\xbf" + jsonl(rows()), "supervised", "invalid_file_format"),
    ],
)
def test_a_bad_file_fails_validation(
    server: OpenAIServer, client: OpenAI, data: bytes, method: str, code: str
) -> None:
    failed = client.fine_tuning.jobs.retrieve(start(client, data, method={"type": method}))
    assert failed.error is not None
    assert (failed.status, failed.error.code) == ("failed", code)


def test_a_validation_file_is_judged_too(client: OpenAI) -> None:
    bad = upload(client, b"no json\n")
    failed = client.fine_tuning.jobs.retrieve(start(client, validation_file=bad))
    assert failed.error is not None
    assert (failed.status, failed.error.param) == ("failed", "validation_file")


def test_rows_may_hold_separators_that_are_no_end_of_a_line(server: OpenAIServer, client: OpenAI) -> None:
    data = jsonl([{"messages": [{"role": "assistant", "content": "a\u2028b\u0085c\r"}]}] * 10)
    job = start(client, data)
    assert statuses(client, job)[-1] == "succeeded"
    assert server.uploads[0].data == data


@pytest.mark.parametrize(
    ("outcome", "looks", "code"),
    [
        (invalid_file("Example 3 is odd."), 1, "invalid_training_file"),
        (moderation_refusal("unsafe"), 1, "unsafe"),
        (unsafe_model("evaluation"), 3, "evaluation"),
        (Outcome(fails_in="queued", error=JobError("quota", "No quota.")), 2, "quota"),
    ],
)
def test_a_test_decides_how_a_job_fails(
    server: OpenAIServer, client: OpenAI, outcome: Outcome, looks: int, code: str
) -> None:
    server.next_jobs.append(outcome)
    job = start(client)
    assert statuses(client, job, looks)[-1] == "failed"
    found = client.fine_tuning.jobs.retrieve(job)
    assert found.error is not None
    assert (found.error.code, found.fine_tuned_model, found.trained_tokens) == (code, None, None)


def test_a_stuck_job_stays_until_it_is_cancelled(server: OpenAIServer, client: OpenAI) -> None:
    server.next_jobs.append(stuck("queued"))
    job = start(client)
    assert statuses(client, job, 4) == ["queued"] * 4
    assert client.fine_tuning.jobs.cancel(job).status == "cancelled"
    assert statuses(client, job, 1) == ["cancelled"]
    with pytest.raises(openai.BadRequestError, match="already completed"):
        client.fine_tuning.jobs.cancel(job)


def test_a_cancel_may_come_too_late(server: OpenAIServer, client: OpenAI) -> None:
    server.next_jobs += [Outcome(on_cancel="succeeds"), Outcome(on_cancel="refused")]
    unaware, refused = start(client), start(client)
    server.advance(steps=2)
    assert client.fine_tuning.jobs.cancel(unaware).status == "running"
    with pytest.raises(openai.BadRequestError):
        client.fine_tuning.jobs.cancel(refused)
    for job in (unaware, refused):
        assert client.fine_tuning.jobs.retrieve(job).fine_tuned_model


def test_a_status_may_be_a_word_that_nobody_knows(server: OpenAIServer, client: OpenAI) -> None:
    server.next_jobs.append(Outcome(words={"running": "preempted"}))
    job = start(client)
    assert statuses(client, job, 2) == ["queued", "preempted"]
    assert client.fine_tuning.jobs.list().data[0].to_dict()["status"] == "preempted"
    assert statuses(client, job, 1) == ["succeeded"]


def test_a_new_job_may_be_missing_in_the_first_lists(server: OpenAIServer, client: OpenAI) -> None:
    server.listed_after = 2
    job = start(client)
    assert [len(client.fine_tuning.jobs.list().data) for _ in range(3)] == [0, 0, 1]
    assert client.fine_tuning.jobs.retrieve(job).id == job


def test_the_defaults_of_the_sdk_pay_twice(server: OpenAIServer) -> None:
    """The trap: the job exists, the client is told of an error and asks again."""
    server.fail_next(CREATE, 500, after_accepting=True, headers=AT_ONCE)
    with OpenAI(base_url=server.url, api_key=server.key) as client:
        start(client)
    assert [one.status for one in server.asked(CREATE)] == [500, 200]
    assert server.submissions == 2


def test_without_retries_the_job_is_found_again(server: OpenAIServer, client: OpenAI) -> None:
    server.fail_next(CREATE, 500, after_accepting=True)
    with pytest.raises(openai.InternalServerError):
        start(client, metadata={"clinft_run": "x"})
    assert server.submissions == 1
    assert len(client.fine_tuning.jobs.list(metadata={"clinft_run": "x"}).data) == 1


@pytest.mark.parametrize(("accepted", "submissions"), [(True, 1), (False, 0)])
def test_a_connection_is_dropped_after_the_work_or_before(
    server: OpenAIServer, client: OpenAI, accepted: bool, submissions: int
) -> None:
    server.drop_next(CREATE, after_accepting=accepted)
    with pytest.raises(openai.APIConnectionError):
        start(client)
    assert (server.submissions, server.asked(CREATE)[0].status) == (submissions, 0)
    assert len(client.fine_tuning.jobs.list().data) == submissions


def test_a_rate_limit_says_when_to_ask_again(server: OpenAIServer, client: OpenAI) -> None:
    server.rate_limit_next(CREATE, times=2, retry_after="17")
    for _ in range(2):
        with pytest.raises(openai.RateLimitError) as caught:
            start(client)
        assert caught.value.response.headers["retry-after"] == "17"
        assert caught.value.code == "rate_limit_exceeded"
    start(client)
    assert server.submissions == 1


def test_a_wrong_key_is_refused_and_changes_nothing(server: OpenAIServer) -> None:
    with (
        OpenAI(base_url=server.url, api_key="sk-other-key-0123456789", max_retries=0) as client,
        pytest.raises(openai.AuthenticationError, match="Incorrect API key"),
    ):
        upload(client, jsonl(rows()))
    assert not server.uploads


def test_a_model_must_be_there_open_and_trainable(server: OpenAIServer, client: OpenAI) -> None:
    server.locked_models.add(BASE)
    with pytest.raises(openai.PermissionDeniedError):
        start(client)
    with pytest.raises(openai.NotFoundError, match="does not exist or you do not have access"):
        start(client, model="gpt-9")
    with pytest.raises(openai.BadRequestError, match="not available for fine-tuning"):
        start(client, model="gpt-6-luna")
    with pytest.raises(openai.BadRequestError, match="not available for fine-tuning"):
        start(client, model=SMALL, method={"type": "dpo"})
    server.locked_out = True
    with pytest.raises(openai.PermissionDeniedError):
        start(client, model=SMALL)
    assert server.submissions == 0


def test_a_deleted_file_is_gone_for_everyone(server: OpenAIServer, client: OpenAI) -> None:
    file = upload(client, jsonl(rows()))
    job = client.fine_tuning.jobs.create(model=BASE, training_file=file).id
    assert client.files.delete(file).deleted
    with pytest.raises(openai.NotFoundError):
        client.files.retrieve(file)
    with pytest.raises(openai.BadRequestError, match="invalid training_file"):
        client.fine_tuning.jobs.create(model=BASE, training_file=file)
    failed = client.fine_tuning.jobs.retrieve(job)
    assert failed.error is not None
    assert (failed.status, failed.error.param) == ("failed", "training_file")
    assert server.uploads[0].data == jsonl(rows())


def test_a_file_expires_when_it_said_it_would(server: OpenAIServer, client: OpenAI) -> None:
    kept = upload(client, jsonl(rows()))
    brief = upload(client, jsonl(rows()), expires_after={"anchor": "created_at", "seconds": 3 * 86_400})
    server.days_pass(2)
    assert [one.id for one in client.files.list(purpose="fine-tune")] == [brief, kept]
    server.days_pass(1)
    assert [one.id for one in client.files.list(limit=1)] == [kept]
    server.expire_file(kept)
    assert not client.files.list().data


def test_a_file_may_not_be_ready_at_once(server: OpenAIServer, client: OpenAI) -> None:
    server.unready_looks = 1
    file = upload(client, jsonl(rows()))
    with pytest.raises(openai.BadRequestError, match="still being processed"):
        client.fine_tuning.jobs.create(model=BASE, training_file=file)
    assert client.files.wait_for_processing(file, poll_interval=0).status == "processed"
    client.fine_tuning.jobs.create(model=BASE, training_file=file)


def test_a_file_may_be_refused_once_it_has_been_looked_at(server: OpenAIServer, client: OpenAI) -> None:
    server.next_refusals.append("Too many of its lines are the same.")
    file = upload(client, jsonl(rows()))
    shown = client.files.retrieve(file)
    assert (shown.status, shown.status_details) == ("error", "Too many of its lines are the same.")
    with pytest.raises(openai.BadRequestError, match="Too many"):
        client.fine_tuning.jobs.create(model=BASE, training_file=file)
    assert client.files.retrieve(upload(client, jsonl(rows()))).status == "processed"


@pytest.mark.parametrize(
    "more",
    [
        {"method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 51}}}},
        {"method": {"type": "dpo", "dpo": {"hyperparameters": {"beta": 0}}}},
        {"method": {"type": "lora"}},
        {"seed": -1},
        {"suffix": ""},
        {"extra_body": {"trainingType": "standard"}},
        {"extra_query": {"api-version": "preview"}},
    ],
)
def test_what_the_description_forbids_is_a_violation(more: dict[str, Any]) -> None:
    with OpenAIServer() as server, OpenAI(base_url=server.url, api_key=server.key) as client:
        with pytest.raises(openai.BadRequestError):
            start(client, **more)
        assert len(server.violations) == 1
        assert server.submissions == 0


def test_metadata_has_limits(client: OpenAI) -> None:
    for metadata in ({str(n): "x" for n in range(17)}, {"k" * 65: "x"}, {"k": "x" * 513}):
        with pytest.raises(openai.BadRequestError):
            start(client, metadata=metadata)


def test_what_nobody_built_is_not_there() -> None:
    with OpenAIServer() as server, OpenAI(base_url=server.url, api_key=server.key) as client:
        with pytest.raises(openai.NotFoundError):
            client.embeddings.create(model=BASE, input="x")
        with pytest.raises(KeyError):
            server.fail_next("createEmbedding", 500)
        assert server.violations == ["no such operation: POST /v1/embeddings"]


def test_an_answer_that_is_not_openais_is_a_violation() -> None:
    """The judge itself works: without it a wrong fake would prove anything."""
    with OpenAIServer() as server, OpenAI(base_url=server.url, api_key=server.key, max_retries=0) as client:
        job = start(client)
        server.jobs[job].seed = "seven"  # type: ignore[assignment]  # what the description forbids
        with pytest.raises(openai.InternalServerError):
            client.fine_tuning.jobs.retrieve(job)
        assert "response retrieveFineTuningJob 200" in server.violations[0]
