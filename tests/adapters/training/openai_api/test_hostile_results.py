"""A service that lies, echoes its key, or tells what cannot be: nothing of it becomes evidence."""

from typing import Any

import pytest

from clinft.adapters.training.openai import OpenAIProvider
from clinft.artifacts.model import Job
from clinft.errors import DigestMismatch, ServiceError
from clinft.ports.training import TrainingRequest
from tests.adapters.training.contract import finish
from tests.adapters.training.openai_api.hosted import MODEL
from tests.fakes.openai.outcomes import Outcome
from tests.fakes.openai.server import KEY, OpenAIServer


@pytest.mark.parametrize(
    ("told", "fits"),
    [
        (MODEL, True),
        ("gpt-4.1-mini", True),
        (MODEL.upper(), True),
        ("gpt-4.1", False),
        ("gpt-4.1-mini-2025-04-15", False),
        ("gpt-4.1-mini-2025-04-14-x", False),
        ("gpt-3.5-turbo-0125", False),
    ],
)
def test_a_model_of_another_base_is_refused(
    told: str, fits: bool, server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest, job: Job
) -> None:
    server.jobs[job.id].body["model"] = told
    if fits:
        assert provider.result(job, request_).fine_tuned_model
    else:
        with pytest.raises(
            DigestMismatch, match=r"was trained from another base model than gpt-4\.1-mini-2025"
        ):
            provider.result(job, request_)


@pytest.mark.parametrize("name", [MODEL, "gpt-4.1-mini"])
def test_the_base_model_is_no_result(
    name: str, server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest, job: Job
) -> None:
    theirs = server.jobs[job.id]
    theirs.fine_tuned_model = theirs.body["model"] = name
    with pytest.raises(DigestMismatch, match=r"gives the base model .* itself"):
        provider.result(job, request_)


HOSTILE = [
    "Jane Doe MRN 12345678",
    "[a](http://evil)",
    "x" * 201,
    "a/../b",
    KEY,
    f"f-{KEY[8:14].upper()}",
    "\x1b[1m",
]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("field", ["fine_tuned_model", "training_file", "validation_file", "result_files"])
def test_what_is_no_id_is_no_evidence(
    field: str,
    value: str,
    server: OpenAIServer,
    provider: OpenAIProvider,
    request_: TrainingRequest,
    job: Job,
) -> None:
    theirs = server.jobs[job.id]
    if field.endswith("_file"):
        theirs.body[field] = value
    else:
        setattr(theirs, field, [value] if field == "result_files" else value)
    with pytest.raises(ServiceError, match="and what it names is no id") as refused:
        provider.result(job, request_)
    assert value not in str(refused.value)
    assert not [*request_.output_dir.glob("*told*")]


def test_a_model_s_name_may_have_parts(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest, job: Job
) -> None:
    server.jobs[job.id].fine_tuned_model = "team/Meta-Llama-3.1-8B-ft-1"
    assert provider.result(job, request_).fine_tuned_model == "team/Meta-Llama-3.1-8B-ft-1"


@pytest.mark.parametrize("part", [KEY, KEY[8:16]])
def test_a_job_s_id_holds_nothing_of_the_key(
    part: str, server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest, job: Job
) -> None:
    theirs = server.jobs.pop(job.id)
    server.jobs[f"ftjob-{part}"] = type(theirs)(**{**vars(theirs), "id": f"ftjob-{part}"})
    with pytest.raises(ServiceError, match="names a job, and what it names is no id"):
        provider.find(request_)


@pytest.mark.parametrize("tokens", [-5, 2**53, 10**30])
def test_tokens_that_cannot_be_are_not_known_and_that_is_said(
    tokens: int, server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest
) -> None:
    server.next_jobs.append(Outcome(trained_tokens=tokens))
    job = finish(provider, provider.submit(request_), request_)
    assert job.message.startswith("Warning: the number of trained tokens")
    assert provider.result(job, request_).trained_tokens is None
    assert "trained_tokens" not in provider.measured(job, request_)


def test_events_of_any_value_are_told(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest, job: Job
) -> None:
    huge = {"step": 10**400, "train_loss": 10**400, "other": 0.5}
    strange: list[dict[str, Any]] = [
        {"created_at": 10**30, "type": "metrics", "message": None, "data": huge},
        {"created_at": -1, "type": "metrics", "message": None, "data": {"step": -1, "train_loss": -2.5}},
        {"created_at": 1.5, "level": 7, "message": ["a"], "data": "b", "type": {}},
    ]
    body = {
        "object": "list",
        "has_more": False,
        "data": [{"id": f"e {n}", **one} for n, one in enumerate(strange)],
    }
    server.fail_next("listFineTuningEvents", 200, body=body)
    said = [event for event in provider.events(job, request_) if event.kind != "checkpoint"]
    assert [(event.at, event.message, event.step) for event in said] == [
        (None, "", None),
        (None, "train_loss=-2.5", None),
        (None, "other=0.5 train_loss=?", None),
    ]


def test_files_are_not_called_gone_where_nothing_of_the_run_is_seen(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest, job: Job
) -> None:
    jobs, files = dict(server.jobs), dict(server.files)
    server.jobs.clear()
    server.files.clear()
    with pytest.raises(ServiceError, match="whether its files are gone is unknown"):
        provider.dispose(job, request_)
    server.jobs.update(jobs)
    server.files.update(files)
    provider.dispose(job, request_)
    assert not {one.id for one in server.uploads} & set(server.files)


def test_files_are_gone_where_each_that_was_sent_is(
    server: OpenAIServer, provider: OpenAIProvider, request_: TrainingRequest, job: Job
) -> None:
    provider.result(job, request_)
    provider.dispose(job, request_)
    del server.jobs[job.id]
    provider.dispose(job, request_)
    # One that is there under another name than ours.
    left = server.uploads[0]
    server.files[left.id] = left
    left.filename = "renamed.jsonl"
    with pytest.raises(ServiceError, match="whether its files are gone is unknown"):
        provider.dispose(job, request_)
