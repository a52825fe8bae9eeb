"""What a launcher says of a process, left in a shell: verbs that train nothing pay no heed, the others say so."""

import signal
import socket
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from clinft.adapters.training import spread_team
from clinft.wiring import ranks
from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository


@pytest.fixture
def port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        found: int = listening.getsockname()[1]
        return found


@pytest.fixture(params=["0", "1"])
def left_over(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, port: int) -> str:
    rank: str = request.param
    address = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    for name, value in {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": "2", **address}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(spread_team, "MEETING", timedelta(seconds=1))
    return rank


@pytest.mark.parametrize("verb", [("prepare",), ("run", "--until", "prepare")])
def test_where_nothing_is_trained_nobody_is_waited_for(
    left_over: str, tmp_path: Path, verb: tuple[str, ...]
) -> None:
    project = write_repository(tmp_path)
    done = clinft(verb[0], project, *verb[1:])
    assert done.exit_code == 0, done.output
    assert "waits for" not in done.output
    assert (project / "data/records/train.jsonl").exists()


def test_a_training_says_whom_it_waits_for_and_does_not_wait_for_ever(
    left_over: str, tmp_path: Path, port: int
) -> None:
    started = time.monotonic()
    done = clinft("train", write_repository(tmp_path))
    assert time.monotonic() - started < 20
    assert done.exit_code == 3, done.output
    assert not done.stdout
    said = " ".join(done.stderr.split())
    assert said.startswith(
        f"Process {left_over} of 0 to 1 waits for one other process at 127.0.0.1:{port}, as RANK"
    )
    assert "The 2 processes of this training did not meet" in said
    assert said.count("unset RANK and WORLD_SIZE") == 2


def test_without_torch_a_launched_process_says_what_to_install(
    left_over: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    done = clinft("train", write_repository(tmp_path))
    assert done.exit_code == 2, done.output
    assert "Training in several processes needs" in " ".join(done.stderr.split())
    assert "[train]" in done.stderr


def test_what_was_left_over_counts_for_its_own_time_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = ranks.team()
    for name, value in {"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "2", "CLINFT_RANKS": "/x"}.items():
        monkeypatch.setenv(name, value)
    assert ranks.team() is ranks.team() is not alone
    monkeypatch.undo()
    assert ranks.team() is alone


def test_ctrl_c_ends_the_waiting() -> None:
    """torch waits inside of its own code, where Python's exception would come when it is over."""
    before = signal.getsignal(signal.SIGINT)
    with spread_team._killed_by_interrupt():
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGINT) is before
