"""Readings: where their characters come from, what they leave alone, and what they cost."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clinft.spec.folding import fold
from clinft.stages.audit import views
from clinft.stages.audit.scan import finds_in
from clinft.stages.audit.views import extra_readings
from clinft.stages.audit.views.reading import Edit, Reading, reread
from tests.fakes.hostile_texts import hostile
from tests.processor import seconds_of

PLAIN = (
    "The patient is a 54-year-old woman with asthma, seen for two weeks of cough; she denies fever, chest "
    "pain and weight loss. BP 120/80, HR 72. Continue albuterol as needed."
)
HINTS = [
    "one ",
    "five oh ",
    "1 2 ",
    "_",
    "%41",
    "&#65;",
    "\\u0041",
    "=20",
    "<b>",
    "**",
    "|",
    "\n",
    "mrn",
    "[at] ",
    " dot ",
    '{"a":',
]
ANYTHING = st.lists(st.sampled_from(HINTS) | st.text(max_size=12), max_size=12).map("".join)


def reading(text: str, *edits: Edit) -> Reading:
    made = reread("test", text, edits)
    assert made is not None
    return made


def test_an_edit_stands_for_the_characters_it_replaces() -> None:
    made = reading("ssn abc end", Edit(4, 7, "219-09-9998"))
    assert made.text == "ssn 219-09-9998 end"
    assert made.span(4, 15) == (4, 7)
    assert made.span(8, 10) == (4, 7)
    assert made.span(0, 15) == (0, 7)


def test_characters_with_spans_of_their_own_keep_them() -> None:
    made = reading("six one end", Edit(0, 3, "6"), Edit(3, 4, ""), Edit(4, 7, "1"))
    assert made.text == "61 end"
    assert (made.span(0, 1), made.span(1, 2), made.span(0, 2)) == ((0, 3), (4, 7), (0, 7))


def test_an_inserted_label_alone_is_no_find() -> None:
    made = reading("a 1234567", Edit(2, 2, "Mrn: "))
    assert made.text == "a Mrn: 1234567"
    assert made.span(2, 6) is None
    assert made.span(2, 14) == made.span(7, 14) == (2, 9)


def test_of_overlapping_edits_the_first_counts() -> None:
    assert reading("abcdef", Edit(1, 4, "X"), Edit(2, 3, "Y"), Edit(4, 5, "Z")).text == "aXZf"
    assert reread("test", "abc", []) is None


def test_a_long_text_is_cut_to_what_lies_around_its_edits() -> None:
    text = "word " * 1000 + "here" + " word" * 1000 + "there" + " word" * 1000
    made = reading(
        text, Edit(5000, 5004, "HERE"), Edit(text.index("there"), text.index("there") + 5, "THERE")
    )
    assert len(made.text) < 700
    start = made.text.index("THERE")
    assert made.span(start, start + 5) == (text.index("there"), text.index("there") + 5)


def test_a_find_far_from_every_edit_is_the_plain_texts() -> None:
    made = reading("x" * 200 + "ab" + "y" * 200, Edit(200, 202, "c"))
    assert made.span(10, 20) is None
    assert made.span(300, 310) is None
    assert made.span(190, 200) == (190, 200)
    assert made.span(230, 240) == (231, 241)


def test_a_reading_of_a_reading_points_at_the_first_source() -> None:
    outer = reading("see QUJD now", Edit(4, 8, "six one"))
    inner = reading(outer.text, Edit(4, 7, "6"), Edit(7, 8, ""), Edit(8, 11, "1")).within(outer)
    assert inner.text == "see 61 now"
    assert inner.span(4, 6) == (4, 8)
    assert inner.span(3, 6) == (3, 8)


@settings(max_examples=150, deadline=None)
@given(ANYTHING)
@example("VTFOT0lESXhPUzB3T1MwNU9UazRJRzl1SUdacGJHVT0=")
@example("| mrn |\n| 1 |")
@example("mrn\t\x1fone one one five oh ")
def test_readings_of_any_text_stay_within_it_and_in_order(text: str) -> None:
    folded, _ = fold(text)
    for made in extra_readings(folded):
        assert len(made.text) == len(made.places) == len(made.ends)
        assert list(made.places) == sorted(made.places)
        assert list(made.ends) == sorted(made.ends)
        assert all(
            0 <= place <= end <= len(folded) for place, end in zip(made.places, made.ends, strict=True)
        )


@settings(max_examples=100, deadline=None)
@given(ANYTHING)
def test_finds_of_any_text_lie_within_it(text: str) -> None:
    assert all(0 <= find.start < find.end <= len(text) for find in finds_in(text, ""))


def test_a_plain_sentence_has_no_other_reading_and_costs_little() -> None:
    assert list(extra_readings(PLAIN)) == []
    best = (
        min(
            seconds_of(lambda: [list(extra_readings(PLAIN)) for _ in range(200)], enough=0.012)
            for _ in range(5)
        )
        / 200
    )
    assert best < 60e-6  # measured 5e-6; a pattern over the whole text costs more than 100e-6


@pytest.mark.parametrize(
    "text",
    [
        "three five two six nine one",
        "HR=72, RR=41",
        "SpO2 95%, FiO2 40%",
        "follow-up/electroencephalogram",
        "a_b_c",
    ],
)
def test_what_is_only_suspected_makes_no_reading(text: str) -> None:
    assert list(extra_readings(text)) == []


def test_readings_inside_readings_end() -> None:
    nested = "SSN 219-09-9998"
    for _ in range(12):
        nested = nested.encode().hex()
    assert len(list(extra_readings(nested))) < 10
    mixed = '\\\\\\"<i>x</i>&amp;amp;amp; a-\nb ' * 2000
    assert sum(len(reading.text) for reading in extra_readings(mixed)) < 12 * len(mixed)


def test_of_a_line_of_a_megabyte_only_the_neighbourhood_is_read_again() -> None:
    line = PLAIN * 6000
    start = len(line) + 5
    made = list(extra_readings(f"{line} SSN 2 1 9 0 9 9 9 9 8 {line}"))
    assert made
    assert all(len(reading.text) < 1000 for reading in made)
    assert all(reading.places[0] > start - 500 for reading in made)
    assert seconds_of(lambda: list(extra_readings(line)), enough=5) < 5


# Asked of keys, short values and the few characters before a number only.
OF_SHORT_TEXTS = ("keys.", "roles.", "siblings.", "labels.", "contacts.LOCAL", "contacts.HOST")


def _patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for module in pkgutil.iter_modules(views.__path__):
        loaded = importlib.import_module(f"{views.__name__}.{module.name}")
        for name, value in vars(loaded).items():
            # `regex` gives patterns that are compiled later.
            is_pattern = isinstance(getattr(value, "pattern", None), str) and hasattr(value, "finditer")
            if is_pattern and not f"{module.name}.{name}".startswith(OF_SHORT_TEXTS):
                yield f"{module.name}.{name}", value


PATTERNS = dict(_patterns())


def test_the_patterns_of_the_views_are_found() -> None:
    assert len(PATTERNS) > 40


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_takes_long_for_a_hostile_text(name: str) -> None:
    pattern = PATTERNS[name]
    for text in (recipe.text(4000) for recipe in hostile(pattern)):
        taken = seconds_of(lambda text=text: sum(1 for _ in pattern.finditer(text)), enough=0.5)  # type: ignore[misc]
        assert taken < 0.5, text[:60]
