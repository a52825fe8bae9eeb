"""A brief advises `prepare` and `estimate`, and never stops them."""

from pathlib import Path

import pytest

from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_repository(tmp_path)


@pytest.mark.parametrize("text", ['{"a":', "{}", "[]"])
def test_a_broken_brief_is_said_and_prepare_goes_on(project: Path, text: str) -> None:
    (project / "research").mkdir()
    (project / "research" / "brief.json").write_text(text)
    done = clinft("prepare", project)
    assert done.exit_code == 0, done.output
    assert "the brief cannot be read" in done.output


def test_a_brief_that_is_a_link_is_not_read(project: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.json").write_text("{}")
    (project / "research").mkdir()
    (project / "research" / "brief.json").symlink_to(tmp_path / "elsewhere.json")
    done = clinft("prepare", project)
    assert done.exit_code == 0, done.output
    assert "this project has no brief" in done.output
