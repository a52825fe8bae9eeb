"""Files of answers: what is read, what is refused by FILE:LINE:COLUMN, and that no content leaves in an error."""

import json
from pathlib import Path
from typing import Any

import pytest

from clinft.errors import SpecError
from clinft.pipeline import item_files
from clinft.pipeline.item_files import iter_rows, read_items

SECRET = "Erika Mustermann"


def write(folder: Path, *lines: dict[str, Any] | str | bytes, name: str = "a.jsonl") -> Path:
    path = folder / name
    with path.open("wb") as stream:
        for line in lines:
            text = (
                line
                if isinstance(line, bytes)
                else (line if isinstance(line, str) else json.dumps(line)).encode()
            )
            stream.write(text + b"\n")
    return path


def row(id_: object, target: object = "yes", prediction: object = "yes", **more: Any) -> dict[str, Any]:
    return {"id": id_, "target": target, "prediction": prediction, **more}


def problems(path: Path) -> list[tuple[int, int, str]]:
    with pytest.raises(SpecError) as refused:
        read_items(path)
    assert SECRET not in str(refused.value)
    return [(found.line, found.column, found.message) for found in refused.value.problems]


def test_labels_are_read_as_a_model_s_answers_are(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        row("1", "yes", " Yes. "),
        row(2, "no", "yes"),
        row("3", "no", "maybe so"),
        row("4", "yes", None),
    )
    found = read_items(path)
    assert [(one.item, one.target, one.prediction, one.correct, one.was_parsed) for one in found] == [
        ("1", "yes", "yes", True, True),
        ("2", "no", "yes", False, True),
        ("3", "no", None, False, False),
        ("4", "yes", None, False, False),
    ]
    assert {one.system for one in found} == {"given"}


def test_texts_leave_no_text_in_the_rows(tmp_path: Path) -> None:
    path = write(
        tmp_path, row("1", f"The patient {SECRET}", f"patient {SECRET.lower()}!"), row("2", "A cough", "none")
    )
    first, second = read_items(path)
    assert (first.correct, second.correct) == (True, False)
    assert SECRET.casefold() not in (first.model_dump_json() + second.model_dump_json()).casefold()


def test_a_score_stands_for_itself_and_counts_nothing_where_nothing_was_read(tmp_path: Path) -> None:
    path = write(tmp_path, {"id": "1", "score": 1}, {"id": "2", "score": 0.5, "scored_by": "judge-3"})
    first, second = read_items(path)
    assert (first.correct, first.points, second.correct, second.points) == (True, 1.0, False, 0.5)
    assert second.scored_by == "judge-3"
    both = read_items(write(tmp_path, row("1", score=0.7), row("2", "yes", None, score=0.7), row("3")))
    assert [one.points for one in both] == [0.7, 0.0, 1.0]


def test_slices_in_both_spellings_cluster_and_critical(tmp_path: Path) -> None:
    path = write(
        tmp_path, row("1", slice_sex="f", slices={"age_band": "65+"}, cluster="p7", critical=True), row("2")
    )
    first, second = read_items(path)
    assert first.slices == {"sex": "f", "age_band": "65+"}
    assert (first.cluster, first.critical, second.cluster, second.critical) == ("p7", True, None, None)


def test_another_target_or_cluster_is_another_item(tmp_path: Path) -> None:
    digests = {
        read_items(write(tmp_path, row("1", *changed, **more), row("2")))[0].item_sha256
        for changed, more in (
            (("yes", "no"), {}),
            (("yes", "yes"), {}),
            (("no", "no"), {}),
            (("yes",), {"cluster": "c"}),
        )
    }
    assert len(digests) == 3  # another prediction is the same item


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        ('{"id": "1", "target": ', 23, "not JSON"),
        ('["id"]', 1, "not a JSON object"),
        ('{"id": "1", "score": NaN}', 22, "no number: NaN and Infinity are not measured"),
        ('{"id": "1", "score": -Infinity}', 22, "no number: NaN and Infinity are not measured"),
        ('{"id": "1", "score": 1.5}', 13, "score: must be from 0 to 1"),
        ('{"id": "1", "score": "0.5"}', 13, "score: must be a number"),
        ('{"id": "1"}', 1, "neither target and prediction nor a score"),
        ('{"id": "1", "target": "yes"}', 1, "neither target and prediction nor a score"),
        ('{"target": "yes", "prediction": "no"}', 1, "id: is missing"),
        ('{"id": "", "score": 1}', 2, "id: must not be empty"),
        ('{"id": "1", "target": " ", "prediction": "no"}', 13, "target: empty"),
        (
            '{"id": "1", "target": "yes", "prediction": 3}',
            30,
            "prediction: must be text in quotes; an answer in JSON stands there as one text",
        ),
        (
            f'{{"id": "1", "score": 1, "{SECRET}": 1}}',
            25,
            "a key that is not known: is not known; see the keys in the documentation",
        ),
        (
            '{"id": "1", "score": 1, "slice_sex": 3}',
            25,
            "slices: must be text in quotes; an answer in JSON stands there as one text",
        ),
        (b'{"id": "\xff"}', 9, "not UTF-8"),
        ('{"id": "1", "score": 1' + "0" * 5000 + "}", 1, "a number that is too long"),
        ("[" * 100_000, 1, "nested too deeply"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(
    line: str | bytes, column: int, message: str, tmp_path: Path
) -> None:
    path = write(tmp_path, row("before"), line)
    assert problems(path) == [(2, column, message)]


def test_all_problems_are_told_at_once_and_not_without_end(tmp_path: Path) -> None:
    path = write(tmp_path, row("1"), "{", row("1"), row("2", SECRET, 3))
    assert problems(path) == [
        (2, 2, "not JSON"),
        (3, 2, "its id stands on line 1 already"),
        (4, 43, "prediction: must be text in quotes; an answer in JSON stands there as one text"),
    ]
    assert len(problems(write(tmp_path, *["{"] * 500))) == item_files.MOST_PROBLEMS


def test_rows_of_two_sources_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, row("1"), row("2"), {"id": "3", "score": 1.0})
    assert problems(path) == [(3, 0, "its keys differ from those of the first row")]


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_nothing_is_no_file_of_answers(content: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="holds no answer"):
        read_items(write(tmp_path, content))
    for missing in (tmp_path / "missing.jsonl", tmp_path):
        with pytest.raises(SpecError, match="There is no file"):
            read_items(missing)


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(item_files, "MOST_LINE_BYTES", 100)
    assert problems(write(tmp_path, row("1"), "x" * 1000)) == [(2, 0, "the line is longer than any answer")]


def test_rows_are_streamed(tmp_path: Path) -> None:
    path = write(tmp_path, row("1"), "{")
    rows = iter_rows(path)
    assert next(rows).row.id == "1"
    with pytest.raises(SpecError):
        next(rows)


def test_the_byte_order_mark_of_some_editors_is_no_part_of_the_row(tmp_path: Path) -> None:
    path = write(tmp_path, b"\xef\xbb\xbf" + json.dumps(row("1")).encode(), "", row("2"))
    assert [one.item for one in read_items(path)] == ["1", "2"]


def test_labels_that_are_named_bind(tmp_path: Path) -> None:
    path = write(tmp_path, row("1", "yes", "unknown"), row("2", "no", "no"))
    assert [one.prediction for one in read_items(path, ("yes", "no"))] == [None, "no"]
    with pytest.raises(SpecError, match="none of the labels") as refused:
        read_items(path, ("yes", "maybe"))
    assert [found.line for found in refused.value.problems] == [2]
