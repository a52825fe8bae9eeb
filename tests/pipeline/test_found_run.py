"""A run is found by its folder, or by its id from anywhere inside the repository."""

from pathlib import Path

import pytest

from clinft.errors import SpecError
from clinft.pipeline.found_run import found_run

ID = "0123456789ab-a1"


def a_run(root: Path, project: str = "demo", name: str = ID) -> Path:
    folder = root / "projects" / project / "runs" / name
    folder.mkdir(parents=True)
    (folder / "record.json").write_text("{}")
    return folder.resolve()


def test_by_folder_and_by_id_from_inside(tmp_path: Path) -> None:
    run = a_run(tmp_path)
    for here in (tmp_path, tmp_path / "projects" / "demo", run):
        assert found_run(ID, here) == run
    assert found_run(str(run), Path("/")) == run


def test_two_projects_with_the_id_are_told_apart_by_folder(tmp_path: Path) -> None:
    a_run(tmp_path)
    other = a_run(tmp_path, "other")
    with pytest.raises(SpecError, match="2 projects have a run"):
        found_run(ID, tmp_path)
    assert found_run(str(other), tmp_path) == other


@pytest.mark.parametrize("named", ["", "x", "../x", f"x/{ID}", "0123456789AB-a1", "0123456789ab-a0", "*"])
def test_what_is_no_run_is_told(named: str, tmp_path: Path) -> None:
    a_run(tmp_path)
    with pytest.raises(SpecError):
        found_run(named, tmp_path)


def test_a_folder_without_a_record_is_no_run(tmp_path: Path) -> None:
    folder = a_run(tmp_path)
    (folder / "record.json").unlink()
    with pytest.raises(SpecError, match="not a run's folder"):
        found_run(str(folder), tmp_path)
    with pytest.raises(SpecError, match="not a run's folder"):
        found_run(str(tmp_path), tmp_path)
