"""Two real runs of the fake provider; where answers must differ, rows are changed and the record sealed again."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from clinft import run_folder
from clinft.artifacts.jsonl import iter_models, write_models
from clinft.artifacts.results import ItemResult
from clinft.errors import DigestMismatch, SpecError
from clinft.pipeline import attempts
from clinft.pipeline.comparing.compare import compare
from clinft.pipeline.comparing.form import Comparison, Versus
from clinft.pipeline.comparing.words import comparison_markdown
from tests.fakes import finished

WRONG = {"circulatory": "mental", "mental": "digestive", "digestive": "respiratory", "respiratory": "mental"}


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    return finished.runs(finished.repository(tmp_path))


def rewritten(run: Path, change: Callable[[list[ItemResult]], list[ItemResult]]) -> None:
    """Rows changed as if the model had answered so; everything else of the run stays."""
    write_models(run / "items.jsonl", change([*iter_models(run / "items.jsonl", ItemResult)]))
    record = run_folder.load_record(run)
    assert record is not None
    run_folder.save_record(run, attempts.with_evidence(record, run))


def answered(wrong: set[str], right: set[str]) -> Callable[[list[ItemResult]], list[ItemResult]]:
    """The tuned model's free answers to these items."""

    def one(row: ItemResult) -> ItemResult:
        if (row.system, row.scoring) != ("tuned", "generated_text"):
            return row
        assert row.target is not None
        if row.item in wrong:
            return row.model_copy(update={"correct": False, "prediction": WRONG[row.target]})
        if row.item in right:
            return row.model_copy(update={"correct": True, "prediction": row.target})
        return row

    return lambda rows: [one(row) for row in rows]


def items(run: Path, target: str) -> list[str]:
    rows = iter_models(run / "items.jsonl", ItemResult)
    return sorted({row.item for row in rows if row.target == target})


def only(found: Comparison) -> Versus:
    (versus,) = found.versus
    return versus


def test_spec_and_digests_are_held_against_each_other(pair: tuple[Path, Path]) -> None:
    found = compare(pair)
    versus = only(found)
    assert [side.run_id for side in found.sides] == [run.name for run in pair]
    assert versus.spec is not None
    assert {(one.field, one.before, one.after) for one in versus.spec} == {
        ("training.hyperparameters.learning_rate", "0.001", "0.0005"),
        ("revision", "1", "2"),
    }
    assert {name for name, same in versus.same.items() if not same} == {"plan", "spec"}
    assert {"data: train", "data: test", "prompt", "base model", "items measured"} <= versus.same.keys()


def test_differences_and_flips_are_those_of_the_rows(pair: tuple[Path, Path]) -> None:
    critical, others = items(pair[0], "circulatory"), items(pair[0], "mental")
    everything = {row.item for row in iter_models(pair[0] / "items.jsonl", ItemResult)}
    rewritten(pair[0], answered(set(), everything))
    rewritten(pair[0], answered(set(others[2:3]), set()))
    rewritten(pair[1], answered(set(), everything))
    rewritten(pair[1], answered({critical[1], critical[0], *others[:2]}, set()))
    versus = only(compare(pair))
    assert versus.incomparable is None
    assert versus.items == 48
    # Critical ones first, although their ids are not the first of all by chance.
    assert [(flip.item, flip.critical) for flip in versus.lost] == [
        (critical[0], True),
        (critical[1], True),
        (others[0], False),
        (others[1], False),
    ]
    assert (versus.lost[0].target, versus.lost[0].first, versus.lost[0].second) == (
        "circulatory",
        "circulatory",
        "mental",
    )
    assert [flip.item for flip in versus.won] == [others[2]]
    by_name = {one.metric: one for one in versus.differences}
    accuracy = by_name["accuracy"]
    assert accuracy.difference is not None
    assert accuracy.difference.value == pytest.approx(-3 / 48)
    assert (accuracy.first, accuracy.second) == (pytest.approx(47 / 48), pytest.approx(44 / 48))
    assert (accuracy.lost, accuracy.won) == (4, 1)
    # Two-sided mid-p of 4 against 1: 2 (P(X >= 5) + P(X = 4) / 2) = 2 (1/32 + 5/64).
    assert accuracy.p_value == pytest.approx(2 * (1 / 32 + 5 / 64))


def test_turned_round_the_difference_changes_its_sign_and_p_stays(pair: tuple[Path, Path]) -> None:
    rewritten(pair[1], answered(set(items(pair[0], "mental")[:6]), set()))
    there = {one.metric: one for one in only(compare(pair)).differences}
    back = {one.metric: one for one in only(compare(pair[::-1])).differences}
    for metric in ("accuracy", "macro_f1", "parse_failure_rate"):
        one, other = there[metric], back[metric]
        assert one.difference is not None
        assert other.difference is not None
        assert one.difference.value == pytest.approx(-other.difference.value)
        assert one.p_value == pytest.approx(other.p_value)
    assert len(only(compare(pair)).lost) == len(only(compare(pair[::-1])).won)


def test_other_items_are_incomparable_and_the_spec_is_still_told(tmp_path: Path) -> None:
    project = finished.repository(tmp_path)
    first = finished.runs(project)[0]
    other = project / "runs" / "0123456789ab-a1"
    shutil.copytree(first, other)
    report = json.loads((other / "evaluate.json").read_bytes())
    report["payload"]["test_sha256"] = "0" * 64
    from clinft.artifacts.envelope import digest_content

    report["digest"] = digest_content(report)
    (other / "evaluate.json").write_text(json.dumps(report))
    record = run_folder.load_record(other)
    assert record is not None
    run_folder.save_record(
        other, attempts.with_evidence(record.model_copy(update={"run_id": other.name}), other)
    )
    versus = only(compare([first, other]))
    assert versus.incomparable == "The two runs were measured on different test splits."
    assert versus.spec == ()
    assert versus.differences == ()
    text = comparison_markdown(compare([first, other]))
    assert "**INCOMPARABLE**: The two runs were measured on different test splits." in text
    assert "project.yaml says the same in both." in text


def test_a_run_that_was_not_evaluated_is_incomparable(pair: tuple[Path, Path]) -> None:
    for name in ("evaluate.json", "items.jsonl", "regress.json", "report.json"):
        (pair[1] / name).unlink()
    attempts.update(pair[1], status="failed")
    found = compare(pair)
    assert only(found).incomparable == f"{pair[1].name} has no answers: it was not evaluated."
    assert found.sides[1].evaluated_at is None
    assert "not evaluated" in comparison_markdown(found)


def test_one_item_less_is_incomparable(pair: tuple[Path, Path]) -> None:
    rewritten(pair[1], lambda rows: [row for row in rows if row.item != "test-000001"])
    assert only(compare(pair)).incomparable == "Only one of the two runs holds an answer for 1 item."


def test_a_changed_file_is_refused(pair: tuple[Path, Path]) -> None:
    with (pair[1] / "items.jsonl").open("a") as stream:
        stream.write("\n")
    with pytest.raises(DigestMismatch, match=r"items\.jsonl is not the file that the run's record lists"):
        compare(pair)


def test_the_same_run_twice_or_one_alone_is_refused(pair: tuple[Path, Path]) -> None:
    for runs in ([pair[0]], [pair[0], pair[0]], []):
        with pytest.raises(SpecError, match="two runs or more"):
            compare(runs)


def test_three_runs_are_each_held_against_the_first(tmp_path: Path) -> None:
    project = finished.repository(tmp_path)
    first, second = finished.runs(project)
    third = project / "runs" / "0123456789ab-a1"
    shutil.copytree(second, third)
    record = run_folder.load_record(third)
    assert record is not None
    run_folder.save_record(third, record.model_copy(update={"run_id": third.name}).sealed())
    found = compare([first, second, third])
    assert [versus.run_id for versus in found.versus] == [second.name, third.name]
    assert found.versus[0].differences == found.versus[1].differences


def test_no_text_of_a_record_is_in_a_comparison(tmp_path: Path) -> None:
    project = finished.repository(tmp_path)
    pair = finished.runs(project)
    rewritten(pair[1], answered(set(items(pair[0], "mental")), set()))
    said = compare(pair).model_dump_json() + comparison_markdown(compare(pair))
    lines = (project / "data" / "records" / "test.jsonl").read_text().splitlines()
    assert not any(json.loads(line)["text"][:40] in said for line in lines)


def test_the_page_reads_so(pair: tuple[Path, Path]) -> None:
    others = items(pair[0], "mental")
    everything = {row.item for row in iter_models(pair[0] / "items.jsonl", ItemResult)}
    rewritten(pair[0], answered(set(), everything))
    rewritten(pair[1], answered(set(others), everything))
    text = comparison_markdown(compare(pair))
    assert "| `training.hyperparameters.learning_rate` | 0.001 | 0.0005 |" in text
    assert f"### Right before, wrong now: {len(others)}" in text
    assert f"| `{others[0]}` |  | mental | mental | digestive |" in text
    assert "### Wrong before, right now: 0" in text
    assert f"`clinft inspect {pair[1].name} {others[0]}`" in text
    (row,) = (line for line in text.splitlines() if line.startswith("| `accuracy` | -0."))
    assert row.endswith("| **worse** |")
    assert "Other: plan, spec." in text
