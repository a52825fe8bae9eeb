"""A server that is started, waited for and ended; one that dies, hangs, or outlives who started it."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clinft.adapters.model.vllm import keeper
from clinft.adapters.model.vllm.command import Served, command
from clinft.adapters.model.vllm.server import Patience, started
from clinft.errors import ServiceError
from tests.fakes.progress import Quiet
from tests.fakes.vllm.program import calls, install
from tests.fakes.vllm.stand_in import StandIn

SOON = Patience(ready=20.0, told=0.0, look=0.02, dying=3.0)
REPOSITORY = Path(__file__).parents[4]


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[StandIn]:
    with StandIn(tmp_path / "s") as running:
        yield running


class Noted(Quiet):
    def __init__(self) -> None:
        self.said: list[str] = []

    def note(self, text: str) -> None:
        self.said.append(text)


def commands(program: Path, folder: Path) -> Callable[[Path], list[str]]:
    return lambda socket: command(program, Served(folder / "weights", folder / "weights", "float32"), socket)


def started_by(program: Path) -> list[int]:
    """Of the program and of the child that it started."""
    (told,) = calls(program)
    return [told["pid"], told["child"]]


def runs(pid: int) -> bool:
    """A process that nobody has waited for yet does not."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def all_gone(pids: list[int], seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while any(map(runs, pids)) and time.monotonic() < until:
        time.sleep(0.02)
    return not any(map(runs, pids))


def test_it_answers_within_and_is_gone_after(tmp_path: Path, stand: StandIn) -> None:
    program = install(tmp_path / "bin", backend=stand.socket)
    with started(
        commands(program, tmp_path), {"PATH": os.environ["PATH"]}, tmp_path / "log", Quiet(), SOON
    ) as client:
        assert client.version() == stand.version
        pids = started_by(program)
        assert all(map(runs, pids))
        (told,) = calls(program)
        socket = Path(told["argv"][told["argv"].index("--uds") + 1])
        # Nobody else may reach it: there is no port, and the folder is closed.
        assert "--port" not in told["argv"]
        assert socket.parent.stat().st_mode & 0o077 == 0
    assert all_gone(pids)
    assert not socket.parent.exists()


def test_an_error_within_ends_it_too(tmp_path: Path, stand: StandIn) -> None:
    program = install(tmp_path / "bin", backend=stand.socket)
    with (
        pytest.raises(KeyboardInterrupt),
        started(commands(program, tmp_path), {}, tmp_path / "log", Quiet(), SOON),
    ):
        raise KeyboardInterrupt
    assert all_gone(started_by(program))


def not_there(path: Path, seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while path.exists() and time.monotonic() < until:
        time.sleep(0.02)
    return not path.exists()


WORKS = """
import sys, time
from pathlib import Path
from clinft.adapters.model.vllm.server import Patience, started
from tests.adapters.model.vllm.test_server import SOON, commands
from tests.fakes.progress import Quiet
program, folder = map(Path, sys.argv[1:])
with started(commands(program, folder), {}, folder / "log", Quiet(), SOON):
    print("ready", flush=True)
    time.sleep(600)
"""


def test_an_evaluation_that_is_killed_leaves_no_server(tmp_path: Path, stand: StandIn) -> None:
    program = install(tmp_path / "bin", backend=stand.socket)
    code = WORKS.replace("tests.adapters.model.vllm.test_server", "test_server")
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(program), str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{REPOSITORY}:{Path(__file__).parent}"},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    pids = started_by(program)
    assert all(map(runs, pids))
    (told,) = calls(program)
    socket = Path(told["argv"][told["argv"].index("--uds") + 1])
    assert socket.exists()
    process.kill()
    process.wait()
    process.stdout.close()
    assert all_gone(pids)
    assert not_there(socket.parent)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_a_keeper_that_is_killed_takes_its_program_along(tmp_path: Path) -> None:
    program = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    command = [sys.executable, "-I", "-S", keeper.__file__, str(tmp_path / "socket"), sys.executable, "-c"]
    process = subprocess.Popen([*command, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        assert runs(pid)
        process.kill()
    assert all_gone([pid])


@pytest.mark.parametrize(
    ("says", "cause", "next_step"),
    [
        (
            "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate",
            "too little free memory",
            "nvidia-smi",
        ),
        ("ValueError: No available memory for the cache blocks.", "too little free memory", "nvidia-smi"),
        (
            "ValueError: Free memory on device cuda:0 (3/80 GiB) on startup is less than desired GPU memory utilization",
            "too little free memory",
            "without CLINFT_VLLM",
        ),
        ("RuntimeError: Failed to infer device type, please set", "finds no card", "driver|correct that"),
        ("RuntimeError: NaNs detected in logits: {}", "not numbers", "train again"),
        ("OSError: [Errno 28] No space left on device", "disk is full", "Make room"),
        ("ValueError: LoRA is not supported for Zebulon (x).", "architecture", "For this model"),
        ("KeyError: 'Zebulon Quackenbush'", "The last error there is called KeyError", "call again"),
        ("INFO out of memory is not what this says", "No error stands there", "call again"),
    ],
)
def test_why_it_did_not_start_is_told_and_nothing_of_its_words(
    tmp_path: Path, says: str, cause: str, next_step: str
) -> None:
    program = install(tmp_path / "bin", says=says, code=3)
    with (
        pytest.raises(ServiceError) as caught,
        started(commands(program, tmp_path), {}, tmp_path / "log", Quiet(), SOON),
    ):
        pass
    assert caught.value.what == "vLLM ended before it was ready, with exit code 3."
    assert cause in caught.value.cause
    assert str(tmp_path / "log") in caught.value.cause
    assert any(part in caught.value.next_step for part in next_step.split("|"))
    assert "Zebulon" not in str(caught.value)
    assert says in (tmp_path / "log").read_text()
    assert all_gone(started_by(program))


def test_options_that_it_does_not_know_are_told(tmp_path: Path) -> None:
    program = install(tmp_path / "bin")
    with (
        pytest.raises(ServiceError, match="other options than those of the version"),
        started(
            lambda socket: [str(program), "serve", "--uds-file", str(socket)],
            {},
            tmp_path / "log",
            Quiet(),
            SOON,
        ),
    ):
        pass


def test_a_long_tmpdir_keeps_neither_server_nor_stand_in_from_listening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("long" * 25)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with StandIn(long / "s") as stand:
        program = install(tmp_path / "bin", backend=stand.socket)
        with started(commands(program, tmp_path), {}, tmp_path / "log", Quiet(), SOON) as client:
            assert client.version() == stand.version
    assert not stand.socket.parent.exists()
    assert list(long.iterdir()) == []


def test_one_that_dies_while_it_answers_is_told(tmp_path: Path) -> None:
    with StandIn(tmp_path / "s", {"base": object()}) as stand:
        stand.fails_with = (200, b'{"choices": []}')
        program = install(tmp_path / "bin", backend=stand.socket, dies_at=2)
        with started(commands(program, tmp_path), {}, tmp_path / "log", Quiet(), SOON) as client:
            client.complete({"prompt": []})
            with pytest.raises(ServiceError) as caught:
                client.complete({"prompt": [[1]]})
    assert caught.value.what == "vLLM ended while it answered, by signal 9."
    assert "too little free memory" in caught.value.cause
    assert all_gone(started_by(program))


def test_one_that_is_never_ready_is_given_up(tmp_path: Path) -> None:
    program, progress = install(tmp_path / "bin", waits=True), Noted()
    patience = Patience(ready=0.6, told=0.0, look=0.02)
    with (
        pytest.raises(ServiceError, match="was not ready after"),
        started(commands(program, tmp_path), {}, tmp_path / "log", progress, patience),
    ):
        pass
    assert progress.said[0].startswith("vLLM is still loading")
    assert all_gone(started_by(program))
