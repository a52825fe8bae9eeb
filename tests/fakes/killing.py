"""Runs the command line as a process, kills it at chosen moments, and reads the digests it leaves."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

STAGES_WITH_DIGEST = (
    "prepare",
    "assess",
    "audit",
    "estimate",
    "gate",
    "train",
    "evaluate",
    "regress",
    "report",
)


def start(project: Path, cache: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "CLINFT_CACHE": str(cache), "HF_HUB_OFFLINE": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "clinft", "run", str(project), "--yes"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        start_new_session=True,
    )


def complete(project: Path, cache: Path) -> float:
    """Run to the end; returns seconds."""
    started = time.monotonic()
    process = start(project, cache)
    output, _ = process.communicate()
    assert process.returncode == 0, output
    return time.monotonic() - started


def kill_after(project: Path, cache: Path, seconds: float) -> bool:
    """SIGKILL the whole process group after `seconds`; False if it had already ended."""
    process = start(project, cache)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return True
    process.communicate()
    return False


def digests(project: Path) -> dict[str, str]:
    """Of every stage, and of every file that training left."""
    (run,) = (path for path in (project / "runs").iterdir() if (path / "record.json").exists())
    found = {
        stage: json.loads((run / f"{stage}.json").read_bytes())["digest"] for stage in STAGES_WITH_DIGEST
    }
    weights = json.loads((run / "train.json").read_bytes())["files"]
    return {**found, **weights, "run_id": run.name}
