"""JSON within a text stays JSON with its keys, however deep and wherever it stands."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clinft.stages.audit import engine
from clinft.stages.audit.fix.nested import Edit, rewritten
from tests.stages.audit.test_fix import fixed
from tests.stages.audit.test_fix_properties import IDENTIFIERS, WORDS, copy_of

FIND = engine.default().finds("SSN 219-09-9998")[0]


def marked(text: str, start: int, end: int) -> str:
    return rewritten(text, [Edit(start, end, FIND, "")], lambda plain, edits: "X" if edits else plain)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"ssn": "523-48-4471", "mrn": 4482917}', '{"ssn": "[SSN_1]", "mrn": "[MRN_1]"}'),
        ('{"age": 93, "n": 1.50, "ok": true}', '{"age": "90 or older", "n": 1.50, "ok": true}'),
        ('Sent: {"mrn": 4482917}, {"mrn": 4482917}; MRN 4482917.',
         'Sent: {"mrn": "[MRN_1]"}, {"mrn": "[MRN_1]"}; MRN [MRN_1].'),
        ('{"note": "caf\\u00e9\\n\\"MRN: 4482917\\""}', '{"note": "caf\\u00e9\\n\\"MRN: [MRN_1]\\""}'),
        ('{"a": "{\\"mrn\\": 4482917}"}', '{"a": "{\\"mrn\\": \\"[MRN_1]\\"}"}'),
        ('{"mrn 4482917": 1}', '{"[MRN_1]": 1}'),
        ('"MRN: 4482917"', '"MRN: [MRN_1]"'),
        # No JSON: nothing is quoted.
        ('{"mrn": 4482917', '{"mrn": [MRN_1]'),
        ("{mrn: 4482917}", "{mrn: [MRN_1]}"),
        ("MRN [4482917]", "MRN [[MRN_1]]"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.txt"])
def test_json_within_a_text(tmp_path: Path, text: str, expected: str, name: str) -> None:
    if name == "a.jsonl":
        assert json.loads(fixed(tmp_path, json.dumps({"x": {"j": text}}), name)) == {"x": {"j": expected}}
    elif name == "a.csv":
        quoted = '"' + text.replace('"', '""') + '"'
        table = fixed(tmp_path, f"j\n{quoted}\n", name).decode().splitlines()
        assert list(csv.reader(table)) == [["j"], [expected]]
    else:
        assert fixed(tmp_path, text, name).decode() == expected


@pytest.mark.parametrize(
    ("text", "touching", "expected"),
    [
        ('{"key": "value", "other": 1}', 'lue", "other": 1', '{"key": "X", "other": "X"}'),
        ('{"key": "value", "other": 1}', 'her"', '{"key": "value", "X": 1}'),
        ('{"key": "value"} and', '"} a', '{"key": "value"}X'),
        ('{"key": true}', "true", '{"key": "X"}'),
        ('{"key": ""} ', '": ""} ', '{"key": ""} '),
        ('["\\ud83d\\ude00b"]', "b", '["X"]'),
    ],
)
def test_what_an_edit_over_json_replaces(text: str, touching: str, expected: str) -> None:
    start = text.index(touching)
    assert marked(text, start, start + len(touching)) == expected


def test_places_in_a_string_are_places_in_its_text() -> None:
    text = json.dumps(["é\n😀 219 \\ x", 'é "', "plain"])
    seen: list[str] = []

    def note(plain: str, edits: list[Edit]) -> str:
        seen.extend(plain[edit.start : edit.end] for edit in edits)
        return plain

    start, end = text.index("219"), text.index(" x") + 2
    assert rewritten(text, [Edit(start, end, FIND, "")], note) == text
    assert seen == ["219 \\ x"]
    seen.clear()
    rewritten(text, [Edit(text.index("d83d"), text.index("ude00"), FIND, "")], note)
    assert seen == ["😀"]


@pytest.mark.parametrize("text", ['{"' * 20_000, "[" * 200_000, '["a",' * 20_000, '[{"a":"' * 20_000])
def test_a_hostile_text_costs_little(text: str) -> None:
    assert marked(text, 0, 1) == "X"


def test_many_edits_of_many_strings_cost_little() -> None:
    text = json.dumps(["a"] * 50_000)
    edits = [Edit(place, place + 1, FIND, "") for place in range(2, len(text), 5)]
    assert rewritten(text, edits, lambda plain, edits: "b" * len(edits)) == text.replace("a", "b")


KEYS = st.sampled_from(
    ["note", "mrn", "ssn", "age", "dob", "name", "first_name", "last_name", "phone", "data", "n"]
)
TEXTS = st.lists(IDENTIFIERS | WORDS, max_size=5).map(" ".join)
SCALARS = TEXTS | st.sampled_from(
    [4482917, 93, 219099998, 6172349876, 48291, 1.5, None, True, "Marston", "Ms. Marston"]
)


def objects(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(KEYS, values, min_size=1, max_size=3)


INNER = objects(SCALARS)
MIDDLE = objects(SCALARS | st.lists(SCALARS, max_size=3) | INNER.map(json.dumps))
ROWS = objects(
    SCALARS | INNER | MIDDLE.map(json.dumps) | MIDDLE.map(lambda value: json.dumps(value, ensure_ascii=False))
)


def assert_same_keys(copy: Any, value: Any) -> None:
    if isinstance(value, dict):
        assert list(copy) == list(value)
        for below, original in zip(copy.values(), value.values(), strict=True):
            assert_same_keys(below, original)
    elif isinstance(value, list):
        assert len(copy) == len(value)
        for below, original in zip(copy, value, strict=True):
            assert_same_keys(below, original)
    elif isinstance(value, str) and value.startswith('{"'):
        try:
            nested = json.loads(value)
        except ValueError:
            return
        assert_same_keys(json.loads(copy), nested)


@settings(max_examples=60, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=3), st.booleans())
@example(
    [{"data": json.dumps({"data": json.dumps({"mrn": 4482917, "age": 93}), "ssn": ["523", "48", "4471"]})}],
    True,
)
@example(
    [{"data": json.dumps({"first_name": "Xu", "last_name": "Quux", "note": json.dumps({"mrn": 1})})}], False
)
def test_the_copy_has_the_same_keys_at_every_depth(rows: list[dict[str, Any]], ascii_only: bool) -> None:
    """`copy_of` audits the copy again: nothing above INFO is left in it."""
    content = "".join(f"{json.dumps(row, ensure_ascii=ascii_only)}\n" for row in rows)
    copied = copy_of(content.encode(), "a.jsonl").decode().split("\n")
    for line, row in zip(copied, rows, strict=False):
        assert_same_keys(json.loads(line), row)
