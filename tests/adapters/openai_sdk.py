"""OpenAI's SDK at the OpenAI of the tests: what every test of that server begins with."""

from collections.abc import Iterator
from typing import Any

import pytest
from openai import OpenAI

from tests.fakes.openai.server import OpenAIServer
from tests.fakes.openai.training_rows import jsonl, rows

BASE = "gpt-4.1-mini-2025-04-14"


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running
        assert not running.violations
        assert not running.faults_to_come


@pytest.fixture
def client(server: OpenAIServer) -> Iterator[OpenAI]:
    with OpenAI(base_url=server.url, api_key=server.key, max_retries=0) as connected:
        yield connected


def upload(client: OpenAI, data: bytes, **more: Any) -> str:
    return client.files.create(file=("train.jsonl", data), purpose="fine-tune", **more).id


def start(client: OpenAI, data: bytes | None = None, **more: Any) -> str:
    file = upload(client, jsonl(rows()) if data is None else data)
    return client.fine_tuning.jobs.create(**{"model": BASE, "training_file": file, **more}).id


def statuses(client: OpenAI, job: str, looks: int = 3) -> list[str]:
    return [client.fine_tuning.jobs.retrieve(job).status for _ in range(looks)]
