"""A planted key is looked for in everything that anybody could read, whatever goes wrong."""

import base64
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from clinft.adapters.training.azure_openai import AzureOpenAIProvider
from clinft.adapters.training.openai import OpenAIProvider
from clinft.errors import ClinftError
from clinft.ports.training import TrainingRequest
from tests.adapters.training.contract import finish
from tests.adapters.training.openai_api.hosted import (
    World,
    azure_account,
    endpoint_of,
    github_token,
    request_to,
)
from tests.fakes.openai.azure import AzureServer
from tests.fakes.openai.outcomes import JobError, Outcome
from tests.fakes.openai.server import OpenAIServer
from tests.fakes.progress import Quiet

CANARY = "Zc4nary/9f8e7d6c5b4a+3210fedcba"


@dataclass
class Everything:
    """`seen`: all that was said, written or could be printed."""

    folder: Path
    seen: list[str]

    def run(self, call: Callable[[], Any], *objects: object) -> None:
        try:
            self.seen.append(repr(call()))
        except ClinftError as error:
            self.seen += [str(error), repr(error), repr(error.args), repr(vars(error))]
            self.seen += traceback.TracebackException.from_exception(error, capture_locals=False).format()
        self.seen += [repr(one) for one in objects]

    def text(self, caplog: pytest.LogCaptureFixture) -> str:
        files = [path.read_text("utf-8", "replace") for path in self.folder.rglob("*") if path.is_file()]
        return "\n".join([*self.seen, caplog.text, *files])


def assert_absent(text: str, secret: str) -> None:
    forms = [secret, secret[:10], secret[-10:], base64.b64encode(secret.encode()).decode()[:20]]
    assert [line[:300] for line in text.splitlines() if any(form in line for form in forms)] == []


def failures(server: OpenAIServer, operation: str, key: str) -> list[Callable[[], None]]:
    echo = {"error": {"message": f"Bad: {key} in Bearer {key}, '{key[:10]}***{key[-4:]}'", "code": key}}
    statuses = (400, 401, 403, 404, 409, 429, 500, 503)
    return [
        *(lambda status=status: server.fail_next(operation, status, body=echo) for status in statuses),
        lambda: server.fail_next(operation, 400, body=f"<p>{key}</p>"),
        lambda: server.fail_next(operation, 200, body={"id": key, "status": key}),
        lambda: server.fail_next(operation, 302, headers={"location": f"/{key}"}),
        lambda: server.drop_next(operation, after_accepting=False),
    ]


OPERATIONS: dict[str, Callable[[OpenAIProvider, TrainingRequest], Any]] = {
    "retrieveModel": lambda provider, request: provider.preflight(request),
    "listFiles": lambda provider, request: provider.submit(request),
    "createFile": lambda provider, request: provider.submit(request),
    "createFineTuningJob": lambda provider, request: provider.submit(request),
    "listPaginatedFineTuningJobs": lambda provider, request: provider.find(request),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_failure_shows_the_key(operation: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with OpenAIServer(CANARY) as server:
        provider = OpenAIProvider(World(server).tools(tmp_path))
        request = request_to(server, tmp_path)
        everything = Everything(tmp_path, [])
        for fail in failures(server, operation, CANARY):
            fail()
            everything.run(partial(OPERATIONS[operation], provider, request), provider, request)
            server._faults.clear()
    # It did leave for the host that it belongs to, so the search below proves something.
    assert server.requests[0].headers["authorization"] == f"Bearer {CANARY}"
    assert len(everything.seen) > 30
    assert_absent(everything.text(caplog), CANARY)


def test_a_wrong_key_is_not_shown(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with OpenAIServer() as server:
        provider, request = (
            OpenAIProvider(World(server, key=CANARY).tools(tmp_path)),
            request_to(server, tmp_path),
        )
        everything = Everything(tmp_path, [])
        for call in (provider.preflight, provider.find, provider.submit):
            everything.run(partial(call, request), provider)
    assert_absent(everything.text(caplog), CANARY)


def test_what_a_job_says_does_not_show_the_key(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with OpenAIServer(CANARY) as server:
        server.next_jobs.append(Outcome(fails_in="running", error=JobError(CANARY, f"your key {CANARY}")))
        provider, request = OpenAIProvider(World(server).tools(tmp_path)), request_to(server, tmp_path)
        everything = Everything(tmp_path, [])
        job = finish(provider, provider.submit(request), request)
        everything.seen.append(repr(job))
        for call in (provider.events, provider.result, provider.measured, provider.dispose, provider.cancel):
            everything.run(partial(call, job, request))
        assert job.message == "[redacted]: your key [redacted]"
    assert_absent(everything.text(caplog), CANARY)


def test_no_token_of_entra_is_shown(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with AzureServer() as server:
        endpoint = endpoint_of(server, login="entra", azure=azure_account(server))
        request = request_to(server, tmp_path, endpoint=endpoint)
        everything = Everything(tmp_path, [])
        assertion = github_token("api://AzureADTokenExchange")

        def ask() -> None:
            provider = AzureOpenAIProvider(World(server, key="", token=github_token).tools(tmp_path))
            everything.run(lambda: provider.preflight(request), provider)
            server._faults.clear()

        body = {"error": "invalid_client", "error_description": f"AADSTS700213: {assertion} is unknown"}
        for status in (400, 401, 429, 500):
            server.fail_next("Token_Get", status, body=body)
            ask()
        for number in range(len(failures(server, "retrieveModel", ""))):
            server._faults.clear()
            # What the next login gives.
            token = f"entra-token-{len(server.entra.issued) + 1:04d}-{'x' * 40}"
            for secret in (assertion, token):
                failures(server, "retrieveModel", secret)[number]()
                ask()
        provider = AzureOpenAIProvider(World(server, key="", token=github_token).tools(tmp_path))
        job = provider.submit(request)
        everything.seen.append(repr(provider.poll(job, request, Quiet())))
        assert server.entra.issued
    text = everything.text(caplog)
    assert_absent(text, assertion)
    assert "entra-token-0" not in text
