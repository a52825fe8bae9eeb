"""What a hosted provider would refuse is found before it is sent, by line, and never shown."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinft.artifacts import chat_file
from clinft.artifacts.chat_file import ChatFileReport, check_chat_files
from clinft.errors import SpecError
from tests.artifacts.test_chat_example import ANSWER, CANARY, SYSTEM, USER, chat


def good(number: int) -> str:
    return json.dumps(chat(SYSTEM, {**USER, "content": f"note {number}"}, ANSWER))


def write(path: Path, *lines: str | bytes, examples: int = 10, start: int = 0) -> Path:
    """The lines, then `examples` good ones."""
    every = [*lines, *(good(number) for number in range(start, start + examples))]
    path.write_bytes(b"".join((one if isinstance(one, bytes) else one.encode()) + b"\n" for one in every))
    return path


def check(folder: Path, *lines: str | bytes, **options: Any) -> ChatFileReport:
    return check_chat_files(write(folder / "train.jsonl", *lines), None, **options)


@pytest.mark.parametrize(
    ("line", "message", "column"),
    [
        (b"", "The line is empty", 0),
        (b" \t", "The line is empty", 0),
        (b'{"messages": [}', "The line is not JSON", 15),
        (b'{"messages": []} x', "The line is not JSON", 18),
        (b"\xef\xbb\xbf{}", "The line is not JSON", 1),
        (b'{"a": "\xff"}', "The line is not UTF-8", 8),
        (b'{"a": "\0"}', "The line holds a NUL character", 8),
        (b'{"a": "\\u0000"}', "The line holds a NUL character", 0),
        (b'{"\\u0000": 1}', "The line holds a NUL character", 0),
        (b'{"a": "\\ud800"}', "half a character", 0),
        (b'{"a": NaN}', "NaN or Infinity", 0),
        (b'{"a": 1, "a": 2}', "the same key twice", 0),
        (b"[" * 100_000, "nested too deeply", 0),
        (b'{"a": ' + b"9" * 5000 + b"}", "thousands of digits", 0),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: bytes, message: str, column: int) -> None:
    report = check(tmp_path, good(100), line)
    (problem,) = report.errors
    assert (problem.line, problem.column) == (2, column)
    assert message in problem.message
    assert problem.path == str(tmp_path / "train.jsonl")


def test_a_backslash_before_u0000_is_no_nul(tmp_path: Path) -> None:
    assert check(tmp_path, good(100).replace("note", "\\\\u0000")).errors == ()


def test_a_byte_order_mark_and_other_line_ends_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(good(number) for number in range(10)).encode())
    report = check_chat_files(path, None)
    assert (report.errors, report.training.examples) == ((), 10)
    report.raise_for_errors()


@pytest.mark.parametrize(("content", "message"), [(b"", "is empty"), (b"\xef\xbb\xbf", "has 0 examples")])
def test_a_file_without_examples(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(content)
    (problem,) = check_chat_files(path, None).errors
    assert (problem.line, message in problem.message) == (0, True)


def test_nine_examples_are_too_few_and_a_broken_one_counts(tmp_path: Path) -> None:
    nine, ten = write(tmp_path / "9.jsonl", examples=9), write(tmp_path / "10.jsonl", "{", examples=9)
    (problem,) = check_chat_files(nine, None).errors
    assert "has 9 examples, the provider asks for at least 10" in problem.message
    assert [problem.line for problem in check_chat_files(ten, None).errors] == [1]


def test_a_file_that_is_too_large_or_missing_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "train.jsonl", "{")
    monkeypatch.setattr(chat_file, "MOST_BYTES", 20)
    (large,) = check_chat_files(path, None).errors
    (missing,) = check_chat_files(tmp_path / "none.jsonl", None).errors
    assert (large.line, "the limit is 20" in large.message) == (0, True)
    assert "cannot be read" in missing.message


def test_a_line_without_end_is_skipped_and_the_next_one_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_file, "MOST_LINE_BYTES", 200)
    fits = good(1)[:-1] + " " * (200 - len(good(1))) + "}"
    report = check(tmp_path, "x" * 1001, fits, fits + " ", "{")
    assert [(problem.line, problem.message[:22]) for problem in report.errors] == [
        (1, "The line has more than"),
        (3, "The line has more than"),
        (4, "The line is not JSON."),
    ]


def test_duplicates_warn_and_overlap_is_an_error(tmp_path: Path) -> None:
    """Blanks and the order of keys make no other example."""
    example = chat(SYSTEM, {**USER, "content": "note 3"}, ANSWER)
    again = json.dumps(
        {"messages": [dict(reversed(list(m.items()))) for m in example["messages"]]}, indent=None
    )
    training = write(tmp_path / "train.jsonl", examples=10)
    training.write_text(training.read_text() + again.replace(": ", " :  ") + "\n")
    validation = write(tmp_path / "validation.jsonl", again, start=50)
    report = check_chat_files(training, validation)
    assert (report.duplicates, report.overlapping) == (1, 1)
    (warning,), (error,) = report.warnings, report.errors
    assert (warning.line, warning.message) == (11, "The same example as in line 4.")
    assert (error.path, error.line) == (str(validation), 1)
    assert error.message == "The same example is in line 4 of the training file."


def test_a_validation_file_may_be_short_and_not_empty(tmp_path: Path) -> None:
    training = write(tmp_path / "train.jsonl")
    short = write(tmp_path / "validation.jsonl", examples=1, start=50)
    report = check_chat_files(training, short)
    assert (report.errors, report.validation) == ((), chat_file.FileFacts(1))
    short.write_bytes(b"")
    (problem,) = check_chat_files(training, short).errors
    assert problem.path == str(short)


def test_long_examples_are_named_with_their_tokens(tmp_path: Path) -> None:
    def count(example: Any) -> int:
        return len(example["messages"][1]["content"])

    long = json.dumps(chat(SYSTEM, {**USER, "content": "x" * 31}, ANSWER))
    report = check(tmp_path, "{}", long, count=count, context_tokens=30)
    assert [problem.line for problem in report.errors] == [1, 2]
    assert "31 tokens, the model takes 30" in report.errors[1].message
    # What is wrong otherwise is not counted.
    assert report.training == chat_file.FileFacts(12, 31 + 10 * 6, 31, 2)
    assert check(tmp_path, long, count=count, context_tokens=31).errors == ()


def test_an_example_that_cannot_be_counted_is_a_problem_of_its_line(tmp_path: Path) -> None:
    def count(example: Any) -> int:
        if example["messages"][1]["content"] == "note 4":
            raise SpecError("A text cannot be counted.", "", "Shorten it.")
        return 1

    (problem,) = check(tmp_path, count=count).errors
    assert (problem.line, problem.message) == (5, "A text cannot be counted.")


def test_the_list_is_capped_and_the_rest_counted(tmp_path: Path) -> None:
    report = check(tmp_path, *["{"] * 250, *[good(0)] * 120)
    assert (len(report.errors), report.more_errors) == (100, 150)
    assert (len(report.warnings), report.more_warnings, report.duplicates) == (100, 20, 120)
    with pytest.raises(SpecError, match="250 problems") as caught:
        report.raise_for_errors()
    assert caught.value.problems == report.errors


def test_no_message_holds_data(tmp_path: Path) -> None:
    name = json.dumps(CANARY)
    lines = [
        f"{{{name}: {name}}}",
        json.dumps(chat({**USER, "role": CANARY}, ANSWER)),
        f'{{"a": {name}, {CANARY}}}',
        f'{{"a": "\\x {CANARY}"}}',
        f"{{{name}: 1, {name}: 2}}",
    ]
    report = check(tmp_path, *lines, *lines)
    assert len(report.errors) >= len(lines)
    assert CANARY not in str(report)


def test_a_larger_file_takes_no_more_memory_than_its_digests(tmp_path: Path) -> None:
    def peak(examples: int) -> int:
        note = "x" * 4000
        lines = (json.dumps(chat({**USER, "content": f"{n} {note}"}, ANSWER)) for n in range(examples))
        path = write(tmp_path / "train.jsonl", *lines, examples=0)
        tracemalloc.start()
        assert check_chat_files(path, None).training.examples == examples
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    small, large = peak(20), peak(520)
    assert large < small + 500 * 300  # the file is 2 MB longer


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=6), st.binary(max_size=60))
def test_no_bytes_break_the_check(tmp_path: Path, lines: list[bytes], last: bytes) -> None:
    path = tmp_path / "train.jsonl"
    content = b"\n".join([*lines, last])
    path.write_bytes(content)
    report = check_chat_files(path, path, method="dpo")
    assert report.errors
    # A line end at the end begins no further line.
    most = content.count(b"\n") + (not content.endswith(b"\n"))
    assert all(0 <= problem.line <= most for problem in report.errors)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from([None, b"{", b"[]", b"", b'"\xff"', b"\0", b"nul\r"]), max_size=30))
def test_exactly_the_bad_lines_are_named(tmp_path: Path, bad: list[bytes | None]) -> None:
    lines = [good(number) if one is None else one for number, one in enumerate(bad)]
    report = check_chat_files(write(tmp_path / "train.jsonl", *lines, start=1000), None)
    expected = [number for number, one in enumerate(bad, start=1) if one is not None]
    assert [problem.line for problem in report.errors] == expected
