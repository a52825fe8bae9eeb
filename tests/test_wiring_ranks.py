"""What a launcher says of a process, as the wiring reads it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clinft.adapters.training.spread_team import Launched
from clinft.wiring import ranks

GIVEN = {"RANK": "3", "WORLD_SIZE": "16", "LOCAL_RANK": "1", "MASTER_ADDR": "node-7", "MASTER_PORT": "29500"}


@pytest.fixture(autouse=True)
def _nobody_launched(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in (*GIVEN, "CLINFT_RANKS", "ACCELERATE_USE_FSDP"):
        monkeypatch.delenv(name, raising=False)
    ranks._team.cache_clear()
    yield
    ranks._team.cache_clear()


def given(monkeypatch: pytest.MonkeyPatch, **changes: str | None) -> None:
    for name, value in {**GIVEN, **changes}.items():
        if value is not None:
            monkeypatch.setenv(name, value)


def test_a_launched_process_knows_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ranks.launched() is None
    given(monkeypatch)
    assert ranks.launched() == Launched(3, 16, 1, address=("node-7", 29500))
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    assert ranks.launched() == Launched(3, 16, 1, sharded=True, address=("node-7", 29500))


@pytest.mark.parametrize(
    "changes",
    [
        {"RANK": None},
        {"MASTER_ADDR": None},
        {"WORLD_SIZE": "1"},
        {"WORLD_SIZE": "many"},
        {"LOCAL_RANK": ""},
        {"RANK": "16"},
        {"MASTER_PORT": "http"},
        {"MASTER_PORT": "0"},
        {"MASTER_PORT": "99999"},
        {"WORLD_SIZE": "9" * 5000},
        {"MASTER_ADDR": "\x1b[2Jnode-7"},
    ],
)
def test_half_of_what_a_launcher_says_is_nothing(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, str | None]
) -> None:
    """Some containers set one of these names for everybody."""
    given(monkeypatch, **changes)
    assert ranks.launched() is None


def test_a_process_that_clinft_started_meets_the_others_at_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, MASTER_ADDR=None, MASTER_PORT=None, CLINFT_RANKS="/tmp/ranks")
    assert ranks.launched() == Launched(3, 16, 1, store=Path("/tmp/ranks"))


def test_processes_that_train_along_are_given_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CLINFT_KEYS", "CLINFT_SINK_KEYS", "OPENAI_API_KEY", "SLACK_BOT_TOKEN", "CLINFT_TOKEN"):
        monkeypatch.setenv(name, "canary-of-a-key")
    monkeypatch.setenv("CLINFT_CACHE", "/srv/clinft")
    environment = ranks.team()._environment
    assert environment is not None
    assert "canary-of-a-key" not in environment.values()
    assert environment["CLINFT_CACHE"] == "/srv/clinft"
