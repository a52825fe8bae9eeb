"""Which training files are a classification that this version can train and measure."""

from pathlib import Path
from typing import Any

import pytest

from clinft.errors import SpecError
from clinft.pipeline.rescue import examples
from tests.fakes import rescue as fake

LABELS = ("circulatory", "mental")


def rows(count: int = 12) -> list[dict[str, Any]]:
    return [fake.line(f"Note {number}.", LABELS[number % 2]) for number in range(count)]


def refused(path: Path, test: Path | None = None) -> SpecError:
    with pytest.raises(SpecError) as found:
        examples.read(path, test)
    return found.value


def test_texts_labels_and_the_one_system_prompt_are_read(tmp_path: Path) -> None:
    made = [*rows(), fake.line("Note 12.", " mental\n")]
    trained, held_out = examples.read(fake.write(tmp_path / "train.jsonl", made), None)
    assert held_out is None
    assert (trained.system, trained.labels) == (fake.SYSTEM, LABELS)
    assert trained.examples[-1] == examples.Example(13, "Note 12.", "mental")


def test_a_text_may_be_written_as_the_one_part_of_a_list(tmp_path: Path) -> None:
    made = rows()
    made[3]["messages"][1]["content"] = [{"type": "text", "text": "Note in a part."}]
    trained, _ = examples.read(fake.write(tmp_path / "train.jsonl", made), None)
    assert trained.examples[3].text == "Note in a part."


TOOL = {"type": "function", "function": {"name": "find", "parameters": {"type": "object"}}}


def shaped(line: dict[str, Any], roles: str) -> dict[str, Any]:
    """Turns by their first letters: s, u, a, d (developer)."""
    names = {"s": "system", "u": "user", "a": "assistant", "d": "developer"}
    return {**line, "messages": [{"role": names[one], "content": "mental"} for one in roles]}


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (shaped(rows()[0], "ua"), "The turns are user, assistant"),
        (shaped(rows()[0], "sua" + "ua"), "The turns are system, user, assistant, user, assistant"),
        (shaped(rows()[0], "dua"), "The turns are developer, user, assistant"),
        (fake.line("Note.", "mental", system="Another prompt."), "The system prompt differs"),
        (fake.line("Note.", "mental", tools=[TOOL]), "The example offers tools."),
        (fake.line(" ", "mental"), "blank"),
    ],
)
def test_a_line_of_another_task_is_named_and_what_is_not_built_said(
    broken: dict[str, Any], says: str, tmp_path: Path
) -> None:
    made = rows()
    made[4] = broken
    error = refused(fake.write(tmp_path / "train.jsonl", made))
    assert [(one.line, says in one.message) for one in error.problems] == [(5, True)]
    assert error.cause == examples.NOT_BUILT


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        (
            ["No acute findings, as far as one can tell from so short a note; see the other letter." * 2],
            "longer",
        ),
        (["one\ntwo"], "several lines"),
        (["Mental"], "upper and lower case"),
        ([f"label {number}" for number in range(501)], "503 different answers"),
    ],
)
def test_answers_that_are_no_labels_are_another_task(answers: list[str], says: str, tmp_path: Path) -> None:
    made = [*rows(), *(fake.line(f"More {number}.", answer) for number, answer in enumerate(answers))]
    assert says in refused(fake.write(tmp_path / "train.jsonl", made)).what


def test_one_answer_alone_is_no_classification(tmp_path: Path) -> None:
    made = [fake.line(f"Note {number}.", "mental") for number in range(12)]
    assert "every answer is the same" in refused(fake.write(tmp_path / "train.jsonl", made)).what


def test_what_a_provider_would_refuse_is_refused_first(tmp_path: Path) -> None:
    path = fake.write(tmp_path / "train.jsonl", rows(9))
    assert "at least 10" in refused(path).problems[0].message
    path.write_text(path.read_text() + "{not json}\n")
    assert any("not JSON" in one.message for one in refused(path).problems)
    assert "cannot be read" in refused(tmp_path / "absent.jsonl").problems[0].message


def test_a_test_file_must_hold_new_texts_with_known_labels(tmp_path: Path) -> None:
    training = fake.write(tmp_path / "train.jsonl", rows())
    known = fake.write(
        tmp_path / "known.jsonl", [fake.line("note  3.", "circulatory"), fake.line("New.", "mental")]
    )
    error = refused(training, known)
    assert [(one.line, one.message) for one in error.problems] == [
        (1, "The same text is in line 4 of the training file.")
    ]
    torn = fake.write(
        tmp_path / "torn.jsonl", [fake.line("New.", "mental"), fake.line("new.", "circulatory")]
    )
    assert [one.line for one in refused(training, torn).problems] == [2]
    strange = fake.write(tmp_path / "strange.jsonl", [fake.line("New.", "skin")])
    assert "no label of the training file" in refused(training, strange).problems[0].message
