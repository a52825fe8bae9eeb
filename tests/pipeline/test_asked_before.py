"""Which answers on the disk are those of this evaluation: of the same inputs, and of none that has ended."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from clinft.artifacts.canonical import digest_file
from clinft.pipeline import asked_before


@pytest.fixture
def context(tmp_path: Path) -> Any:
    run = tmp_path / "runs" / "0123456789ab-a1"
    (run / "data").mkdir(parents=True)
    return SimpleNamespace(run_dir=run, paths=SimpleNamespace(root=tmp_path))


def folder(context: Any, version: int = 2, **inputs: str) -> Path:
    rows = context.run_dir / "items.jsonl"
    return asked_before.outputs_folder(context, {"test": "a" * 64, **inputs}, version, rows)


def answered(context: Any) -> Path:
    kept = folder(context) / "tuned.generated_text.jsonl"
    kept.write_text("{}\n")
    return kept


def test_a_call_that_was_cut_off_goes_on(context: Any) -> None:
    kept = answered(context)
    folder(context)
    assert kept.exists()


@pytest.mark.parametrize("change", [{"prompt": "b" * 64}, {"version": 3}])
def test_other_inputs_begin_anew(context: Any, change: dict[str, Any]) -> None:
    kept = answered(context)
    folder(context, **change)
    assert not kept.exists()


def test_what_nobody_knows_the_origin_of_is_no_answer(context: Any) -> None:
    kept = answered(context)
    (kept.parent / "asked.json").write_text("{")
    folder(context)
    assert not kept.exists()


def test_an_evaluation_that_ended_is_asked_anew(context: Any) -> None:
    kept = answered(context)
    rows = context.run_dir / "items.jsonl"
    rows.write_text("{}\n")
    asked_before.end(kept.parent, rows)
    # Killed before the report was written: the rows that lie there are those of these answers.
    folder(context)
    assert kept.exists()
    report = context.run_dir / "evaluate.json"
    # Of an evaluation before this one, which was measured anew.
    report.write_text(json.dumps({"files": {"run/items.jsonl": "c" * 64}}))
    folder(context)
    assert kept.exists()
    report.write_text(json.dumps({"files": {"run/items.jsonl": digest_file(rows)}}))
    folder(context)
    assert not kept.exists()


def test_a_report_that_cannot_be_read_ends_it_too(context: Any) -> None:
    kept = answered(context)
    rows = context.run_dir / "items.jsonl"
    rows.write_text("{}\n")
    asked_before.end(kept.parent, rows)
    (context.run_dir / "evaluate.json").write_text("{}")
    folder(context)
    assert not kept.exists()


def test_a_run_that_is_evaluated_once_more_has_answers_of_its_own(context: Any) -> None:
    """Its data folder may be the one of the first evaluation."""
    kept = answered(context)
    rows = context.run_dir / "items.jsonl"
    rows.write_text("{}\n")
    asked_before.end(kept.parent, rows)
    rows.unlink()
    folder(context)
    assert not kept.exists()


def test_by_another_engine_only_models_on_this_machine_are_asked_again(context: Any) -> None:
    rows = context.run_dir / "items.jsonl"

    def by(**engine: str) -> Path:
        inputs = {"test": "a" * 64, **engine}
        return asked_before.outputs_folder(context, inputs, 2, rows, ["paid-model"])

    kept = by(engine="c" * 64)
    for name in ("tuned.generated_text", "paid-model.generated_text", "spent"):
        (kept / f"{name}.jsonl").write_text("{}\n")
    assert len(list(by(engine="c" * 64).glob("*.jsonl"))) == 3
    assert {path.name for path in by().glob("*.jsonl")} == {"paid-model.generated_text.jsonl", "spent.jsonl"}
    assert not (by(engine="d" * 64) / "tuned.generated_text.jsonl").exists()
