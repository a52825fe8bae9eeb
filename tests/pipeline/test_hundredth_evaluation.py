"""A run that was evaluated a hundred times more: the newest counts, and none is passed over."""

from pathlib import Path

import pytest

from clinft.pipeline import status_files
from clinft.pipeline.github.returning import next_again
from clinft.pipeline.run_logs.gather import _again as logged
from clinft.pipeline.sinks.steps import of_evidence
from clinft.pipeline.standing import newest_again
from clinft.pipeline.tracking.read import read_run
from clinft.pipeline.verify import verify
from clinft.run_folder import load_record
from clinft.stages.report.milestones import Places
from tests.fakes.committed_runs import commit_run, evaluate_again
from tests.fakes.progress import Quiet

NUMBERS = (1, 9, 99, 100, 101)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = commit_run(tmp_path_factory.mktemp("hundred") / "projects")
    for number in NUMBERS:
        evaluate_again(made, number)
    for other in ("1", "007", "a1", "1000000", ".02"):
        (made / status_files.AGAIN / other).mkdir()
    return made


def test_evaluations_are_listed_by_number_and_by_no_other_name(run: Path) -> None:
    assert [int(path.name) for path in status_files.again(run)] == list(NUMBERS)
    assert status_files.again(run.parent) == []


def test_the_newest_evaluation_is_the_one_with_the_highest_number(run: Path) -> None:
    assert newest_again(run) == run / "again/101"


def test_the_next_one_takes_no_other_s_place(run: Path) -> None:
    assert next_again(run, "0" * 64) == run / "again/102"
    hundredth = load_record(run / "again/100")
    assert hundredth is not None
    assert next_again(run, hundredth.digest).name in {f"{number:02d}" for number in NUMBERS}


def test_the_tables_the_messages_and_the_logs_tell_of_all(run: Path) -> None:
    assert [one.again for one in read_run(run).again] == list(NUMBERS)
    told = {due.parcel.key.rpartition("/")[2] for due in of_evidence("demo", run, Places(), (), merged=True)}  # type: ignore[union-attr]
    assert {f"again-{number:02d}" for number in NUMBERS} <= told
    assert [line.partition(":")[0] for line in logged(run, [])] == [f"{number:02d}" for number in NUMBERS]


def test_verify_looks_at_each(run: Path) -> None:
    (run / "again/100/evaluate.json").write_text("{}")
    changed = [link.name for link in verify(run, Quiet()) if link.status == "different"]
    assert "again/100/evaluate.json" in changed
