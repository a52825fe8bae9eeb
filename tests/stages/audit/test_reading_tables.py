"""Tables and documents: rows and cells as their formats say, in any blocks, and never an exception."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinft.stages.audit.reading.arrays import header_of
from clinft.stages.audit.reading.dialect import NO_DELIMITER, dialect_of
from clinft.stages.audit.reading.document import document_pieces
from clinft.stages.audit.reading.lines import line_pieces
from clinft.stages.audit.reading.piece import Piece
from clinft.stages.audit.reading.rows import rows
from clinft.stages.audit.reading.table import table_pieces


def blocks(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def read(data: bytes, delimiter: str = ",", size: int = 1 << 20) -> list[tuple[int, list[tuple[str, Any]]]]:
    """Row number and the pairs of each row of cells."""
    return [
        (row.number, json.loads(row.text, object_pairs_hook=list))
        for piece in table_pieces(blocks(data, size), delimiter)
        if piece.form == "cells"
        for row in rows(piece)
    ]


# Python's csv leaves a lone carriage return unquoted, which nobody can read back.
CELL = st.lists(st.sampled_from([*'ab ",\t;\n\u00e9', "\r\n"]), max_size=6).map("".join)


@given(
    st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=6),
    st.integers(1, 40),
    st.sampled_from([",", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_the_csv_module_writes_is_read_back(
    table: list[list[str]], size: int, delimiter: str, ending: str
) -> None:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator=ending).writerows([["one", "two"], *table])
    expected = [[["one", a], ["two", b]] for a, b in table]
    found = read(written.getvalue().encode(), delimiter, size)
    assert [[list(pair) for pair in pairs] for _, pairs in found] == expected
    assert [number for number, _ in found] == list(range(1, len(table) + 1))


@given(st.text(st.sampled_from('a"",,\n\r'), max_size=30), st.integers(1, 10))
def test_any_bytes_are_read_to_their_end_and_no_character_is_lost(text: str, size: int) -> None:
    pieces = list(table_pieces(blocks(text.encode(), size), ","))
    read_back = b"".join(piece.data + b"\n" * (piece.form == "part") for piece in pieces)
    kept = str.maketrans("", "", "\n\r")
    assert read_back.decode().translate(kept) == text.translate(kept)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a,b\n1,2", [(1, [("a", "1"), ("b", "2")])]),
        (b"a,b\r\n1,2\r\n\r\n\r\n3,4\r\n", [(1, [("a", "1"), ("b", "2")]), (2, [("a", "3"), ("b", "4")])]),
        (b'a\n"x\ny"\n\n"z"\n', [(1, [("a", "x\ny")]), (2, [("a", "z")])]),
        (b"a,a\n1,2\n", [(1, [("a", "1"), ("a", "2")])]),
        (b"a\n1,2,3\n", [(1, [("a", "1,2,3")])]),
        (b"a,b\n1,2,3\n", [(1, [("a", "1"), ("b", "2"), ("#3", "3")])]),
        (b"a,b,c\n1\n", [(1, [("a", "1")])]),
        (b'a\n"say ""ah"""\n', [(1, [("a", 'say "ah"')])]),
        (b'a,b\n"x"y,5" pipe\n', [(1, [("a", "xy"), ("b", '5" pipe')])]),
        (b"a,b\n", []),
        (b"", []),
    ],
    ids=(
        "no line end", "blank rows do not count", "line end in a cell", "two columns of one name",
        "commas below one name", "more cells", "fewer cells", "quotes in a cell", "stray quotes", "header only", "empty",
    ),
)  # fmt: skip
@pytest.mark.parametrize("size", [1, 1000])
def test_rows_of_a_table(data: bytes, size: int, expected: list[tuple[int, list[tuple[str, str]]]]) -> None:
    found = read(data, size=size)
    assert [(number, [tuple(pair) for pair in pairs]) for number, pairs in found] == expected


@pytest.mark.parametrize("size", [3, 1000])
def test_a_quote_that_nothing_closes_makes_one_line_plain_text(size: int) -> None:
    pieces = list(table_pieces(blocks(b'a,b\n1,2\n3,"open\n5,6\n', size), ","))
    assert [(piece.form, piece.row, piece.data) for piece in pieces if piece.form == "part"] == [
        ("part", 2, b'3,"open')
    ]
    assert [piece.row for piece in pieces if piece.form == "cells"] == [1, 3]


@pytest.mark.parametrize(
    ("data", "usual", "expected"),
    [
        (b"mrn;zip\n48291;02139\n", ",", (";", 0, False)),
        (b"mrn\tzip\n48291\t02139\n", ",", ("\t", 0, False)),
        (b"mrn|zip\n48291|02139\n", ",", ("|", 0, False)),
        (b"mrn,zip\n48291,02139\n", "\t", (",", 0, False)),
        (b"mrn;dose\n48291;2,5\n48292;3,5\n", ",", (";", 0, False)),
        (b"mrn,zip\r48291,02139\r", ",", (",", 0, True)),
        (b"For a study\n\nname,mrn\nx,48291\n", ",", (",", 13, False)),
        (b"For a study\n\nname;mrn\nx;48291\n", ",", (";", 13, False)),
        (b"For a study,,\n,,\nname,mrn,zip\nx,48291,02139\n", ",", (",", 17, False)),
        (b"note\nSeen, well, MRN 1\nwell, home\n", ",", (NO_DELIMITER, 0, False)),
        (b"Seen today for a cough that does not go away, well\nhome\n", ",", (NO_DELIMITER, 0, False)),
        (b"x\nlow,high\n1,2\n", ",", (NO_DELIMITER, 0, False)),
        (b'"","Seen today for a cough that does not go away"\n"","",""\n', ",", (",", 0, False)),
        (b'""\t"Smith, John"\n""\t""\t", Mr. Smith"\n', "\t", ("\t", 0, False)),
        # None of these is more than it seems.
        (b"id,note\n1,a;b\n2,c;d\n", ",", (",", 0, False)),
        (b'note\n"a; b"\n"c, d"\n', ",", (",", 0, False)),
        (b"note\na; b\nc; d\n", ",", (",", 0, False)),
        (b"id,note\n1,a\n2,b,c\n3,d,e,f\n", ",", (",", 0, False)),
        (b"a,b,c\n1\n", ",", (",", 0, False)),
        (b"mrn\n48291\n", ",", (",", 0, False)),
        (b"", ",", (",", 0, False)),
    ],
)  # fmt: skip
def test_how_a_table_is_written(data: bytes, usual: str, expected: tuple[str, int, bool]) -> None:
    assert dialect_of(data, usual) == expected


@pytest.mark.parametrize("size", [1, 1000])
def test_what_stands_above_a_header_is_read_as_text(size: int) -> None:
    data = b"For a study\n\nname,mrn\nx,48291\n"
    found = [(piece.form, piece.data) for piece in table_pieces(blocks(data, size), ",")]
    assert found[:2] == [("line", b"For a study\n\n"), ("header", b"name,mrn\n")]
    assert read(data, size=size) == [(3, [("name", "x"), ("mrn", "48291")])]


@pytest.mark.parametrize("size", [1, 1000])
def test_rows_that_end_with_a_carriage_return_alone(size: int) -> None:
    expected = [(1, [("mrn", "1"), ("zip", "2")]), (2, [("mrn", "3"), ("zip", "4")])]
    assert read(b"mrn,zip\r1,2\r3,4", size=size) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ('["Roe", 48.10, [{"a": 1, "a": 2}]]', '{"name": "Roe", "mrn": 48.10, "x": [{"a": 1, "a": 2}]}'),
        ('["name", "mrn", "x"]', '["name", "mrn", "x"]'),
        ('["Roe", 1]', '["Roe", 1]'),
        ('{"name": 1}', '{"name": 1}'),
    ],
)
@pytest.mark.parametrize("as_document", [False, True])
def test_lists_under_names_of_columns_are_objects(row: str, expected: str, as_document: bool) -> None:
    header = '["name", "mrn", "x"]'
    pieces = (
        document_pieces(f"[{header},\n{row}]".encode())
        if as_document
        else line_pieces(blocks(f"{header}\n{row}\n".encode(), 7), "json")
    )
    assert [one.text for piece in pieces for one in rows(piece)] == [header, expected]


@pytest.mark.parametrize(
    "row", ["[1, 2]", '["name"]', '["low", "high"]', '["mrn", 1]', '{"mrn": 1}', "[", '["mrn", "mrn"]']
)
def test_a_first_row_that_names_no_identifier_is_a_row(row: str) -> None:
    assert header_of(row.encode()) == ()


def documents(text: str) -> list[Piece]:
    return list(document_pieces(text.encode("utf-8", errors="surrogatepass")))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=3), below, max_size=3),
    max_leaves=8,
)


@given(JSON, st.sampled_from([None, 1]), st.booleans())
def test_a_list_gives_a_row_an_item_and_anything_else_is_one_row(
    value: Any, indent: int | None, escaped: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=escaped)
    found = [json.loads(row.text) for piece in document_pieces(text.encode()) for row in rows(piece)]
    assert found == (value if isinstance(value, list) else [value])


def test_two_equal_keys_are_both_kept() -> None:
    (piece,) = documents('[{"note":\n1, "note":\n2}]')
    assert piece.data == b'{"note": 1, "note": 2}\n'


@pytest.mark.parametrize(
    "text",
    ["[1, 2", "[1 2]", '{"a": 1} {"b": 2}', "[1,]", "not json", "[" * 100_000, '["a\nb"]', "\x00", "[\ud800]"],
    ids=("cut off", "no comma", "two documents", "a comma too many", "text", "deep", "raw line end", "NUL", "half"),
)  # fmt: skip
def test_what_is_no_json_is_read_by_line(text: str) -> None:
    assert {piece.form for piece in documents(text)} == {"line"}


def test_a_document_without_items_has_no_rows() -> None:
    assert documents("[]") == documents(" [ ] ") == []
