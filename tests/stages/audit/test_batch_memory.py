"""Memory does not grow with the data, in the process that reads nor in those that scan."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import AUDIT_CACHE

# Few different texts: what is measured is the reading, the counting and the handing out.
SCAN = """
import json, resource, sys
from pathlib import Path
from clinft.spec.audit_policy import AuditPolicy
from clinft.stages.audit.batch import scan
from clinft.stages.audit.pool import pool
from clinft.stages.audit.reading.source import source

class Task:
    def advance(self, amount=1, **fields):
        pass

def peak(engine, item):
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

if __name__ == "__main__":
    path, workers = Path(sys.argv[1]), int(sys.argv[2])
    with pool(AuditPolicy(), workers) as processes:
        found = scan([source(path.name, path)], processes, 1000, Task()).result
        held = max(processes.map(peak, range(20)))
    print(json.dumps([found.rows, found.by_letter["G"], peak(None, None), held]))
"""
SMALL, LARGE = 2_000, 20_000
# Of the larger file alone: 30 MB, ten times the smaller.
ROW_BYTES = 1_500


def scanned(tmp_path: Path, records: int, workers: int) -> list[int]:
    """Rows, findings, and the most KiB that this and any other process held."""
    path = tmp_path / "a.jsonl"
    with path.open("w") as file:
        for number in range(records):
            text = f"SSN 219-09-{number % 9 + 1000} on file. " + "Quiet night. " * (ROW_BYTES // 13)
            file.write(json.dumps({"text": text}) + "\n")
    (tmp_path / "scan.py").write_text(SCAN)
    command = [sys.executable, str(tmp_path / "scan.py"), str(path), str(workers)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    numbers: list[int] = json.loads(done.stdout)
    return numbers


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_ten_times_the_records_need_no_more_memory(tmp_path: Path, workers: int) -> None:
    _, _, *small = scanned(tmp_path, SMALL, workers)
    rows, found, *large = scanned(tmp_path, LARGE, workers)
    assert (rows, found) == (LARGE, LARGE)
    assert all(after - before < 15_000 for before, after in zip(small, large, strict=True)), (small, large)


def bench(repository: Path, *arguments: str, flags: tuple[str, ...] = ()) -> str:
    script = repository / "bench" / "audit_scaling.py"
    done = subprocess.run(
        [sys.executable, *flags, str(script), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_benchmarks_help_needs_no_installed_package(repository: Path) -> None:
    assert "--records" in bench(repository, "--help", flags=("-I", "-S"))


@pytest.mark.slow
def test_the_benchmark_compares_one_process_with_two(repository: Path) -> None:
    table = bench(repository, "--records", "300", "--cache", str(AUDIT_CACHE))
    assert "Both reports are equal byte for byte." in table
    assert table.count("\n| ") == 3
