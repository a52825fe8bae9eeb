"""The same spec and seed give the same dataset and plan, on any machine and Python: the digests stand here.

A change that moves them makes every user prepare and approve again: raise the stage's version and say so in
the changelog.
"""

import json
from pathlib import Path

from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository

DATASET = "dbe4f56d083cb0499b298c62cadd5ba8c392b6ddb6703941478d553d39d11510"
PLAN = "1ea52d274311800e1b6ceb1d5a89471c8aed2885d5f47fb26125437c3f8d1898"


def test_dataset_and_plan_have_the_digests_they_have_everywhere(tmp_path: Path) -> None:
    project = write_repository(tmp_path)
    done = clinft("run", project, "--until", "estimate")
    assert done.exit_code == 0, done.output
    work = project / "data" / "work"
    prepared = json.loads((work / "prepare.json").read_bytes())
    estimate = json.loads((work / "estimate.json").read_bytes())
    assert prepared["digest"] == DATASET
    assert estimate["payload"]["plan_digest"] == PLAN
