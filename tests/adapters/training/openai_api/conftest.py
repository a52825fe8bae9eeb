"""A server of OpenAI and one of Azure; a message that their descriptions do not allow fails the test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clinft.adapters.training.openai import OpenAIProvider
from clinft.artifacts.model import Job
from clinft.ports.training import TrainingRequest
from tests.adapters.training.contract import finish
from tests.adapters.training.openai_api.hosted import World, request_to
from tests.fakes.openai.azure import AzureServer
from tests.fakes.openai.server import OpenAIServer


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running
    assert running.violations == []
    assert running.faults_to_come == []


@pytest.fixture
def azure() -> Iterator[AzureServer]:
    with AzureServer() as running:
        yield running
    assert running.violations == []
    assert running.faults_to_come == []


@pytest.fixture
def world(server: OpenAIServer) -> World:
    return World(server)


@pytest.fixture
def azure_world(azure: AzureServer) -> World:
    return World(azure)


@pytest.fixture
def provider(world: World, tmp_path: Path) -> OpenAIProvider:
    return OpenAIProvider(world.tools(tmp_path))


@pytest.fixture
def request_(server: OpenAIServer, tmp_path: Path) -> TrainingRequest:
    return request_to(server, tmp_path, hyperparameters={"n_epochs": 2, "batch_size": 4})


@pytest.fixture
def job(provider: OpenAIProvider, request_: TrainingRequest) -> Job:
    return finish(provider, provider.submit(request_), request_)
