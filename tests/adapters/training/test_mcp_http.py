"""Three servers of different make over streamable HTTP: one spec, one driver, one result."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from clinft.errors import ServiceError
from clinft.ports.training import TrainingProvider, TrainingRequest
from tests.adapters.training.contract import CHECKS
from tests.fakes.mcp.life import trains_once
from tests.fakes.mcp.requests import Desk, request_at
from tests.fakes.mcp.servers import MAPPINGS, Running, over_http


@pytest.fixture(scope="module", params=MAPPINGS)
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with over_http(request.param, tmp_path_factory.mktemp(request.param)) as server:
        yield server


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract(
    check: Callable[[TrainingProvider, TrainingRequest], None], running: Running, tmp_path: Path
) -> None:
    run_id = f"{CHECKS.index(check):012x}-a1"
    check(Desk(tmp_path).provider(), request_at(running, tmp_path, run_id))


def test_one_spec_trains_once(running: Running, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    trains_once(desk, request_at(running, tmp_path, "abcdefabcdef-a1"))
    assert set(desk.asked) == {urlsplit(running.entry["url"]).netloc}


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("wrong-secret-42", "HTTP 401; Server returned an error response"),
        (None, "CLINFT_KEYS has no line for"),
    ],
)
def test_a_key_that_is_wrong_or_missing_is_told_apart_and_not_shown(
    secret: str | None, why: str, running: Running, tmp_path: Path
) -> None:
    desk = Desk(tmp_path, secret=secret)
    with pytest.raises(ServiceError, match=f"No connection to the MCP server trainer .*{why}") as refused:
        desk.provider().preflight(request_at(running, tmp_path))
    assert secret is None or secret not in str(refused.value)
