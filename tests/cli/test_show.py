from pathlib import Path

import pytest

from clinft.cli import show
from clinft.errors import Problem, SpecError
from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository


def test_an_annotation_is_escaped_as_actions_reads_it() -> None:
    found = Problem("projects/a,b/project.yaml", 3, 5, "50% of\nall: lines", "", "")
    assert show.annotation(found) == (
        "::error title=clinft,file=projects/a%2Cb/project.yaml,line=3,col=5::50%25 of%0Aall: lines"
    )


def test_in_actions_a_broken_spec_is_annotated_and_summarised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = write_repository(tmp_path, data={"records": -1})
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    done = clinft("run", project, "--yes")
    assert done.exit_code == 2
    line = next(line for line in done.output.splitlines() if line.startswith("::error "))
    assert "line=" in line
    assert "data.records" in line
    assert "project.yaml" in summary.read_text()


def test_validate_prints_place_and_message_and_exits_2(tmp_path: Path) -> None:
    project = write_repository(tmp_path, data={"records": -1})
    done = clinft("validate", project)
    assert done.exit_code == 2
    place, line, column, _ = done.stdout.split(":", 3)
    text = (project / "project.yaml").read_text().splitlines()
    assert Path(place).name == "project.yaml"
    assert text[int(line) - 1][int(column) - 1 :].startswith("-1")
    assert clinft("validate", write_repository(tmp_path / "other")).exit_code == 0


def test_a_bug_shows_its_place_but_not_what_it_quotes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from clinft.pipeline import problems

    def broken(paths: object) -> None:
        raise KeyError("Jane Roe 123-45-6789")

    monkeypatch.setattr(problems, "validate_files", broken)
    done = clinft("validate", tmp_path)
    assert done.exit_code == 70
    assert "a bug in clinft: KeyError at" in done.output
    assert "Jane" not in done.output
    assert "Traceback" not in done.output


def test_ctrl_c_says_that_work_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from clinft.pipeline import problems

    def stopped(paths: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(problems, "validate_files", stopped)
    done = clinft("validate", tmp_path)
    assert done.exit_code == 130
    assert "Finished stages are kept" in done.output


def test_every_problem_of_a_spec_error_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    show.forget_surroundings()
    problems = (Problem("a.yaml", 1, 2, "first"), Problem("a.yaml", 3, 4, "second"))
    show.error(SpecError("Two problems.", "cause", "next", problems))
    shown = capsys.readouterr().err
    assert "a.yaml:1:2: first" in shown
    assert "a.yaml:3:4: second" in shown
    assert "Error: Two problems." in shown
