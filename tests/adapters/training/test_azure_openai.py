"""Azure OpenAI under the contract of every provider, with a key and with Entra ID."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clinft.adapters.training.azure_openai import AzureOpenAIProvider
from clinft.ports.training import TrainingProvider, TrainingRequest
from tests.adapters.training.contract import CHECKS
from tests.adapters.training.openai_api.hosted import (
    World,
    azure_account,
    endpoint_of,
    github_token,
    request_to,
)
from tests.fakes.openai.azure import AzureServer


@pytest.fixture
def server() -> Iterator[AzureServer]:
    with AzureServer() as running:
        yield running
    assert running.violations == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract_with_a_key(
    check: Callable[[TrainingProvider, TrainingRequest], None], server: AzureServer, tmp_path: Path
) -> None:
    check(AzureOpenAIProvider(World(server).tools(tmp_path)), request_to(server, tmp_path))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract_with_entra_id(
    check: Callable[[TrainingProvider, TrainingRequest], None], server: AzureServer, tmp_path: Path
) -> None:
    world = World(server, key="", token=github_token)
    endpoint = endpoint_of(server, login="entra", azure=azure_account(server))
    check(AzureOpenAIProvider(world.tools(tmp_path)), request_to(server, tmp_path, endpoint=endpoint))
