"""The trace of a job that was about to be asked for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clinft.adapters.training.intent import LONG_AGO, Intent
from clinft.errors import ServiceError
from clinft.ports.training import TrainingRequest
from tests.adapters.training.openai_api.hosted import request_to
from tests.fakes.openai.server import OpenAIServer

NOW = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)


@pytest.fixture
def request_(tmp_path: Path) -> Iterator[TrainingRequest]:
    with OpenAIServer() as server:
        yield request_to(server, tmp_path)


def found_after(intent: Intent, looks: int, now: datetime = NOW) -> tuple[str | None, list[float]]:
    """The job shows at that look; and what was waited."""
    slept: list[float] = []
    job = intent.look(
        lambda: "job" if len(slept) >= looks else None, (1.0, 2.0, 4.0), slept.append, lambda: now
    )
    return job, slept


def test_without_a_trace_nobody_looks(request_: TrainingRequest) -> None:
    assert found_after(Intent(request_, "openai"), 1) == (None, [])


def test_with_one_it_is_looked_for_longer_each_time(request_: TrainingRequest) -> None:
    Intent(request_, "openai").write(NOW)
    assert found_after(Intent(request_, "openai"), 2) == ("job", [1.0, 2.0])


@pytest.mark.parametrize("minutes", [-9, 0, 9])
def test_in_doubt_it_is_not_asked_for_again(minutes: int, request_: TrainingRequest) -> None:
    intent = Intent(request_, "openai")
    intent.write(NOW)
    with pytest.raises(ServiceError, match=r"was asked for at 08:30:00 \(UTC\).*Call again 10 minutes after"):
        found_after(intent, 9, NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize("minutes", [-10, 10])
def test_the_doubt_ends(minutes: int, request_: TrainingRequest) -> None:
    intent = Intent(request_, "openai")
    intent.write(NOW)
    assert found_after(intent, 9, NOW + timedelta(minutes=minutes)) == (None, [1.0, 2.0, 4.0])


def test_it_is_of_one_run_at_one_provider_until_it_is_removed(request_: TrainingRequest) -> None:
    intent = Intent(request_, "openai")
    intent.write(NOW)
    assert intent.at() == NOW
    assert Intent(request_, "mcp").at() is None
    assert Intent(replace(request_, run_id="ffffffffffff-a1"), "openai").at() is None
    intent.remove()
    intent.remove()
    assert intent.at() is None


def test_one_that_cannot_be_read_is_looked_into_and_keeps_nobody(request_: TrainingRequest) -> None:
    intent = Intent(request_, "openai")
    intent.write(NOW)
    intent.path.write_text("{")
    assert intent.at() == LONG_AGO
    assert found_after(intent, 9) == (None, [1.0, 2.0, 4.0])
