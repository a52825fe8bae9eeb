"""The same spec and seed give the same dataset and plan, on any machine and Python: the digests stand here.

A change that moves them makes every user prepare and approve again: raise the stage's version and say so in
the changelog.
"""

import json
from pathlib import Path

from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository

DATASET = "9f84fa7fad0126fc46bd55a57d3bb0001725aa4296ac675661f30e1d7caf864d"
PLAN = "8de8dee48f43f34ebea0e0ad1f3501184f427431a8678b39eb7d49367fe1363c"


def test_dataset_and_plan_have_the_digests_they_have_everywhere(tmp_path: Path) -> None:
    project = write_repository(tmp_path)
    done = clinft("run", project, "--until", "estimate")
    assert done.exit_code == 0, done.output
    work = project / "data" / "work"
    prepared = json.loads((work / "prepare.json").read_bytes())
    estimate = json.loads((work / "estimate.json").read_bytes())
    assert prepared["digest"] == DATASET
    assert estimate["payload"]["plan_digest"] == PLAN
