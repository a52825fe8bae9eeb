"""Canaries stand where the spans say, in every class, and the rest of the row stays as it was."""

import itertools
import json
import pickle
import re
from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clinft.stages.audit.safe_harbor import CATEGORIES
from clinft.stages.audit.sensitivity import Donor, Planted, plant
from clinft.stages.audit.units import json_units

LETTERS = {category.letter for category in CATEGORIES}
NOTE = (
    "The patient is a woman of 54 with asthma and reflux. She has had two weeks of dry cough. "
    "Chest is clear on both sides. Plan is an inhaler and a review in one month."
)
NOTES = [
    Donor("data/records/train.jsonl", json.dumps({"id": f"train-{number:04}", "text": NOTE, "age": 54}))
    for number in range(4)
]
# What at least a canary of the class looks like.
LOOKS = {
    "A": r"[A-ZŚ]\w*|[a-zś]\w*",
    "C": r"\d|(?i:day|eve|thanksgiving|halloween|fourth|ninety|hundred)",
    "F": r"(?i)@|at",
    "N": r"\.",
    "O": r"\.|:",
    "P": r"[\w/+=.-]{7}",
    "Q": r"[\w/+=.-]{7}",
    **dict.fromkeys("DEGHIJKLM", r"\d"),
    **dict.fromkeys("BR", r"\w{3}"),
}


def texts(copy: Planted) -> dict[str, str]:
    return {unit.field: unit.text for unit in json_units(copy.file, 1, copy.line, lambda key: True)}


def values(copies: list[Planted]) -> list[str]:
    return [texts(copy)[span.field][span.start : span.end] for copy in copies for span in copy.spans]


def is_spread_over(small: str, large: str) -> bool:
    """All characters of `small` stand in `large` in their order."""
    rest = iter(large)
    return all(character in rest for character in small)


def test_every_class_gets_as_many_as_asked_for() -> None:
    counts = Counter(span.letter for copy in plant(NOTES, "digest") for span in copy.spans)
    assert counts == dict.fromkeys(LETTERS, 500)


def test_spans_hold_the_canaries_and_nothing_of_the_note() -> None:
    copies = list(plant(NOTES, "digest", per_class=60))
    for copy in copies:
        fields = texts(copy)
        for span in copy.spans:
            value = fields[span.field][span.start : span.end]
            assert re.search(LOOKS[span.letter], value), span
            assert value == value.strip()
            assert value not in NOTE
        inside = sorted((span for span in copy.spans if span.field == "text"), key=lambda span: span.start)
        assert all(one.end < two.start for one, two in itertools.pairwise(inside))
        assert is_spread_over(NOTE, fields["text"])


def test_some_canaries_are_members_of_their_own() -> None:
    copies = list(plant(NOTES, "digest", per_class=60))
    own = [span for copy in copies for span in copy.spans if span.field != "text"]
    assert len(own) > 100
    assert {span.letter for span in own} == LETTERS
    assert {"mrn", "ssn"} <= {span.field for span in own}


def test_a_member_of_the_row_is_never_written_twice() -> None:
    donor = Donor("x.jsonl", json.dumps({"text": NOTE, "mrn": "", "ssn": "", "fax": "", "ip": ""}))
    for copy in plant([donor], "digest", per_class=60):
        pairs = json.loads(copy.line, object_pairs_hook=list)
        assert len(dict(pairs)) == len(pairs) >= 5


def test_the_same_seed_and_donors_give_the_same_copies() -> None:
    assert list(plant(NOTES, "digest", 20)) == list(plant(NOTES, "digest", 20))


def test_another_dataset_gets_other_values() -> None:
    one, two = (values(list(plant(NOTES, seed, 30))) for seed in ("digest", "another"))
    long_one, long_two = ({value for value in some if len(value) > 12} for some in (one, two))
    assert len(long_one & long_two) < 0.02 * len(long_one)


def test_copies_go_through_a_process_pool() -> None:
    copies = list(plant(NOTES, "digest", 5))
    assert pickle.loads(pickle.dumps(copies)) == copies


def test_a_copy_holds_few_canaries_and_a_long_row_is_cut() -> None:
    system = {"role": "system", "content": "Summarise the note. " * 400}
    other = {
        "role": "assistant",
        "content": "A summary. " * 30,
        "details": {"deep": {"er": ["x" * 900] * 90}},
    }
    donor = Donor("x.jsonl", json.dumps({"messages": [other, system]}))
    copies = list(plant([donor], "digest", 20))
    assert max(len(copy.spans) for copy in copies) <= 6
    assert max(len(copy.line) for copy in copies) < 5000
    assert {span.field for copy in copies for span in copy.spans} > {"messages[1].content"}


@pytest.mark.parametrize(
    "donors",
    [
        [],
        [Donor("x.jsonl", "{}")],
        [Donor("x.jsonl", '{"age": 54, "code": "J45.9", "label": "respiratory"}')],
        [Donor("x.csv", '{"id": "6f1ed002ab5595859014ebf0951522d9"}')],
        [Donor("notes.txt", "120/80"), Donor("notes.txt", "")],
    ],
    ids=["nothing", "empty", "labels", "hashes", "numbers"],
)
def test_a_format_without_free_text_holds_no_canaries(donors: list[Donor]) -> None:
    assert list(plant(donors, "digest", 5)) == []


def test_rows_that_cannot_carry_are_passed_over() -> None:
    donors = [Donor("x.jsonl", '{"age": 54}'), *NOTES]
    assert sum(len(copy.spans) for copy in plant(donors, "digest", 5)) == 90


def test_a_plain_file_gets_plain_lines_even_where_a_line_is_json() -> None:
    donor = Donor("notes.md", NOTES[0].line)
    copies = list(plant([donor], "digest", 5))
    assert {span.field for copy in copies for span in copy.spans} == {"line"}
    assert all("\n" not in copy.line for copy in copies)


def test_a_field_whose_key_is_no_plain_word_is_named_as_a_finding_names_it() -> None:
    donor = Donor("x.csv", json.dumps({"Visit": "1", "Chief Complaint": NOTE}))
    copies = list(plant([donor], "digest", 10))
    fields = {span.field for copy in copies for span in copy.spans}
    # The note, and members whose own keys are several words.
    assert {"#2", "#3"} <= fields
    assert not any(" " in field for field in fields)


@pytest.mark.parametrize(
    "line",
    [
        "[" * 900 + json.dumps(NOTE) + "]" * 900,
        "[" * 100_000,
        '{"n": ' + "9" * 5000 + ', "f": 1e999, "text": ' + json.dumps(NOTE) + "}",
        json.dumps({"text": "the cough is worse " * 60_000}),
        json.dumps({"text": NOTE + " \ud800 \x00 \u202e"}),
        json.dumps({"k" * 100_000: NOTE, "more": {"k" * 100_000: ""}, "text": NOTE}),
        json.dumps(NOTE),
        json.dumps({"\x00host\x00": "\x00host\x00", "text": NOTE}),
    ],
    ids=["deep", "no-json", "numbers", "long", "characters", "key", "string", "mark"],
)
def test_a_hostile_row_costs_no_traceback_and_little(line: str) -> None:
    for copy in plant([Donor("x.jsonl", line)], "digest", 3):
        fields = texts(copy)
        assert len(copy.line) < 10_000
        assert all(0 <= span.start < span.end <= len(fields[span.field]) for span in copy.spans)


def test_a_number_too_long_for_python_does_not_make_text_of_a_row() -> None:
    line = json.dumps({"text": NOTE}).replace("{", '{"n": ' + "9" * 5000 + ", ")
    copies = plant([Donor("x.jsonl", line)], "digest", 3)
    assert "text" in {span.field for copy in copies for span in copy.spans}


def test_a_text_too_deep_down_is_left_alone() -> None:
    line = "[" * 13 + json.dumps(NOTE) + "]" * 13
    assert list(plant([Donor("x.jsonl", line)], "digest", 3)) == []


ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANYTHING,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(ANYTHING, below, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(TREES, st.lists(st.sampled_from([". ", "\n", "\n- ", "  ", "\r\n"]), min_size=3, max_size=3), ANYTHING)
@example({"text": ["\ud83d", "\ude00"]}, [". ", "\n", "\n- "], "\ud83d")
def test_any_row_carries_what_its_spans_say(tree: object, joints: list[str], end: str) -> None:
    note = "".join(f"the cough is worse{joint}" for joint in joints) + "no fever is seen today" + end
    donor = Donor("x.jsonl", json.dumps([tree, {"note": note, "more": tree}]))
    copies = list(plant([donor], "digest", 1))
    assert sum(len(copy.spans) for copy in copies) == 18
    for copy in copies:
        fields = texts(copy)
        for span in copy.spans:
            assert re.search(LOOKS[span.letter], fields[span.field][span.start : span.end])
