"""`regression.baseline: recorded` stands where the answers lie beside the spec, and nowhere else."""

from pathlib import Path

import pytest

from clinft.errors import SpecError
from clinft.spec.load import load_project
from tests.fakes.specs import write_repository


def test_recorded_answers_must_lie_beside_the_spec(tmp_path: Path) -> None:
    project = write_repository(tmp_path, regression={"baseline": "recorded"})
    with pytest.raises(SpecError) as refused:
        load_project(project)
    assert "has no baseline/evaluate.json" in refused.value.problems[0].message
    (project / "baseline").mkdir()
    (project / "baseline" / "evaluate.json").touch()
    assert load_project(project).spec.regression.baseline == "recorded"


@pytest.mark.parametrize("written", ["Recorded", "recorded ", "record", "baseline"])
def test_only_the_word_itself_means_them(written: str, tmp_path: Path) -> None:
    project = write_repository(tmp_path, regression={"baseline": written})
    with pytest.raises(SpecError) as refused:
        load_project(project)
    assert "deployment, recorded, or a run id" in str(refused.value.problems[0])
