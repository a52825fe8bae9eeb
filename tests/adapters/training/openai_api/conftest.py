"""A server of OpenAI and one of Azure; a message that their descriptions do not allow fails the test."""

from collections.abc import Iterator

import pytest

from tests.adapters.training.openai_api.hosted import World
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
