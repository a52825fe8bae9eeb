"""What is known of a word, and how a text is cut into words."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clinft.stages.audit.detector import gazetteer
from clinft.stages.audit.detector.features import (
    COMMON,
    FLAG,
    FLAGS,
    LISTED,
    LOWER,
    MARK,
    MIXED,
    NUMBER,
    PIECES,
    PREFIX,
    PREFIXES,
    SHAPE,
    SHAPES,
    SIGN,
    SINGLE,
    SUFFIX,
    SUFFIXES,
    TITLE,
    UNCASED,
    UPPER,
    VERY_COMMON,
    WHOLE,
    features,
    shape,
    tokens,
    words_of,
)

VOCABULARY = 30_522
# A word's letters, an apostrophe and two more.
LONGEST = 43
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=80)
ODD = (
    "²",
    "é",
    "Ⅳ",
    "\ud800",
    "ß",
    "İ",
    "名",
    "’",
    "_",
    "\n",
    "a" * 500,
    "9" * 500,
    "٣",
    "O’B",
    "naïve",
    "’s",
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("   ", []),
        ("Mr. O'Brien's", ["Mr", ".", "O", "'", "Brien's"]),
        ("pt's BP 128/80\n", ["pt's", "BP", "128", "/", "80", "\n"]),
        ("KX-4471_b", ["KX", "-", "4471", "_", "b"]),
        ("x9y", ["x", "9", "y"]),
        ("Zoë Ångström", ["Zoë", "Ångström"]),
        ("they'll", ["they'll"]),
        ("d'Arc", ["d", "'", "Arc"]),
        ("a" * 95, ["a" * 40, "a" * 40, "a" * 15]),
        ("1" * 41, ["1" * 40, "1"]),
        ("a" * 40 + "'s", ["a" * 40 + "'s"]),
    ],
)
def test_tokens_are_words_numbers_and_signs(text: str, words: list[str]) -> None:
    assert [word for _, _, word in tokens(text)] == words


@given(ANYTHING)
def test_tokens_lie_in_the_text_in_order_and_leave_out_blanks_only(text: str) -> None:
    found = list(tokens(text))
    end, rest = 0, ""
    for start, stop, word in found:
        assert end <= start < stop
        assert text[start:stop] == word
        assert len(word) <= LONGEST
        rest += text[end:start]
        end = stop
    rest += text[end:]
    assert not rest.strip()
    assert "\n" not in rest


@given(ANYTHING)
@example("ADA\nAda\n\nada")
def test_words_of_a_text_are_its_tokens_with_marks(text: str) -> None:
    for word, (_, _, token) in zip(words_of(text), tokens(text), strict=True):
        assert word in (token, MARK + token)


def test_words_are_marked_line_by_line() -> None:
    lines = ["seen by Ada", "SEEN BY ADA", "seen by ada", "MD, J. R.", "", "Élan vital"]
    marked = [[word for word in words_of(line) if word.startswith(MARK)] for line in lines]
    assert [len(found) for found in marked] == [0, 3, 3, 6, 0, 0]
    together: list[str] = []
    for place, line in enumerate(lines):
        together += (["\n"] if place else []) + words_of(line)
    assert words_of("\n".join(lines)) == together


def test_breaks_at_the_end_of_a_text_are_words() -> None:
    assert words_of("Ada\n\n") == ["Ada", "\n", "\n"]
    assert words_of("\n") == ["\n"]
    assert words_of("") == []


@given(st.one_of(st.sampled_from(ODD), ANYTHING.filter(bool)), st.booleans())
def test_features_stay_in_their_tables(word: str, marked: bool) -> None:
    found = features(MARK + word if marked else word)
    assert all(0 <= number < VOCABULARY for number in found[:PIECES])
    assert 0 <= found[SHAPE] <= SHAPES
    assert 0 <= found[PREFIX] <= PREFIXES
    assert 0 <= found[SUFFIX] <= SUFFIXES
    assert 0 <= found[FLAG] < 1 << FLAGS


def test_case_changes_form_and_nothing_else() -> None:
    title, upper = features("Smith"), features("SMITH")
    assert title[:PIECES] == upper[:PIECES]
    assert title[SHAPE] != upper[SHAPE]
    assert title[PREFIX:FLAG] == upper[PREFIX:FLAG]
    assert title[FLAG] & LISTED == upper[FLAG] & LISTED != 0
    assert title[FLAG] ^ upper[FLAG] == TITLE | UPPER


@pytest.mark.parametrize(
    ("word", "case"),
    [
        ("smith", LOWER),
        ("Smith", TITLE),
        ("SMITH", UPPER),
        ("McAdam", MIXED),
        ("A", SINGLE | UPPER),
        ("a", SINGLE | LOWER),
        ("12", NUMBER),
        (",", SIGN),
    ],
)
def test_case_is_one_flag(word: str, case: int) -> None:
    every = LOWER | TITLE | UPPER | MIXED | SINGLE | NUMBER | SIGN
    assert features(word)[FLAG] & every == case


@pytest.mark.parametrize("ending", ["'s", "’s", "'S"])
def test_possessive_is_the_word_without_it(ending: str) -> None:
    assert features("Smith" + ending) == features("Smith")


def test_lists_say_what_the_gazetteer_says() -> None:
    bits = gazetteer.read()["mary"]
    assert bits
    assert features("Mary")[FLAG] & LISTED == bits
    assert features("Quibblethorpe")[FLAG] & LISTED == 0


def test_long_numbers_of_one_length_are_the_same() -> None:
    assert features("4471920") == features("8813555")
    assert features("4471920") != features("44719201")
    assert features("2021") == features("2099") != features("1999")
    assert features("12") != features("13")


@pytest.mark.parametrize(
    ("word", "expected"),
    [("Smith", "Xxxxx"), ("MacDonald", "XxxXxxxx"), ("x9", "xd"), ("AAAAAAA", "XXXX"), ("q" * 500, "xxxx")],
)
def test_shape(word: str, expected: str) -> None:
    assert shape(word) == expected


def test_mark_says_that_case_tells_nothing() -> None:
    assert features(MARK + "ada") == (*features("ada")[:FLAG], features("ada")[FLAG] | UNCASED)
    assert not features("ada")[FLAG] & UNCASED
    # A text may hold the character that marks.
    assert features(MARK)[FLAG] == features(MARK + MARK)[FLAG] & ~UNCASED == SIGN


@pytest.mark.parametrize(
    ("word", "flags"),
    [("the", WHOLE | COMMON | VERY_COMMON), ("Quibblethorpe", 0), ("quibblethorpe", 0)],
)
def test_common_words_are_whole(word: str, flags: int) -> None:
    assert features(word)[FLAG] & (WHOLE | COMMON | VERY_COMMON) == flags


def test_marks_on_letters_change_no_piece() -> None:
    marked, plain = features("Ángel"), features("Angel")
    assert marked[:PIECES] == plain[:PIECES]
    assert marked[PREFIX:] == plain[PREFIX:]
