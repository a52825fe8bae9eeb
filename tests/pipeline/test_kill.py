"""SIGKILL at any moment, call again: the same final digests."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from clinft.pipeline.verify import verify
from tests.fakes import tiny_llama
from tests.fakes.killing import complete, digests, kill_after
from tests.fakes.progress import Quiet
from tests.fakes.specs import write_repository

KILLS, MOST_CALLS = 10, 40
STEPS = 6


def with_fake(root: Path) -> Path:
    return write_repository(root)


def with_lora(root: Path) -> Path:
    """LoRA training of a few steps, a checkpoint at every second one, on a tiny random model."""
    tiny_llama.write(root / "tiny")
    hyperparameters = {
        "batch_size": 8,
        "learning_rate": 0.01,
        "max_steps": STEPS,
        "checkpoint_every_steps": 2,
    }
    training = {"provider": "peft", "base_model": "tiny", "hyperparameters": hyperparameters}
    return write_repository(root, training=training, data={"records": 60})


@pytest.mark.parametrize(
    ("make", "kills"),
    # bench/kill_resume.py kills the real model ten times.
    [pytest.param(with_fake, KILLS, id="fake"), pytest.param(with_lora, 2, id="lora")],
)
def test_a_run_killed_at_many_moments_ends_like_one_that_was_left_alone(
    make: Callable[[Path], Path], kills: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    whole, killed = make(tmp_path / "whole"), make(tmp_path / "killed")
    seconds = complete(whole, tmp_path / "cache")
    moments = random.Random(20261124)
    landed = 0
    for _ in range(MOST_CALLS):
        if landed == kills:
            break
        if kill_after(killed, tmp_path / "cache", moments.uniform(0.2, seconds)):
            landed += 1
        else:
            # It came to its end before the kill: compare, and begin once more.
            assert digests(killed) == digests(whole)
            shutil.rmtree(killed / "runs")
            shutil.rmtree(killed / "data")
    assert landed == kills
    complete(killed, tmp_path / "cache")
    assert digests(killed) == digests(whole)
    (run,) = (killed / "runs").iterdir()
    assert {link.status for link in verify(run, Quiet())} == {"same"}
    assert not list(killed.rglob("*.partial"))
