"""A line that was added is there whatever happens next; a damaged one is named and never passed over."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clinft.artifacts.line_journal import LineJournal
from clinft.errors import DigestMismatch
from clinft.spec.base import Strict


class Note(Strict):
    text: str


def journal(folder: Path) -> LineJournal[Note]:
    return LineJournal(folder / "data" / "notes.jsonl", Note, "it is written once more")


def texts(folder: Path) -> list[str]:
    return [note.text for note in journal(folder).read()]


def test_lines_come_back_in_order_also_with_line_ends_inside(tmp_path: Path) -> None:
    assert texts(tmp_path) == []
    for text in ("one\ntwo", "three\u2028four\r", ""):
        journal(tmp_path).add(Note(text=text))
    assert texts(tmp_path) == ["one\ntwo", "three\u2028four\r", ""]


@pytest.mark.parametrize("cut", [1, 5, 14])
def test_a_kill_in_the_middle_of_a_line_loses_that_line_alone(cut: int, tmp_path: Path) -> None:
    made = journal(tmp_path)
    for text in ("one", "two"):
        made.add(Note(text=text))
    made.path.write_bytes(made.path.read_bytes()[:-cut])
    assert texts(tmp_path) == ["one"]
    journal(tmp_path).add(Note(text="three"))
    assert texts(tmp_path) == ["one", "three"]


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    made = journal(tmp_path)
    made.add(Note(text="one"))
    made.path.write_bytes(made.path.read_bytes() + b"{}\n")
    with pytest.raises(DigestMismatch, match=r"line 2: no note .* it is written once more") as said:
        made.read()
    assert said.value.__cause__ is None


def test_two_that_write_to_one_file_lose_nothing(tmp_path: Path) -> None:
    one, other = journal(tmp_path), journal(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        [*pool.map(lambda number: (one, other)[number % 2].add(Note(text=str(number))), range(40))]
    assert sorted(map(int, texts(tmp_path))) == [*range(40)]
