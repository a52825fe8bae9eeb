"""Rows that were changed after they were measured, and all that follows made anew: verify names it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from clinft import run_folder
from clinft.pipeline import attempts
from clinft.pipeline.verify import verify
from tests.fakes.cli import clinft
from tests.fakes.progress import Quiet
from tests.fakes.specs import write_repository


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was evaluated once more."""
    project = write_repository(tmp_path_factory.mktemp("verify"))
    done = clinft("run", project, "--yes")
    assert done.exit_code == 0, done.output
    (run,) = (project / "runs").iterdir()
    again = run / "again" / "01"
    again.mkdir(parents=True)
    for name in ("evaluate.json", "items.jsonl", "regress.json", "report.json", "report.md"):
        shutil.copy(run / name, again / name)
    seal(again, run)
    return run


def seal(folder: Path, run: Path) -> None:
    record = run_folder.load_record(run)
    assert record is not None
    run_folder.save_record(folder, attempts.with_evidence(record, folder))


def different(run: Path) -> set[str]:
    return {link.name for link in verify(run, Quiet()) if link.status == "different"}


def all_right(items: Path) -> None:
    rows = [json.loads(line) for line in items.read_text().splitlines()]
    items.write_text("".join(json.dumps({**row, "correct": True}) + "\n" for row in rows))


@pytest.mark.parametrize("change", [all_right, Path.unlink])
@pytest.mark.parametrize("prefix", ["", "again/01/"])
def test_other_rows_break_the_chain(
    change: Callable[[Path], None], prefix: str, finished: Path, tmp_path: Path
) -> None:
    run = tmp_path / finished.name
    shutil.copytree(finished, run)
    assert different(run) == set()
    change(run / prefix / "items.jsonl")
    seal(run / prefix, run)
    assert different(run) == {f"{prefix}evaluate"}
