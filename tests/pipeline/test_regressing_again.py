"""Bounds that are moved once the figures are known: the verdict says so, and the look is counted."""

import json
from pathlib import Path
from typing import Any

import yaml

from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository


def payload(folder: Path, stage: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / f"{stage}.json").read_bytes())["payload"]
    return found


def judged(project: Path, least: float) -> Path:
    path = project / "project.yaml"
    spec = yaml.safe_load(path.read_text())
    spec.setdefault("evaluation", {})["thresholds"] = [{"metric": "accuracy", "min": least}]
    path.write_text(yaml.safe_dump(spec, sort_keys=False))
    done = clinft("run", project, "--yes")
    assert done.exit_code == 0, done.output
    (run,) = (project / "runs").glob("*-a*")
    return run


def test_a_threshold_that_was_moved_afterwards_is_told(tmp_path: Path) -> None:
    project = write_repository(tmp_path)
    run = judged(project, 0.99)
    first = payload(run, "regress")
    assert (first["recommendation"], first["protocols_before"]) == ("iterate", [])

    run = judged(project, 0.01)

    second = payload(run, "regress")
    assert second["protocols_before"] == [first["protocol_sha256"]]
    assert "changed after this run was first judged" in second["reason"]
    assert payload(run, "evaluate")["looks"] == 2
    assert "changed after this run was first judged" in (run / "report.md").read_text()

    # Going back does not unsay it.
    third = payload(judged(project, 0.99), "regress")
    assert third["protocols_before"] == [second["protocol_sha256"]]
