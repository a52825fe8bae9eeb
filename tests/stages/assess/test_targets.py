"""What a spec asks a prompt to reach, by kind of task."""

from typing import Any

import pytest

from clinft.stages.assess.judging import Target
from clinft.stages.assess.stage import targets_of
from tests.fakes.specs import project_spec

JSON = {"kind": "extraction", "description": "Facts as JSON.", "output_schema": {"type": "object"}}


@pytest.mark.parametrize(
    ("changes", "targets"),
    [
        ({}, (Target("accuracy", 0.7),)),
        ({"task": JSON}, (Target("score", 0.5), Target("accuracy", 0.7))),
    ],
)
def test_targets_are_those_of_the_kind(changes: dict[str, Any], targets: tuple[Target, ...]) -> None:
    thresholds = [{"metric": "accuracy", "min": 0.7}]
    metrics = ["accuracy"]
    if changes:
        thresholds.append({"metric": "score", "min": 0.5})
        metrics.append("score")
        changes["regression"] = {"critical_labels": []}
    spec = project_spec(evaluation={"thresholds": thresholds, "metrics": metrics}, **changes)
    assert targets_of(spec) == targets
