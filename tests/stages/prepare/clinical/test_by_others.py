"""Records that other workers make are the bytes that this machine makes, or none."""

from dataclasses import replace
from pathlib import Path

import pytest

from clinft.errors import SpecError
from clinft.stages.prepare.clinical import by_others, load
from clinft.stages.prepare.clinical.files import write_files
from clinft.stages.prepare.clinical.generate import Generation, Job
from tests.fakes.packs import data, task
from tests.fakes.workers import PickledWorkers

JOB = Job(data(records=200), task(), load.load_pack("cardiology"))


def test_others_make_the_bytes_that_this_process_makes(tmp_path: Path) -> None:
    workers = PickledWorkers()
    here, there = write_files(JOB, tmp_path / "here", 1), write_files(JOB, tmp_path / "there", None, workers)
    assert here[1] == there[1]
    assert {split: tally.by_label for split, tally in here[0].items()} == {
        split: tally.by_label for split, tally in there[0].items()
    }
    assert len(workers.answered) == sum(Generation(JOB).blocks(split) for split in here[1])


def test_a_worker_with_another_generator_makes_nothing() -> None:
    asked = by_others.Asked(JOB, by_others.code_digest())
    assert by_others.block_of(by_others.generation_of(asked), ("dev", 0)).lines
    with pytest.raises(SpecError, match="another generator"):
        by_others.generation_of(replace(asked, code="0" * 64))
