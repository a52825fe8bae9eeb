"""The tables are a view: rebuilt from evidence alone, only added to by new runs, and safe to open."""

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import EvaluationReport, MetricResult, SystemResult
from clinft.pipeline.status_files import write_new
from clinft.pipeline.tracking import TABLES, rows, stale, write
from clinft.pipeline.tracking.cells import cell, to_csv
from clinft.stages.gate import paths
from tests.fakes import run_inputs
from tests.fakes.cli import clinft
from tests.fakes.committed_runs import commit_run, entries, evaluate_again
from tests.fakes.run_inputs import digest
from tests.fakes.specs import write_repository
from tests.fakes.tables import only, table

FIRST, SECOND, THIRD = "demo/aaaaaaaaaaaa-a1", "demo/bbbbbbbbbbbb-a1", "demo/cccccccccccc-a1"


def small_evaluation() -> EvaluationReport:
    accuracy = Interval(value=0.7667, low=0.646, high=0.8559, n=60, confidence=0.95, method="Wilson score")
    loss = Interval(
        value=1.0, low=1e-05, high=12.5, n=48, confidence=0.9, method="percentile bootstrap, 2,000 resamples"
    )
    metrics = (
        MetricResult(metric="accuracy", higher_is_better=True, interval=accuracy),
        MetricResult(metric="perplexity", higher_is_better=False, interval=loss),
        MetricResult(metric="critical_recall", higher_is_better=True, interval=None, missing="no such label"),
    )
    tuned = SystemResult(
        system="tuned",
        scoring="closed_labels",
        metrics=metrics,
        labels=(),
        confusion={},
        items_sha256=digest("a"),
    )
    return EvaluationReport(
        test_sha256=digest("4"), n=60, systems=(tuned,), gains=(), thresholds=(), thresholds_met=True
    )


def test_another_evaluation_adds_rows_of_its_own(tmp_path: Path) -> None:
    run = commit_run(tmp_path, evaluate=small_evaluation())
    before = rows(tmp_path)
    evaluate_again(run, 1, evaluate=small_evaluation())
    evaluate_again(run, 2, "2026-12-02T08:00:00+00:00", evaluate=small_evaluation())
    after = rows(tmp_path)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"evaluations.csv", "regressions.csv", "costs.csv"}
    for name in changed:
        assert after[name].startswith(before[name])
    assert [row["again"] for row in table(tmp_path, "regressions")] == ["", "1", "2"]
    assert [row["again"] for row in table(tmp_path, "evaluations")] == ["", "1", "2"]


def test_runs_stand_by_project_and_then_by_the_time_they_began(tmp_path: Path) -> None:
    commit_run(tmp_path, THIRD, "2026-11-01T08:00:00+00:00")
    commit_run(tmp_path, "zeta/aaaaaaaaaaaa-a1", "2026-10-01T08:00:00+00:00")
    commit_run(tmp_path, FIRST, "2026-11-02T08:00:00+00:00")
    # 07:30 UTC, though its text is the later one.
    commit_run(tmp_path, SECOND, "2026-11-01T09:30:00+02:00")
    order = [f"{row['project']}/{row['run_id']}" for row in table(tmp_path, "datasets")]
    assert order == [SECOND, THIRD, FIRST, "zeta/aaaaaaaaaaaa-a1"]


def test_no_file_of_the_tables_and_no_folder_of_anything_else_changes_the_view(tmp_path: Path) -> None:
    commit_run(tmp_path)
    before = rows(tmp_path)
    write(tmp_path)
    (tmp_path / "tracking" / "runs.csv").write_text("forged\n")
    for stray in ("demo/runs/notes", "demo/runs/AAAAAAAAAAAA-a1", "Demo/runs/aaaaaaaaaaaa-a1"):
        shutil.copytree(tmp_path / FIRST.replace("/", "/runs/"), tmp_path / stray)
    (tmp_path / "demo" / "runs" / "dddddddddddd-a1").mkdir()
    assert rows(tmp_path) == before


def test_without_a_run_there_are_headers(tmp_path: Path) -> None:
    assert {name: data.count(b"\n") for name, data in rows(tmp_path).items()} == dict.fromkeys(
        paths.TABLES, 1
    )
    assert set(stale(tmp_path)) == set(paths.TABLES)
    assert len(write(tmp_path)) == 6
    assert stale(tmp_path) == ()


def test_the_gate_knows_every_table() -> None:
    assert tuple(f"{name}.csv" for name in TABLES) == paths.TABLES


def test_written_tables_are_current_and_any_other_byte_is_not(tmp_path: Path) -> None:
    commit_run(tmp_path)
    written = write(tmp_path)
    assert {path.name for path in written} == set(paths.TABLES)
    assert (stale(tmp_path), write(tmp_path)) == ((), [])
    costs = tmp_path / "tracking" / "costs.csv"
    original = costs.read_bytes()
    for changed in (original + b"\n", original.replace(b"0.00", b"0.01"), original[:-1], b""):
        costs.write_bytes(changed)
        assert stale(tmp_path) == ("costs.csv",)
    costs.unlink()
    assert stale(tmp_path) == ("costs.csv",)
    assert write(tmp_path) == [costs]
    (tmp_path / "tracking" / "approved.csv").write_text("row_id\n")
    assert stale(tmp_path) == ("approved.csv",)


def break_record(run: Path) -> None:
    (run / "record.json").write_text("{}")


def break_artifact(run: Path) -> None:
    path = run / "evaluate.json"
    path.write_bytes(path.read_bytes().replace(b"0.767", b"0.967"))


def rewrite_outside_the_digest(run: Path) -> None:
    path = run / "train.json"
    path.write_bytes(path.read_bytes().replace(b'"measured": {}', b'"measured": {"cost_usd": 9}'))


def remove_artifact(run: Path) -> None:
    (run / "regress.json").unlink()


def break_status(run: Path) -> None:
    write_new(run, entries())
    (run / "status" / "02.json").unlink()


def bring_from_elsewhere(run: Path) -> None:
    other = commit_run(run.parents[2], "other/aaaaaaaaaaaa-a1")
    shutil.copy(other / "record.json", run / "record.json")
    shutil.rmtree(other)


def break_again(run: Path) -> None:
    (evaluate_again(run) / "evaluate.json").write_text("{}")


@pytest.mark.parametrize(
    "damage",
    [
        break_record,
        break_artifact,
        rewrite_outside_the_digest,
        remove_artifact,
        break_status,
        bring_from_elsewhere,
        break_again,
    ],
)
def test_evidence_that_cannot_be_read_is_said_and_stops_no_other_run(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    run = commit_run(tmp_path, FIRST)
    commit_run(tmp_path, SECOND)
    damage(run)
    broken, _, whole = table(tmp_path, "runs")
    assert (broken["run_id"], broken["status"]) == ("aaaaaaaaaaaa-a1", "unreadable")
    assert set(broken.values()) == {f"{FIRST}/unreadable", "demo", "aaaaaaaaaaaa-a1", "unreadable", ""}
    assert whole["status"] == "succeeded"
    assert {row["run_id"] for row in table(tmp_path, "costs")} == {"bbbbbbbbbbbb-a1"}


FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "a;=1",
    "a,+1",
    "a|@x",
    "x\n=1",
    "＝1",
    "\u202e=1",
)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula_to_a_spreadsheet(tmp_path: Path, text: str) -> None:
    decided = run_inputs.decision()
    hostile = decided.approvals[0].model_copy(update={"role": "ml", "person": text})
    gate = decided.model_copy(update={"approvals": (hostile,), "waived": (text,)})
    commit_run(tmp_path, gate=gate, measured={"cost_usd": text})
    data = rows(tmp_path)
    for name in ("decisions.csv", "costs.csv"):
        assert_harmless(data[name].decode())


def assert_harmless(text: str) -> None:
    for line in text.splitlines():
        # As RFC 4180 says, and as a spreadsheet does that takes another character for the separator.
        for separator in (",", ";", "|", "\t"):
            for row in csv.reader([line], delimiter=separator):
                assert not [cell for cell in row if cell.lstrip()[:1] in set("=+-@＝＋－＠")], line


@given(st.text(max_size=30))
@example("'=1")
@example('";=1')
@settings(max_examples=300, deadline=None)
def test_any_text_is_one_harmless_cell_on_one_line(text: str) -> None:
    line = to_csv([("a", cell(text), "b")]).decode()
    assert line.count("\n") == 1
    ((first, _, last),) = csv.reader([line])
    assert (first, last) == ("a", "b")
    assert_harmless(line)


def test_a_number_below_zero_stays_a_number() -> None:
    cells = [cell(value) for value in (-0.25, -3, Decimal("-1.50"), True, None, 1e22)]
    assert cells == ["-0.25", "-3", "-1.50", "true", "", "1e+22"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project with a real run, made by the command line."""
    project = write_repository(tmp_path_factory.mktemp("tracked"), data={"records": 40})
    done = clinft("run", project, "--yes")
    assert done.exit_code == 0, done.output
    return project


def test_the_tables_of_a_real_run_are_written_and_checked(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(trained)
    projects = trained.parent
    (run,) = (trained / "runs").iterdir()
    assert clinft("tracking", "check").exit_code == 1
    done = clinft("tracking", "rebuild")
    assert done.exit_code == 0, done.output
    assert done.output.count("wrote ") == 6
    before = rows(projects)
    assert "up to date" in clinft("tracking", "rebuild").output
    assert (stale(projects), rows(projects)) == ((), before)
    assert clinft("tracking", "check").exit_code == 0
    verified = clinft("verify", run)
    assert verified.exit_code == 0, verified.output
    assert "rows, as its evidence gives them" in verified.output

    began, ended = table(projects, "runs")
    assert (began["status"], ended["status"]) == ("running", "succeeded")
    assert (ended["provider"], ended["method"], ended["runner"]) == ("fake", "lora", "local")
    assert (began["actual_usd"], ended["actual_usd"]) == ("", "0")
    assert "lora.r " in ended["hyperparameters"]
    evaluated = table(projects, "evaluations")
    assert {row["system"] for row in evaluated} == {"base_zero_shot", "base_prompt", "tuned"}
    assert all((row["accuracy"] == "") == (row["accuracy_low"] == "") for row in evaluated)
    assert only(projects, "regressions")["status"] == "FIRST"
    approval = table(projects, "decisions")[0]
    assert (approval["decision"], approval["role"]) == ("approval", "local")
    assert approval["why"] == "no reason is recorded"

    costs = projects / "tracking" / "costs.csv"
    costs.write_bytes(costs.read_bytes().replace(b"training,,", b"training,9,"))
    for call in (("tracking", "check"), ("verify", run), ("verify", projects / "tracking")):
        refused = clinft(*call)
        assert refused.exit_code == 1, refused.output
        assert "1 different" in refused.output
    assert "costs" in refused.output
    costs.write_bytes(
        costs.read_bytes() + before["costs.csv"].splitlines()[1].replace(b"/training", b"/x") + b"\n"
    )
    told = clinft("tracking", "rebuild")
    assert "Rows that nothing here says" in told.output
    assert "training" not in told.stderr, "a row that was only changed does not go away"
    assert clinft("tracking", "check").exit_code == 0

    costs.write_bytes(before["costs.csv"] + b"x\n")
    for said in (
        {"written": ["projects/tracking/costs.csv"], "rows_gone": ["costs.csv x"]},
        {"written": [], "rows_gone": []},
    ):
        told = clinft("tracking", "rebuild", "--json")
        assert (json.loads(told.stdout), told.stderr) == (said, "")


def test_another_word_is_a_usage_error(monkeypatch: pytest.MonkeyPatch, trained: Path) -> None:
    monkeypatch.chdir(trained)
    assert clinft("tracking", "wipe").exit_code == 2


def test_nothing_of_a_record_is_in_any_table(trained: Path) -> None:
    texts = [line for line in (trained / "data" / "records" / "test.jsonl").read_text().splitlines() if line]
    data = b"".join(rows(trained.parent).values()).decode()
    assert texts
    assert not [word for text in texts for word in text.split('"') if len(word) > 20 and word in data]
