"""Lines are cut at their ends, whatever blocks the bytes come in and however long a line is."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinft.stages.audit.reading.lines import MARGIN, label_of, line_pieces
from clinft.stages.audit.reading.piece import LONGEST_ROW, PIECE_BYTES, Form, Piece
from clinft.stages.audit.reading.rows import Row, rows


def blocks(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def read(data: bytes, size: int = 1 << 20, form: Form = "line") -> list[Row]:
    return [row for piece in line_pieces(blocks(data, size), form) for row in rows(piece)]


@given(
    st.lists(st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=8)),
    st.integers(1, 30),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_every_line_is_one_row_whatever_the_blocks(
    lines: list[str], size: int, ending: str, ends: bool
) -> None:
    text = ending.join(lines) + (ending if ends and lines else "")
    # Without a line end behind it, an empty last line cannot be told from none.
    expected = lines if (ends or not lines or lines[-1]) else lines[:-1]
    found = read(text.encode(), size)
    assert [row.text for row in found] == expected
    assert [row.number for row in found] == list(range(1, len(expected) + 1))


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("Patient name:", "patient name: "),
        ("**MRN:**", "mrn: "),
        ("  Date of birth :  ", "date of birth: "),
        ("- Date of birth:", "date of birth: "),
        ("Name:\r", "name: "),
        ("Seen at 14:30", ""),
        ("Name: Jane", ""),
        ("a" * 70 + ":", ""),
        (":", ""),
        ("", ""),
    ],
)
def test_a_short_label_is_the_context_of_the_next_line(line: str, label: str) -> None:
    assert label_of(line) == label


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_a_label_reaches_the_next_line_over_the_border_of_pieces(size: int) -> None:
    found = read(b"Note\nMRN:\n00482913\nquiet\n", size)
    assert [row.before for row in found] == ["", "", "mrn: ", ""]


def test_json_rows_have_no_label_before_them() -> None:
    assert [row.before for row in read(b"MRN:\n1\n", form="json")] == ["", ""]


@pytest.mark.parametrize(
    "place", [0, PIECE_BYTES - 3, PIECE_BYTES, 2 * PIECE_BYTES - MARGIN - 5, LONGEST_ROW + 9]
)
def test_a_row_too_long_is_read_in_parts_that_cut_nothing_in_two(place: int) -> None:
    mark = "é<mark>ü"
    length = LONGEST_ROW + 3 * PIECE_BYTES
    text = "x" * place + mark + "y" * (length - place)
    pieces = list(line_pieces(blocks(f"first\n{text}\nlast\n".encode(), PIECE_BYTES), "json"))
    parts = [piece for piece in pieces if piece.form == "part"]
    assert [piece.row for piece in pieces if piece.form != "part"] == [1, 3]
    assert {piece.row for piece in parts} == {2}
    assert [part.unparsed for part in parts] == [True] + [False] * (len(parts) - 1)
    assert [at for part in parts if (at := _own(part, mark)) is not None] == [place]
    zones = [part.zone for part in parts]
    assert zones[0][0] == 0
    assert zones[-1][1] == length + len(mark)
    assert all(one[1] == two[0] for one, two in pairwise(zones))
    assert all(len(part.data) < 2 * PIECE_BYTES for part in parts)
    assert all(part.offset == part.zone[0] - MARGIN for part in parts[1:])
    assert all(part.offset + len(part.data.decode()) == part.zone[1] + MARGIN for part in parts[:-1])


def _own(part: Piece, mark: str) -> int | None:
    """Where the mark begins in the row, if this part is the one that tells."""
    at = part.data.decode().find(mark)
    start = at + part.offset
    return start if at >= 0 and part.zone[0] <= start < part.zone[1] else None


def test_a_long_plain_line_is_no_broken_record() -> None:
    parts = list(line_pieces(blocks(b"x" * (LONGEST_ROW + 1), PIECE_BYTES), "line"))
    assert {part.unparsed for part in parts} == {False}
