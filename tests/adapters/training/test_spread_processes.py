"""Several processes as people start them: by clinft itself, as a Slurm script does, through accelerate launch."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training.peft import CHECKPOINTS, PeftProvider
from clinft.errors import EXIT_AGAIN
from tests.adapters.training.contract import finish
from tests.conftest import REPOSITORY
from tests.fakes import lora_request, train_spread
from tests.fakes.progress import Quiet

pytestmark = pytest.mark.slow
MOST_SECONDS = 300
PROGRAM = ("-m", "tests.fakes.train_spread")


def started(command: list[str], **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


def wait_for_checkpoint(folder: Path, process: subprocess.Popen[str], after: int) -> int:
    deadline = time.monotonic() + MOST_SECONDS
    while True:
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        found = [
            int(path.name.removeprefix("step-")) for path in (folder / "out" / CHECKPOINTS).glob("step-*")
        ]
        if max(found, default=0) > after:
            return max(found)
        time.sleep(0.01)


def ended(process: subprocess.Popen[str]) -> str:
    said = process.communicate(timeout=MOST_SECONDS)[1]
    assert "Traceback" not in said
    return said


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def test_a_run_survives_the_loss_of_a_process_and_a_signal_and_changes_its_launcher(tmp_path: Path) -> None:
    """Killed, asked to end, and brought to its end: the model is that of one process that nobody touched."""
    store = lora_request.store(tmp_path)

    # The first process is killed: the other one, which it started, ends by itself.
    first = started([sys.executable, *PROGRAM, str(tmp_path), "--alone"])
    step = wait_for_checkpoint(tmp_path, first, after=0)
    (second,) = psutil.Process(first.pid).children()
    first.kill()
    first.communicate()
    psutil.wait_procs([second], timeout=MOST_SECONDS)
    assert not second.is_running()

    # As srun starts them; one that is not the first gets the signal, and all agree.
    address = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port()), "WORLD_SIZE": "2"}
    pair = [
        started([sys.executable, *PROGRAM, str(tmp_path)], RANK=rank, LOCAL_RANK=rank, **address)
        for rank in ("0", "1")
    ]
    step = wait_for_checkpoint(tmp_path, pair[0], after=step)
    pair[1].send_signal(signal.SIGTERM)
    said, other = ended(pair[0]), ended(pair[1])
    assert (pair[0].returncode, pair[1].returncode) == (EXIT_AGAIN, 0), said + other
    assert "The system asked another process of this run to end" in said
    assert other.strip().splitlines() == [
        f"Process 1 of 0 to 1 waits for one other process at 127.0.0.1:{address['MASTER_PORT']}, as RANK, "
        "WORLD_SIZE and MASTER_ADDR say. If you started just this one, unset RANK and WORLD_SIZE."
    ]

    # accelerate launch brings it to its end.
    accelerate = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_machines", "1"]
    options = ["--num_processes", "2", "--mixed_precision", "no", "--dynamo_backend", "no"]
    last = started([*accelerate, *options, *PROGRAM, str(tmp_path)])
    said = ended(last)
    assert last.returncode == 0, said

    request = train_spread.long(tmp_path, store)
    together = LocalModelStore(tmp_path, tmp_path / "cache", Quiet())
    provider = PeftProvider(together)
    job = provider.find(request)
    assert job is not None
    found = provider.result(job, request)
    assert found.steps == train_spread.LONG_STEPS
    untouched = replace(request, output_dir=tmp_path / "alone")
    job = finish(provider, provider.submit(untouched), untouched)
    expected = [point.validation_loss for point in provider.result(job, untouched).loss]
    assert [point.validation_loss for point in found.loss[:1]] == pytest.approx(expected[:1], rel=1e-5)
    assert found.loss[-1].validation_loss == pytest.approx(expected[-1], rel=1e-3)
