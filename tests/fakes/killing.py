"""Kills `clinft` at chosen moments of its work and calls it again; a scene says what must be equal then."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

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
# Kills one after the other before a call is left to end; a scene begins anew after it.
IN_A_ROW = 2


@dataclass(frozen=True)
class Called:
    """`seconds`: from the start of the work to its end, or to the kill."""

    killed: bool
    code: int
    seconds: float
    output: str


class Forge:
    """A process with everything imported that forks one `clinft` for each call. Use as a context manager."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self._output, self.cache = folder / "output.txt", folder / "cache"
        folder.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.kill_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
            env={
                **os.environ,
                "CLINFT_CACHE": str(self.cache),
                "HF_HUB_OFFLINE": "1",
                **(environment or {}),
            },
        )

    def call(self, *argv: str, after_seconds: float | None = None, **order: Any) -> Called:
        """`order`: as kill_server.py reads it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        wanted = {"argv": argv, "output": str(self._output), "after_seconds": after_seconds, **order}
        print(json.dumps(wanted), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        return Called(**answer, output=self._output.read_text(errors="replace"))

    def __enter__(self) -> "Forge":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


class Scene(Protocol):
    """One verb at work. `name` is shown."""

    name: str

    def undisturbed(self) -> tuple[float, Any]:
        """Seconds and result of a call that nobody kills."""

    def begin(self) -> None:
        """All lies as before the first call."""

    def call(self, after_seconds: float | None = None) -> Called: ...

    def at_rest(self) -> None:
        """Raises where something half-made would be taken for whole. Asked after each kill."""

    def result(self) -> Any:
        """What an undisturbed call and a call after kills must have in common."""


@dataclass
class Tally:
    """`moments`: shares of the undisturbed call's time at which kills landed while it was at work."""

    name: str
    seconds: float
    calls: int = 0
    moments: list[float] = field(default_factory=list)
    differ: list[str] = field(default_factory=list)


def kill_often(scene: Scene, kills: int, seed: int) -> Tally:
    """Until so many kills have landed, moments spread evenly over the time of an undisturbed call."""
    span, expected = scene.undisturbed()
    tally, rng = Tally(scene.name, span), random.Random(f"{seed}:{scene.name}")
    while len(tally.moments) < kills:
        scene.begin()
        for number in range(min(IN_A_ROW, kills - len(tally.moments))):
            # One from each part of the whole: evenly, and by chance within the part.
            share = (len(tally.moments) + rng.random()) / kills
            called = scene.call(share * span)
            tally.calls += 1
            if not called.killed:
                assert called.code == 0, called.output
                # Later calls may find caches that the first one had to fill.
                span = span if number else min(span, called.seconds)
                break
            tally.moments.append(share)
            scene.at_rest()
        ended(scene)
        tally.calls += 1
        if (found := scene.result()) != expected:
            tally.differ.append(f"after kills at {tally.moments[-IN_A_ROW:]}: {_difference(expected, found)}")
    return tally


def ended(scene: Scene) -> Called:
    called = scene.call()
    assert called.code == 0, called.output
    return called


def _difference(expected: Any, found: Any) -> str:
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        names = [name for name in (expected | found) if expected.get(name) != found.get(name)]
        return ", ".join(f"{name}: {_difference(expected.get(name), found.get(name))}" for name in names)
    return f"{expected!r:.300} became {found!r:.300}"


def digests(project: Path) -> dict[str, str]:
    """Of every stage, and of every file that training left."""
    (run,) = (path for path in (project / "runs").iterdir() if (path / "record.json").exists())
    found = stage_digests(run, STAGES_WITH_DIGEST)
    weights = json.loads((run / "train.json").read_bytes())["files"]
    return {**found, **weights, "run_id": run.name}


def stage_digests(folder: Path, stages: Sequence[str]) -> dict[str, str]:
    return {stage: json.loads((folder / f"{stage}.json").read_bytes())["digest"] for stage in stages}
