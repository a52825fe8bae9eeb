"""bench/audit_recall.py on three texts whose scores are known."""

import json
import subprocess
import sys
from pathlib import Path


def run(repository: Path, *arguments: str, flags: tuple[str, ...] = ()) -> str:
    script = repository / "bench" / "audit_recall.py"
    done = subprocess.run(
        [sys.executable, *flags, str(script), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_help_needs_no_installed_package(repository: Path) -> None:
    assert "--record" in run(repository, "--help", flags=("-I", "-S"))


def test_found_missed_and_flagged_are_counted(repository: Path, tmp_path: Path) -> None:
    rows = [
        {
            "text": "SSN 219-09-9998, aged 60, seen by Zbigniew.",
            "spans": [
                {"start": 4, "end": 15, "type": "SSN"},
                {"start": 22, "end": 24, "type": "~AGE"},
                {"start": 34, "end": 42, "type": "NAME"},
            ],
        },
        {"text": "A quiet note.", "spans": []},
        {"text": "On 03/14/2024 nothing is labelled.", "spans": []},
    ]
    (tmp_path / "three.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    table = run(repository, "--data", str(tmp_path))
    assert "| SSN | 1 | 1.000 (0.207 to 1.000) | 1.000 |" in table
    assert "| NAME | 1 | 0.000 (0.000 to 0.793) | 0.000 |" in table
    assert "| DATE | 1 | 0.000 (0.000 to 0.793) |" in table
    assert "1 of 2, 0.500" in table
