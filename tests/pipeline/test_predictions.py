"""`clinft evaluate --predictions`: figures by hand, all problems at once, no text of the file in what is said."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.cli import clinft


def write(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def labelled(count: int = 40) -> list[dict[str, Any]]:
    """Three of four right, one that cannot be read."""
    rows = []
    for number in range(count):
        target = ("yes", "no")[number % 2]
        said: Any = target if number % 4 else ("no", None)[number % 8 == 0]
        rows.append({"id": f"q{number}", "target": target, "prediction": said, "slice_sex": "female"})
    return rows


def found(path: Path, task: str, *more: str) -> dict[str, Any]:
    done = clinft("evaluate", "--predictions", path, "--task", task, "--json", *more)
    assert done.exit_code == 0, done.output
    loaded: dict[str, Any] = json.loads(done.stdout)
    return loaded


def value(result: dict[str, Any], metric: str) -> float | None:
    row = next(one for one in result["result"]["metrics"] if one["metric"] == metric)
    return None if row["interval"] is None else float(row["interval"]["value"])


def test_labels_by_hand(tmp_path: Path) -> None:
    result = found(write(tmp_path / "a.jsonl", labelled()), "classification")
    assert (result["n"], result["main_metric"]) == (40, "accuracy")
    assert value(result, "accuracy") == 0.75
    assert value(result, "parse_failure_rate") == 0.125
    assert [row["support"] for row in result["result"]["labels"]] == [20, 20]
    assert {one["category"]: one["n"] for one in result["errors"]}["format"] == 5
    (row,) = result["result"]["slices"]
    assert (row["slice"], row["value"], row["n"]) == ("sex", "female", 40)


def test_critical_labels_and_items_count_apart(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", labelled())
    listed = tmp_path / "critical.txt"
    listed.write_text("no\n")
    assert value(found(path, "classification", "--critical", str(listed)), "critical_recall") == 1.0
    listed.write_text("q0\nq1\nq4\nq5\n")
    assert value(found(path, "classification", "--critical", str(listed)), "critical_recall") == 0.5


def test_texts_are_scored_by_the_rules_of_their_kind(tmp_path: Path) -> None:
    rows = [{"id": str(n), "target": '["I21.4", "E11.9"]', "prediction": '["I21.4"]'} for n in range(10)]
    result = found(write(tmp_path / "a.jsonl", rows), "coding")
    assert value(result, "score") == pytest.approx(2 / 3)
    assert value(result, "micro_f1") == pytest.approx(2 / 3)
    assert value(result, "code_validity") == 1.0
    said = [
        {"id": "1", "target": "Chest pain.", "prediction": None},
        {"id": "2", "target": "Fever.", "prediction": "Fever."},
    ]
    result = found(write(tmp_path / "b.jsonl", said), "summarization")
    assert value(result, "parse_failure_rate") == 0.5
    # Neither the text nor its facts are in the file, so nothing is said of what was invented or left out.
    assert value(result, "hallucination_rate") is None
    assert value(result, "omission_rate") is None


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--predictions", "{}"], "Name a project's folder, or --predictions and --task"),
        (["--task", "coding"], "Name a project's folder, or --predictions and --task"),
        (["projects/x", "--predictions", "{}", "--task", "coding"], "one of the two"),
        (["--predictions", "{}", "--task", "coding", "--again"], "--again is of a project"),
        (["--predictions", "{}", "--task", "generation"], "--task names no kind"),
        (["--predictions", "{}", "--task", "coding", "--labels", "x"], "--labels goes with"),
        (
            ["--predictions", "{}", "--task", "classification", "--confidence", "95"],
            "--confidence is between",
        ),
        (["--predictions", "{}.missing", "--task", "classification"], "There is no file"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(tmp_path: Path, arguments: list[str], what: str) -> None:
    path = write(tmp_path / "a.jsonl", labelled())
    done = clinft("evaluate", *(one.replace("{}", str(path)) for one in arguments))
    assert done.exit_code == 2
    assert what in done.output


def test_texts_are_no_labels(tmp_path: Path) -> None:
    rows = [{"id": str(n), "target": f"Quackenbush {n}", "prediction": "x"} for n in range(9)]
    done = clinft("evaluate", "--predictions", write(tmp_path / "a.jsonl", rows), "--task", "classification")
    assert done.exit_code == 2
    assert "no labels" in done.output
    assert "Quackenbush" not in done.output


def test_a_target_that_is_no_json_is_named_without_its_text(tmp_path: Path) -> None:
    rows = [{"id": "1", "target": "Quackenbush", "prediction": "{}"}]
    done = clinft("evaluate", "--predictions", write(tmp_path / "a.jsonl", rows), "--task", "extraction")
    assert done.exit_code == 2
    assert "no right answer of kind extraction" in done.output
    assert "Quackenbush" not in done.output


def test_what_the_terminal_shows_is_escaped(tmp_path: Path) -> None:
    rows = [
        {"id": str(n), "target": ("<b>|x", "y")[n % 2], "prediction": "y", "slice_a": "[x](javascript:1)"}
        for n in range(40)
    ]
    done = clinft("evaluate", "--predictions", write(tmp_path / "a.jsonl", rows), "--task", "classification")
    assert done.exit_code == 0, done.output
    assert "<b>|" not in done.output
    assert "[x](javascript" not in done.output
    assert "accuracy" in done.output


def test_scores_alone_give_their_mean_and_nothing_that_was_not_measured(tmp_path: Path) -> None:
    rows = [{"id": f"n{number}", "score": number / 40} for number in range(41)]
    result = found(write(tmp_path / "a.jsonl", rows), "summarization")

    assert [row["metric"] for row in result["result"]["metrics"]] == ["score"]
    assert value(result, "score") == 0.5
    assert (result["main_metric"], result["errors"]) == ("score", [])
    assert result["caveats"] == ["The file holds scores alone: nothing else was measured."]


def test_a_listed_label_is_critical_whatever_the_rows_say(tmp_path: Path) -> None:
    (tmp_path / "critical.txt").write_text("yes\n")
    path = write(tmp_path / "a.jsonl", [{**row, "critical": False} for row in labelled()])
    result = found(path, "classification", "--critical", str(tmp_path / "critical.txt"))
    recall = next(one for one in result["result"]["metrics"] if one["metric"] == "critical_recall")
    assert recall["interval"]["n"] == 20
