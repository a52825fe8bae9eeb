"""How large frozen files may be, and parts of a split that are read as one."""

from pathlib import Path

import pytest

from clinft.artifacts.data import Record
from clinft.pipeline.freezing import candidate, reading
from clinft.spec.load import load_project
from clinft.spec.statement import load_statements
from clinft.stages.prepare.frozen_files import files_of
from clinft.stages.prepare.stage import prepare
from tests.fakes import freezing as fake
from tests.fakes.freezing import Case
from tests.fakes.freezing_files import ROWS, jsonl, rows


def test_large_splits_are_cut_into_parts_that_prepare_reads_as_one(
    case: Case, brought: Path, signed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidate, "WHOLE", 12_000)
    monkeypatch.setattr(candidate, "PART", 9_000)
    done = case.bring(brought, statement=signed)
    assert done.exit_code == 0, done.output
    assert "Files above 50 MB are written in parts: train" in done.output
    parts = files_of(case.synthetic, "train").paths
    assert [path.name for path in parts[:2]] == ["train-0001.jsonl", "train-0002.jsonl"]
    assert all(path.stat().st_size <= 9_000 for path in parts)
    case.spec(origin="frozen", records=ROWS)
    spec = load_project(case.project).spec
    made = prepare(spec, tmp_path / "records", case.synthetic)
    whole = b"".join(path.read_bytes() for path in parts)
    assert (tmp_path / "records" / "train.jsonl").read_bytes() == whole
    assert made.splits["train"].sha256 in {one.file_sha256 for one in load_statements(case.synthetic)}
    # A line of the second part is named there.
    lines = parts[1].read_text().splitlines()
    bad = Record.model_validate_json(lines[2]).model_copy(update={"target": "nephrology"})
    parts[1].write_text("".join(f"{one}\n" for one in (*lines[:2], bad.model_dump_json(), *lines[3:])))
    (case.synthetic / "provenance.json").unlink()
    refused = fake.freeze(case.project, "--import", brought, "--statement", signed)
    assert refused.exit_code == 0
    parts[1].write_text("".join(f"{one}\n" for one in (*lines[:2], bad.model_dump_json(), *lines[3:])))
    (case.synthetic / "provenance.json").unlink()
    with pytest.raises(Exception, match="cannot be used") as error:
        prepare(spec, tmp_path / "records", case.synthetic)
    (problem,) = error.value.problems  # type: ignore[attr-defined]  # a SpecError, as its message says
    assert (Path(problem.path).name, problem.line) == ("train-0002.jsonl", 3)


def test_more_than_a_repository_should_hold_is_refused_with_advice(
    case: Case, brought: Path, signed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidate, "MOST_TOTAL", 20_000)
    refused = case.bring(brought, statement=signed)
    assert refused.exit_code == 2
    assert "more than a repository should hold" in refused.output
    assert "Git LFS is not used" in refused.output
    assert not case.synthetic.exists()


@pytest.mark.parametrize("change", ["gap", "no line end"])
def test_parts_with_a_gap_or_without_a_line_end_are_refused(
    change: str, case: Case, brought: Path, signed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidate, "WHOLE", 12_000)
    monkeypatch.setattr(candidate, "PART", 9_000)
    assert case.bring(brought, statement=signed).exit_code == 0
    case.spec(origin="frozen", records=ROWS)
    first = case.synthetic / "train-0001.jsonl"
    if change == "gap":
        first.unlink()
    else:
        first.write_bytes(first.read_bytes().rstrip(b"\n"))
    with pytest.raises(Exception, match=r"is missing|does not end with a line end"):
        prepare(load_project(case.project).spec, tmp_path / "records", case.synthetic)


def test_a_file_beyond_the_bounds_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = jsonl(tmp_path / "brought.jsonl", rows(40))
    monkeypatch.setattr(reading, "MOST_ROWS", 10)
    with pytest.raises(Exception, match="cannot be imported: 30 problems"):
        reading.read(path)
    monkeypatch.setattr(reading, "MOST_FILE_BYTES", 100)
    with pytest.raises(Exception, match="has more than"):
        reading.read(path)
