"""A run in segments: a call that is cut off in order leaves the run open, and the next one goes on."""

from pathlib import Path

import pytest

from clinft import pipeline, run_folder
from clinft.artifacts.model import Job
from clinft.cli.opening import open_context
from clinft.cli.show import Screen, forget_surroundings
from clinft.errors import CheckpointWritten
from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository


def test_a_segment_leaves_the_run_open_and_the_next_call_ends_it(tmp_path: Path) -> None:
    whole, cut = write_repository(tmp_path / "whole"), write_repository(tmp_path / "cut")
    assert clinft("run", whole, "--until", "train", "--yes").exit_code == 0
    forget_surroundings()
    context = open_context(cut, True, Screen(json=False))
    context.stop_after_seconds = 0
    with pytest.raises(CheckpointWritten, match="Training stopped in order after step"):
        list(pipeline.run(context, pipeline.NAMES))
    (run,) = (cut / "runs").iterdir()
    record = run_folder.load_record(run)
    assert record is not None
    assert record.status == "running"
    assert Job.model_validate_json((run / "job.json").read_bytes()).status == "running"
    assert not (run / "train.json").exists()
    again = clinft("run", cut, "--until", "train")
    assert again.exit_code == 0, again.output
    assert list((cut / "runs").iterdir()) == [run]
    (left_alone,) = (whole / "runs").iterdir()
    first, second = (run_folder.read_digest(folder / "train.json") for folder in (run, left_alone))
    assert first == second
