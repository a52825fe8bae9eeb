"""bench/evaluation_throughput.py: its command line, and when it says that two systems differ."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture
def bench(repository: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(repository / "bench"))
    import evaluation_throughput

    return evaluation_throughput


def test_help_needs_no_installed_package(repository: Path) -> None:
    script = repository / "bench" / "evaluation_throughput.py"
    done = subprocess.run(
        [sys.executable, "-S", str(script), "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "--record" in done.stdout


def result(answers: list[Any], accuracy: float = 0.5) -> dict[str, Any]:
    return {"answers": answers, "accuracy": accuracy}


@pytest.mark.parametrize(
    ("theirs", "same"),
    [
        ([[-1.0, -2.0, -3.0], [-2.0, -1.0, -3.0]], True),
        ([[-1.0004, -2.0, -3.0], [-2.0, -1.0, -3.0]], True),
        ([[-1.002, -2.0, -3.0], [-2.0, -1.0, -3.0]], False),  # too far apart
        ([[-1.0, -2.0, -3.0], [-1.5, -1.5001, -3.0]], False),  # another prediction
    ],
)
def test_scores_are_the_same_within_a_thousandth(
    bench: ModuleType, theirs: list[list[float]], same: bool
) -> None:
    ours = [[-1.0, -2.0, -3.0], [-2.0, -1.0, -3.0]]
    assert bench._compared("one", result(ours), result(theirs))[0] is same


def test_how_much_faster_is_time_against_time(bench: ModuleType) -> None:
    ours = [{"items": 40, "seconds": 20.0, "processor_seconds": 30.0, "peak_gib": 1.0}]
    theirs = [{"items": 40, "seconds": 30.0, "processor_seconds": 60.0, "peak_gib": 2.5}]
    assert bench._row("one", "clinft", ours, ours).split(" | ")[2:] == [
        "2.00",
        "2.00–2.00",
        "0.75",
        "1.0",
        "– |",
    ]
    assert bench._row("one", "lm-eval", theirs, ours).endswith(
        " 1.33 | 1.33–1.33 | 1.50 | 2.5 | 1.50 (2.00) |"
    )
