"""Answers that were got elsewhere: read strictly, joined by id, judged by the same rules."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.errors import SpecError
from clinft.stages.assess import files
from clinft.stages.assess.given import read

LABELS = ("yes", "no", "maybe")


def write(path: Path, rows: Sequence[dict[str, Any] | str]) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path


def answers(right: int, n: int = 60, **more: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": str(number),
            "target": LABELS[number % 3],
            "prediction": LABELS[number % 3] if number < right else LABELS[(number + 1) % 3],
            **more,
        }
        for number in range(n)
    ]


def problems(paths: Sequence[Path], critical: Sequence[str] = ()) -> list[str]:
    with pytest.raises(SpecError) as refused:
        read(paths, critical)
    return [f"{Path(one.path).name}:{one.line}: {one.message}" for one in refused.value.problems]


def test_each_file_is_a_rung_on_the_same_items(tmp_path: Path) -> None:
    zero = write(tmp_path / "zero.jsonl", answers(30))
    few = write(tmp_path / "few.jsonl", list(reversed(answers(50))))
    found = read([zero, few])
    assert [rung.name for rung in found.rungs] == ["zero", "few"]
    assert [outcome.item for outcome in found.rungs[1].outcomes] == [str(n) for n in range(60)]
    assert [sum(outcome.correct for outcome in rung.outcomes) for rung in found.rungs] == [30, 50]
    assert (found.measure, found.judged) == ("accuracy", True)


def test_answers_go_through_the_same_parser(tmp_path: Path) -> None:
    rows = answers(0, 6)
    for row, said in zip(rows, ["**Yes**", "No.", "maybe, or not", None, "", "MAYBE"], strict=True):
        row["prediction"] = said
    (rung,) = read([write(tmp_path / "a.jsonl", rows)]).rungs
    assert [(one.correct, one.parsed) for one in rung.outcomes] == [
        (True, True),
        (True, True),
        (False, False),
        (False, False),
        (False, False),
        (True, True),
    ]
    assert [one.category for one in rung.outcomes] == [None, None, "format", "format", "format", None]


def test_targets_that_stand_once_are_texts(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "target": "Aspirin 75 mg", "prediction": "aspirin, 75 mg."},
        {"id": "2", "target": "No change", "prediction": "Stop it"},
        {"id": "3", "target": "Troponin", "prediction": ""},
    ]
    found = read([write(tmp_path / "a.jsonl", rows)])
    assert [(one.correct, one.parsed) for one in found.rungs[0].outcomes] == [
        (True, True),
        (False, True),
        (False, False),
    ]
    assert found.gold is None


def test_scores_may_stand_instead_of_labels(tmp_path: Path) -> None:
    rows = [{"id": str(n), "score": n / 40, "cluster": str(n // 2)} for n in range(40)]
    path = write(tmp_path / "a.jsonl", rows)
    found = files.assess([path], 0.9)
    assert (found.rungs[0].metric, found.rungs[0].accuracy) == ("score as given", None)
    assert found.rungs[0].score.value == pytest.approx(sum(range(40)) / 1600)
    assert "over 20 clusters" in found.rungs[0].score.method
    assert found.decision.verdict in ("FINE_TUNE", "HYBRID", "INCONCLUSIVE")


def test_tokens_seconds_and_cost_are_kept_where_all_rows_tell_them(tmp_path: Path) -> None:
    told = answers(40, prompt_tokens=100, completion_tokens=4, seconds=0.5, cost_usd=0.002)
    some = answers(40)
    some[0]["seconds"] = 3.0
    found = files.assess([write(tmp_path / "told.jsonl", told), write(tmp_path / "some.jsonl", some)], 0.8)
    assert found.seconds_mean == {"told": 0.5, "some": None}
    first, second = found.rungs
    assert (first.prompt_tokens_mean, first.completion_tokens_mean) == (100, 4)
    assert str(first.cost_usd_per_1000) == "2.000000"
    assert (second.prompt_tokens_mean, second.cost_usd_per_1000) == (None, None)
    assert set(found.files) == {"told.jsonl", "some.jsonl"}


def test_the_verdict_names_the_target_and_the_first_file_is_the_baseline(tmp_path: Path) -> None:
    zero, few = write(tmp_path / "zero.jsonl", answers(20)), write(tmp_path / "few.jsonl", answers(60))
    found = files.assess([zero, few], 0.8)
    assert (found.decision.verdict, found.decision.recommended) == ("PROMPT_SUFFICIENT", "few")
    assert "n = 60 for a target of 0.8" in found.decision.reason
    (difference,) = found.decision.differences
    assert (difference.of, difference.against) == ("few", "zero")
    without = files.assess([zero, few], None).decision
    assert (without.verdict, "no --target was given" in without.reason) == ("INCONCLUSIVE", True)


def test_critical_labels_and_rows_count_apart(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", answers(60))
    found = files.assess([path], 0.8, ["yes"], 0.8)
    assert found.decision.critical is not None
    assert (found.decision.critical.cases, found.decision.critical.status) == (20, "CERTIFIED")
    rows = answers(30)
    rows[59]["critical"] = True
    outcomes = read([write(tmp_path / "b.jsonl", rows)]).rungs[0].outcomes
    assert [one.missed_critical for one in outcomes[58:]] == [None, True]


def test_items_that_differ_are_told_with_file_and_line(tmp_path: Path) -> None:
    zero = write(tmp_path / "zero.jsonl", answers(30))
    rows = answers(50)
    rows[1]["target"] = "maybe"
    rows[2]["id"] = "new"
    rows[3]["cluster"] = "c"
    assert problems([zero, write(tmp_path / "few.jsonl", rows)]) == [
        "few.jsonl:2: target or cluster differs from line 2 of zero.jsonl",
        "few.jsonl:3: its id is not in zero.jsonl",
        "few.jsonl:4: target or cluster differs from line 4 of zero.jsonl",
        "zero.jsonl:3: its id is not in few.jsonl",
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{", "the row: json_invalid"),
        ('["1"]', "the row: must be an object, {...}"),
        ({"target": "yes", "prediction": "yes"}, "id: is missing"),
        (
            {"id": 1, "target": "yes", "prediction": "yes"},
            "id: must be text in quotes; an answer in JSON stands there as one text",
        ),
        ({"id": "x", "target": "yes"}, "neither target and prediction nor a score"),
        ({"id": "x", "score": 1.5}, "score: must be from 0 to 1"),
        ('{"id": "x", "score": NaN}', "the row: json_invalid"),
        (
            {"id": "x", "score": 1, "critical": True},
            "critical, and no target and prediction to tell a miss by",
        ),
        ({"id": "x", "score": 1, "seconds": -1}, "seconds: must be from 0 to 1, or not below 0"),
        ({"id": "x", "score": 1, "Jane Doe": 1}, "the row: is not known; see the keys in the documentation"),
        ({"id": "0", "score": 1}, "its id stands on line 1 already"),
    ],
)
def test_a_row_that_is_none_is_told_by_line_without_its_content(
    tmp_path: Path, row: dict[str, Any] | str, message: str
) -> None:
    path = write(tmp_path / "a.jsonl", [*answers(2, 3), "", row])
    (told,) = problems([path])
    assert told.startswith("a.jsonl:5: ")
    if message != "the row: json_invalid":
        assert told == f"a.jsonl:5: {message}"
    assert "Jane" not in told


def test_a_file_that_is_empty_or_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="no file"):
        read([tmp_path / "none.jsonl"])
    with pytest.raises(SpecError, match="holds no answer"):
        read([write(tmp_path / "a.jsonl", ["", " "])])


def test_a_file_without_line_ends_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"x" * 4_000_002)
    assert problems([path]) == ["a.jsonl:1: the line is longer than any answer"]


@pytest.mark.parametrize(
    ("rows", "critical", "match"),
    [(answers(3, 6), "never", "no target is"), ([{"id": "1", "score": 1}], "yes", "no target is")],
)
def test_a_critical_label_that_no_target_is_is_refused(
    tmp_path: Path, rows: list[dict[str, Any]], critical: str, match: str
) -> None:
    with pytest.raises(SpecError, match=match):
        read([write(tmp_path / "a.jsonl", rows)], [critical])


@pytest.mark.parametrize("confidence", [0.5, 1.0, 95])
def test_a_confidence_in_percent_is_refused(tmp_path: Path, confidence: float) -> None:
    with pytest.raises(SpecError, match="--confidence"):
        files.assess([write(tmp_path / "a.jsonl", answers(3, 6))], 0.8, confidence=confidence)


def test_one_class_and_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    rows = [{"id": str(n), "target": "yes", "prediction": "yes"} for n in range(30)]
    with pytest.raises(SpecError, match="same"):
        files.assess([write(tmp_path / "a.jsonl", rows)], 0.8)
    (tmp_path / "b").mkdir()
    twins = [write(folder / "a.jsonl", answers(20)) for folder in (tmp_path, tmp_path / "b")]
    with pytest.raises(SpecError, match="same name"):
        files.assess(twins, 0.8)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["yes", "no", "maybe", "?", ""]), min_size=24, max_size=40), st.randoms())
def test_the_order_of_rows_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, said: list[str], rng: Any
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    rows = [
        {"id": str(number), "target": LABELS[number % 3], "prediction": one}
        for number, one in enumerate(said)
    ]
    rows[0]["prediction"] = "yes"
    shuffled = list(rows)
    rng.shuffle(shuffled)
    first, second = (
        files.assess([write(folder / name, one)], 0.5)
        for name, one in (("a.jsonl", rows), ("a.jsonl", shuffled))
    )
    assert first.decision == second.decision
    assert first.rungs == second.rungs
