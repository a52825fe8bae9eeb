"""Single values of a YAML text are replaced; all other bytes stay."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from clinft.errors import SpecError
from clinft.pipeline.refreshing.table_text import Cell, changed, inserted

TEXT = """# top
rows:
  - {name: one, value: "1"}   # first
  - name: two
    value: 2
    note: >
      folded
# end
other: []
"""


def test_only_the_value_changes_however_it_was_written() -> None:
    done = changed(TEXT, {Cell("rows", 1, "value"): "20", Cell("rows", 0, "value"): "10"}, "t.yaml")
    assert done == TEXT.replace('"1"', '"10"').replace("value: 2", 'value: "20"')
    assert changed(TEXT, {}, "t.yaml") == TEXT


@given(st.text())
def test_any_text_comes_back_as_one_value(text: str) -> None:
    readable = "".join(character for character in text if character.isprintable())
    done = changed(TEXT, {Cell("rows", 0, "name"): readable}, "t.yaml")
    assert yaml.safe_load(done)["rows"][0] == {"name": readable, "value": "1"}
    assert done.count("\n") == TEXT.count("\n")


@pytest.mark.parametrize(
    ("text", "cell"),
    [(TEXT, Cell("rows", 0, "missing")), (TEXT, Cell("nowhere", 0, "value")), ("[]", Cell("rows", 0, "a"))],
)
def test_a_table_of_another_shape_is_refused(text: str, cell: Cell) -> None:
    with pytest.raises(SpecError, match=r"t\.yaml cannot be renewed"):
        changed(text, {cell: "x"}, "t.yaml")


def test_new_rows_stand_behind_a_row_on_lines_of_their_own() -> None:
    row = {
        "name": "new",
        "aliases": ["a", "b"],
        "unit": "u",
        "value": "3",
        "as_of": "2026-01-01",
        "source": 's "q"',
    }
    done = inserted(TEXT, "rows", 0, [row], "t.yaml")
    found = yaml.safe_load(done)
    assert found["rows"][1] == row
    assert [one["name"] for one in found["rows"]] == ["one", "new", "two"]
    assert done.replace(done[done.index("  - {name: new") : done.index("  - name: two")], "") == TEXT
    assert inserted(TEXT, "rows", 0, [], "t.yaml") == TEXT
    assert yaml.safe_load(inserted("rows: [{a: 1}]", "rows", 0, [], "t.yaml")) == {"rows": [{"a": 1}]}
