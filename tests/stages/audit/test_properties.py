"""What holds for any text: no traceback, finds inside the text, and plain identifiers always found."""

import itertools
import json
import string

from hypothesis import example, given, settings
from hypothesis import strategies as st

from clinft.stages.audit.scan import finds_in, scan_texts
from clinft.stages.audit.units import json_units

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=200)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANYTHING,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(ANYTHING, below, max_size=3),
    max_leaves=8,
)
# The spelling `jane @ clinic.org` makes a lone @ part of the address.
WORD = st.text(
    st.characters(min_codepoint=33, exclude_characters="@", exclude_categories=("C", "Z")), min_size=1
)
WORDS = st.lists(WORD, min_size=1, max_size=6).map(" ".join)


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text(string.digits, min_size=count, max_size=count)


SSN = st.builds("{:03d}-{:02d}-{:04d}".format, st.integers(1, 665), st.integers(1, 99), st.integers(1, 9999))
PHONE = st.builds(
    "({:03d}) {:03d}-{:04d}".format, st.integers(200, 999), st.integers(200, 999), st.integers(0, 9999)
)
EMAIL = st.builds(
    "{}.{}@{}.org".format, *[st.text(string.ascii_lowercase + string.digits, min_size=2, max_size=12)] * 3
)
MRN = digits(7)


@settings(max_examples=200, deadline=None)
@given(ANYTHING, ANYTHING)
@example("\ud800\x00\ufffd", "")
@example("²³①𐩀 12/𐩀/2024 ٣٢١-٤٥-٦٧٨٩", "ssn: ")
@example("ﷺ" * 30 + "219-09-9998", "")
def test_any_text_is_read_and_finds_lie_within_it(text: str, context: str) -> None:
    finds = finds_in(text, context)
    assert all(0 <= find.start < find.end <= len(text) for find in finds)
    assert all(one.end <= two.start for one, two in itertools.pairwise(finds))


@settings(max_examples=100, deadline=None)
@given(TREES)
def test_any_row_is_read_value_by_value(tree: object) -> None:
    units = list(json_units("data/x.jsonl", 1, json.dumps(tree), lambda key: True))
    for finding in scan_texts(units):
        (unit, *_) = [unit for unit in units if unit.field == finding.field]
        assert finding.row == 1
        assert finding.field in {unit.field for unit in units}
        assert unit.file == finding.file == "data/x.jsonl"


@settings(max_examples=100, deadline=None)
@given(ANYTHING)
def test_any_line_that_is_no_json_is_one_text(line: str) -> None:
    units = list(json_units("data/x.jsonl", 1, "{" + line, lambda key: True))
    try:
        json.loads("{" + line)
    except ValueError:
        assert [unit.text for unit in units] == ["{" + line]


GLUE = st.sampled_from(
    ["", "(", "_", "..", "--", "文", "\n", "\t", "\u00a0", "\u200b", "|", "=", "/", "#", '"']
)


@settings(max_examples=200, deadline=None)
@given(WORDS, GLUE, SSN | PHONE, GLUE, WORDS)
def test_characters_beside_an_identifier_do_not_hide_it(
    before: str, left: str, value: str, right: str, after: str
) -> None:
    text = f"{before} {left}{value}{right} {after}"
    start = len(f"{before} {left}")
    covering = [find for find in finds_in(text, "") if find.start <= start and start + len(value) <= find.end]
    assert covering, text


@settings(max_examples=300, deadline=None)
@given(WORDS, st.data(), WORDS)
def test_an_identifier_between_any_words_is_found(before: str, data: st.DataObject, after: str) -> None:
    """Digits next to it may make it another kind of number, but never hide it."""
    label, values = data.draw(
        st.sampled_from([("", SSN), ("", PHONE), ("", EMAIL), ("MRN ", MRN), ("mrn: ", MRN), ("MRN#", MRN)])
    )
    value = data.draw(values)
    text = f"{before} {label}{value} {after}"
    start = len(f"{before} {label}")
    covering = [find for find in finds_in(text, "") if find.start <= start and start + len(value) <= find.end]
    assert [find.severity(settings=False) for find in covering] == ["CRITICAL"], text
