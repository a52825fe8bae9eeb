"""Rows → texts: every value once, keys that may identify hidden, values that belong together joined."""

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinft.stages.audit.units import TextUnit, json_units, line_unit

SCALARS = st.text(max_size=20) | st.integers() | st.booleans() | st.none()
ROWS = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=12), below, max_size=4),
    max_leaves=12,
)


def units(row: object, clean: bool = True) -> list[TextUnit]:
    line = row if isinstance(row, str) else json.dumps(row)
    return list(json_units("data/x.jsonl", 3, line, lambda key: clean))


def plain(row: object) -> list[tuple[str, str, str]]:
    return [(unit.field, unit.context, unit.text) for unit in units(row) if not unit.segments]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"patient_name": "a"}, [("patient_name", "patient name: ", "a")]),
        ({"patientName": "a"}, [("patientName", "patient name: ", "a")]),
        ({"patient": {"name": "a"}}, [("patient.name", "patient name: ", "a")]),
        ({"text": "a"}, [("text", "", "a")]),
        ({"messages": [{"content": "a"}]}, [("messages[0].content", "", "a")]),
        ({"mrn": ["a", ["b"]]}, [("mrn[0]", "mrn: ", "a"), ("mrn[1][0]", "mrn: ", "b")]),
        ({"n": 1, "x": -2.50, "t": True, "z": None}, [("n", "n: ", "1"), ("x", "x: ", "-2.5")]),
        ("a", [("line", "", "a")]),
        ('"a"', [("line", "", "a")]),
        ('{"n": 1, "n": 2}', [("n", "n: ", "1"), ("n", "n: ", "2")]),
        ('{"n": 0.10000000000000000001}', [("n", "n: ", "0.10000000000000000001")]),
        ('{"n": NaN}', [("n", "n: ", "NaN")]),
        ('{"n": 01}', [("line", "", '{"n": 01}')]),
        ('\ufeff{"n": 1}', [("line", "", '\ufeff{"n": 1}')]),
        ({"a" * 70: "b"}, [("#1 (key)", "", "a" * 70), ("#1", "", "b")]),
        ({"mrn": {"0": 1}}, [("mrn.#1 (key)", "", "0"), ("mrn.#1", "mrn: ", "1")]),
        ({"smith_jane": "c"}, [("#1 (key)", "", "smith jane"), ("#1", "smith jane: ", "c")]),
        ({"heart_rate": "c"}, [("heart_rate", "heart rate: ", "c")]),
        ({"Patient_Name": "c"}, [("Patient_Name", "patient name: ", "c")]),
        ({"a b": "c"}, [("#1 (key)", "", "a b"), ("#1", "a b: ", "c")]),
        ({"a": {"p48291377": "c"}}, [("a.#1 (key)", "", "p48291377"), ("a.#1", "p48291377: ", "c")]),
    ],
)
def test_every_value_is_a_text_with_its_field_and_label(row: object, expected: object) -> None:
    assert plain(row) == expected


def test_a_key_with_a_find_is_shown_by_its_place_and_searched() -> None:
    found = [(unit.field, unit.text) for unit in units({"a": "x", "b": {"c": "y"}}, clean=False)]
    assert found == [("#1 (key)", "a"), ("#2 (key)", "b"), ("#1", "x"), ("#2.#1 (key)", "c"), ("#2.#1", "y")]


def test_file_and_row_are_those_of_the_line() -> None:
    assert {(unit.file, unit.row) for unit in units({"a": ["x", "y"]})} == {("data/x.jsonl", 3)}
    assert line_unit("a.md", 2, "x", settings=True) == TextUnit("a.md", 2, "line", "x", settings=True)


def test_a_joined_text_says_where_each_of_its_parts_stands() -> None:
    *_, joined = units({"area": "617", "exchange": 736, "line": "5001"})
    assert (joined.text, joined.context) == ("617-736-5001", "phone: ")
    assert joined.located(0, 12) == (("area", 0, 3), ("exchange", 0, 3), ("line", 0, 4))
    assert joined.located(5, 9) == (("exchange", 1, 3), ("line", 0, 1))
    assert joined.located(3, 4) == ()


@pytest.mark.parametrize(
    "row",
    [
        {"label": "sodium", "value": "140"},
        {"first": "Jane", "given": "x"},
        {"year": "1949", "month": "2"},
        {"year": "49", "month": "2", "day": "11"},
        {"area": "left lung", "number": "2"},
        {"user": "nurse", "domain": "cardiology"},
        {"first": "Jane" * 30, "last": "Roe"},
        {"pain": [3, 4, 5, 2, 1, 3, 4]},
        {"patient": {"first": "Jane"}, "provider": {"last": "Okafor"}},
        {"patient_first": "Jane", "provider_last": "Okafor"},
        ["a", "b"],
    ],
)
def test_values_that_make_nothing_together_stay_apart(row: object) -> None:
    assert [unit for unit in units(row) if unit.segments] == []


def test_a_find_in_an_ordinary_text_stands_where_it_is() -> None:
    (unit,) = units({"a": "x"})
    assert unit.located(2, 5) == (("a", 2, 5),)


def test_many_numbers_are_few_texts_and_keep_their_fields() -> None:
    numbers = units({"mrn": list(range(1000))})
    assert len(numbers) < 20
    start = numbers[1].text.index("77")
    assert numbers[1].located(start, start + 2) == (("mrn[77]", 0, 2),)
    assert all(segment.field.startswith("mrn[") for unit in numbers for segment in unit.segments)


@given(ROWS)
def test_segments_are_whole_values_of_fields_that_exist(row: object) -> None:
    values = {unit.field: unit.text for unit in units(row) if not unit.segments}
    for unit in units(row):
        for field, start, end in unit.segments:
            assert values[field] == unit.text[start:end]


@pytest.mark.parametrize(
    "line",
    ["[" * 100_000 + "]" * 100_000, '{"a":' * 900 + "1" + "}" * 900, "[" * 900 + "]" * 900, "9" * 1_000_000],
    ids=("too deep", "deep objects", "deep lists", "a huge number"),
)
def test_deep_and_huge_values_are_read_in_little_memory(line: str) -> None:
    tracemalloc.start()
    try:
        assert sum(len(unit.text) for unit in units(line)) >= 0
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20e6
