"""bench/generation.py: its command line, and that what it compares is the same."""

import subprocess
import sys
from pathlib import Path

import pytest


def bench(repository: Path, *args: str, flags: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *flags, str(repository / "bench" / "generation.py"), *args],
        capture_output=True,
        text=True,
        check=False,
        cwd=repository,
    )


def test_help_needs_no_installed_package(repository: Path) -> None:
    done = bench(repository, "--help", flags=("-S",))
    assert done.returncode == 0, done.stderr
    assert "--record" in done.stdout


@pytest.mark.slow
def test_a_small_run_shows_every_writer_and_the_same_files_from_one_and_two_processes(
    repository: Path,
) -> None:
    done = bench(repository, "--records", "100", "--kind", "extraction")
    assert done.returncode == 0, done.stderr
    rows = [line for line in done.stdout.splitlines() if line.startswith("| ")]
    assert len(rows) == 6  # the head, and five writers
    assert sum("| 1,000 |" in row for row in rows) == 2
    assert "the files differ" not in done.stderr
