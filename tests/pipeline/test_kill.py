"""SIGKILL at any moment, call again: the same final digests. With the real model: test_real_model.py."""

import random
from pathlib import Path

from clinft.pipeline.verify import verify
from tests.fakes.killing import complete, digests, kill_after
from tests.fakes.progress import Quiet
from tests.fakes.specs import write_repository

KILLS = 10


def test_a_run_killed_at_ten_moments_ends_like_one_that_was_left_alone(tmp_path: Path) -> None:
    whole = write_repository(tmp_path / "whole")
    seconds = complete(whole, tmp_path / "cache")
    killed = tmp_path / "killed" / "projects" / "demo"
    write_repository(tmp_path / "killed")
    moments = random.Random(20261124)
    landed = sum(kill_after(killed, tmp_path / "cache", moments.uniform(0.2, seconds)) for _ in range(KILLS))
    assert landed >= KILLS // 2, "most kills must land while it works"
    complete(killed, tmp_path / "cache")
    assert digests(killed) == digests(whole)
    (run,) = (killed / "runs").iterdir()
    assert {link.status for link in verify(run, Quiet())} == {"same"}
    assert not list(killed.rglob("*.partial"))
