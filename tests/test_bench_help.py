"""`python bench/x.py --help` answers with a bare Python: what it measures is imported when it measures."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench"
# Its rules are clinft's own, in its very signatures.
WITH_CLINFT = {"assess_real.py"}
SCRIPTS = sorted(
    path.name
    for path in BENCH.glob("*.py")
    if "ArgumentParser" in path.read_text() and path.name not in WITH_CLINFT
)


@pytest.mark.parametrize("script", SCRIPTS)
def test_help_needs_no_installed_package(script: str) -> None:
    done = subprocess.run(
        [sys.executable, "-S", str(BENCH / script), "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert script in done.stdout
