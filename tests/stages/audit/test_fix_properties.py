"""What holds for the copy of any file: nothing above INFO is left, and it is still of its format."""

import itertools
import json
import string
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clinft.errors import SpecError
from clinft.stages.audit import engine
from clinft.stages.audit.fix import write_copy
from clinft.stages.audit.fix.json_row import JsonRow
from clinft.stages.audit.fix.rows import table_rows
from clinft.stages.audit.naming import spoken
from clinft.stages.audit.reading.table import cells_of, row_ends
from clinft.stages.audit.units import json_units
from tests.stages.audit.test_fix import left

ENGINE = engine.default()
IDENTIFIERS = st.sampled_from(
    ["Mr. John Smith", "SSN 219-09-9998", "219-09-9998", "MRN: 1234567", "1234567", "617-234-9876", "DOB 3/4/1950",
     "03/04/2019", "jane.doe@hospital.org", "93-year-old", "in his nineties", "12 Oak Street, Springfield, OH 45501",
     "Patient name:", "mrn", "John", "Smith", "2 1 9 0 9 9 9 9 8", "two one nine zero nine nine nine nine eight",
     "{\"ssn\": \"219-09-9998\"}", "Patient: Smith, John", "account 4711", "March 5", "Tuesday", "10.1.2.3"]
)  # fmt: skip
WORDS = st.sampled_from(
    ["cough", "is", "of", ":", ",", "|", '"', "\\", "'", "—", "<b>", "\u200b", "é", "120/80", "5 mg"]
)
TEXT = st.lists(IDENTIFIERS | WORDS | st.text(max_size=6), max_size=8).map(" ".join)
KEYS = st.sampled_from(["a", "mrn", "name", "patient_name", "first_name", "last_name", "dob", "text"]) | TEXT
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(KEYS, below, max_size=4),
    max_leaves=8,
)


def copy_of(content: bytes, name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path, target = Path(folder, name), Path(folder, f"copy.{name}")
        path.write_bytes(content)
        write_copy(path, target, ENGINE)
        assert not left(target), target.read_bytes()
        return target.read_bytes()


def shape(value: Any) -> Any:
    """Its nesting, and what is no text."""
    if isinstance(value, dict):
        return [shape(below) for below in value.values()]
    if isinstance(value, list):
        return [shape(below) for below in value]
    return value if value is None or isinstance(value, bool) else "text"


@settings(max_examples=25, deadline=None)
@given(st.lists(TREES, max_size=3), st.booleans())
@example([{"first_name": "John", "last_name": "Smith"}, {"ssn": ["219", "09", "9998"]}], True)
def test_the_copy_of_json_lines(rows: list[Any], ascii_only: bool) -> None:
    lines = [json.dumps(row, ensure_ascii=ascii_only) for row in rows]
    copied = copy_of("".join(f"{line}\n" for line in lines).encode("utf-8", "replace"), "a.jsonl")
    assert len(copied.splitlines()) == len(lines) or "\x85" in copied.decode()
    for row, line in zip(rows, copied.decode().split("\n"), strict=False):
        # Equal placeholders may stand where two keys stood.
        assert str(shape(json.loads(line))).count("[") <= str(shape(row)).count("[")
        assert type(json.loads(line)) is type(row) or not isinstance(row, (dict, list))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(TEXT, min_size=2, max_size=3), min_size=1, max_size=4), st.sampled_from([",", "\t"]))
def test_the_copy_of_a_table(rows: list[list[str]], delimiter: str) -> None:
    cells = [[cell.replace("\t", " ") for cell in row] for row in rows]
    lines = [delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells]
    name = "a.csv" if delimiter == "," else "a.tsv"
    copied = copy_of("".join(f"{line}\r\n" for line in lines).encode("utf-8", "replace"), name)
    ends = [0, *row_ends(copied, delimiter)]
    assert ends[-1] == len(copied)
    found = [cells_of(copied[start:end], delimiter) for start, end in itertools.pairwise(ends)]
    assert [len(row) for row in found] == [len(row) for row in rows]


@settings(max_examples=25, deadline=None)
@given(st.lists(TEXT, max_size=5))
def test_the_copy_of_a_text(lines: list[str]) -> None:
    content = "\n".join(line.replace("\n", " ") for line in lines).encode("utf-8", "replace")
    assert copy_of(content, "a.txt").count(b"\n") == content.count(b"\n")


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["a.jsonl", "a.csv", "a.txt"]))
@example(b'"\n\n"', "a.csv")
@example(b"\xff\xfe1\x002\x00", "a.txt")
@example(b'["\\ud800 219-09-9998"]', "a.jsonl")
def test_the_copy_of_any_bytes(content: bytes, name: str) -> None:
    # A table whose lines end with carriage returns alone gets no copy.
    if name != "a.csv" or b"\n" in content or b"\r" not in content.strip():
        copy_of(content, name)


@settings(max_examples=50, deadline=None)
@given(TREES)
def test_every_text_of_a_row_has_the_name_that_the_audit_gives_it(tree: object) -> None:
    line = json.dumps(tree)
    leaves = JsonRow(line, lambda key: not ENGINE.finds(key)).leaves
    named = {(leaf.field, spoken(leaf.text) if leaf.is_key else leaf.text) for leaf in leaves}
    for unit in json_units("a", 1, line, lambda key: not ENGINE.finds(key)):
        if unit.segments:
            assert {segment.field for segment in unit.segments} <= {leaf.field for leaf in leaves}
        else:
            assert (unit.field, unit.text) in named


@settings(max_examples=50, deadline=None)
@given(TREES)
def test_a_row_with_its_own_texts_is_itself(tree: object) -> None:
    line = json.dumps(tree, indent=1, ensure_ascii=False)
    row = JsonRow(line, str.isascii)
    assert row.with_texts([leaf.text for leaf in row.leaves]) == line
    changed = row.with_texts([f'{leaf.text}\ud800"' for leaf in row.leaves])
    assert len(JsonRow(changed, str.isascii).leaves) == len(row.leaves)


@settings(max_examples=50, deadline=None)
@given(st.text(string.ascii_lowercase[:2] + '",\n\r', max_size=40).map(str.encode))
def test_rows_of_a_table_are_its_bytes(content: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.seek(0)
        assert b"".join(row for row, _ in table_rows(file, "a", ",")) == content  # type: ignore[arg-type]


def test_nesting_beyond_a_parser_is_cleaned(tmp_path: Path) -> None:
    for depth in (500, 5000):
        row = "[" * depth + '"SSN 219-09-9998"' + "]" * depth
        assert b"219-09" not in copy_of(row.encode(), "a.jsonl")


@pytest.mark.parametrize("name", ["a.jsonl", "a.txt", "a.csv"])
def test_a_long_row_is_refused_and_never_held(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"a" * (17 << 20))
    with pytest.raises(SpecError, match=r"row 1: longer than 16 MiB"):
        write_copy(path, tmp_path / "b", ENGINE)
    assert list(tmp_path.iterdir()) == [path]
