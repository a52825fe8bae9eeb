"""OpenAI under the contract of every provider, over the real SDK and HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clinft.adapters.training.openai import OpenAIProvider
from clinft.ports.training import TrainingProvider, TrainingRequest
from tests.adapters.training.contract import CHECKS
from tests.adapters.training.openai_api.hosted import World, request_to
from tests.fakes.openai.server import OpenAIServer


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running
    assert running.violations == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract(
    check: Callable[[TrainingProvider, TrainingRequest], None], server: OpenAIServer, tmp_path: Path
) -> None:
    check(OpenAIProvider(World(server).tools(tmp_path)), request_to(server, tmp_path))


@pytest.mark.parametrize("filtering", ["ignored", "refused"])
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract_where_jobs_cannot_be_listed_by_metadata(
    check: Callable[[TrainingProvider, TrainingRequest], None],
    filtering: str,
    server: OpenAIServer,
    tmp_path: Path,
) -> None:
    server.metadata_filter = filtering
    check(OpenAIProvider(World(server).tools(tmp_path)), request_to(server, tmp_path))
