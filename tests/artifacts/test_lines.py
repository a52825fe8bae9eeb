"""A file as a sequence: the same as a list of its whole lines, whatever is asked of it."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from clinft.artifacts.lines import Lines

texts = st.lists(st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=20))


def lines(path: Path) -> Lines[str]:
    return Lines(path, lambda line: line.decode().removesuffix("\n"))


@given(texts, st.integers(0, 5), st.integers(0, 5))
def test_it_is_the_list_of_its_lines(tmp_path_factory, given: list[str], start: int, length: int) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path_factory.mktemp("lines") / "a.jsonl"
    path.write_bytes("".join(f"{one}\n" for one in given).encode())
    found = lines(path)
    assert list(found) == given
    assert len(found) == len(given)
    assert [found[index] for index in range(len(given))] == given
    assert list(found[start : start + length]) == given[start : start + length]
    assert list(found.where(lambda one: "a" in one)) == [one for one in given if "a" in one]


def test_half_a_line_is_none_and_a_file_that_is_not_there_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    assert list(lines(path)) == []
    path.write_bytes(b"one\ntwo\nhal")
    assert list(lines(path)) == ["one", "two"]


def test_it_can_be_gone_through_twice_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"1\n2\n3\n")
    found = lines(path)
    assert [(one, two) for one in found for two in found] == [(a, b) for a in "123" for b in "123"]
