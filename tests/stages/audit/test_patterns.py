"""A pattern whose alternatives were sorted into a tree matches what `re` matches: same places, same groups."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.stages.audit.patterns import compiled, regex
from clinft.stages.audit.recognizers import TABLE
from tests.fakes.identifiers import CLEAN, PLANTED, RESERVED

TEXTS = [
    *(before + value + after for _, before, value, after in PLANTED),
    *(text for _, text in RESERVED),
    *CLEAN,
]
# Words that begin alike, are each other's beginning, or differ in case and in letters with more cases than two.
WORDS = (
    "a",
    "ab",
    "abc",
    "abd",
    "b",
    "ba",
    "K",
    "k",
    "Ka",
    "s",
    "S",
    "\u017f",
    "\u0131",
    "i",
    "\u212a",
    "",
    "a?",
    "[ab]c",
    r"\d",
)
LISTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map("|".join)
PATTERNS = st.recursive(
    LISTS.map("(?:{})".format),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda branches: f"(?:{'|'.join(branches)})"),
        st.lists(inner, min_size=2, max_size=3).map("".join),
        inner.map("(?i:{})".format),
        inner.map("(?-i:{})".format),
        inner.map("({})?".format),
        inner.map("(?={})".format),
        inner.map("(?!{})b".format),
        inner.map("(?>{})".format),
        inner.map("(?:{}){{1,2}}".format),
    ),
    max_leaves=5,
)
TEXT = st.text("abcdkKsSiI\u017f\u0131\u0130\u212aB1 ", max_size=14)


def matches(pattern: re.Pattern[str], text: str) -> list[tuple[object, ...]]:
    return [(match.span(), match.groups(), match.lastgroup) for match in pattern.finditer(text)]


@settings(max_examples=600, deadline=None)
@given(PATTERNS, st.booleans(), TEXT)
def test_any_pattern_matches_the_same(pattern: str, caseless: bool, text: str) -> None:
    whole = f"(?i){pattern}" if caseless else pattern
    assert matches(compiled(whole), text) == matches(re.compile(whole), text)


@pytest.mark.parametrize("family", sorted(TABLE))
def test_every_rule_matches_the_same(family: str) -> None:
    for rule in TABLE[family]:
        plain = re.compile(rule.pattern.pattern)
        for text in TEXTS:
            assert matches(rule.pattern, text) == matches(plain, text), rule.name


def test_the_first_of_several_that_fit_is_taken() -> None:
    assert matches(compiled("ab|a|abc|b"), "abc") == [((0, 2), (), None)]
    assert compiled("(?:a|ab)c").search("abc").span() == (0, 3)  # type: ignore[union-attr]


def test_nothing_is_compiled_before_it_is_needed() -> None:
    later = regex("(")
    assert later.pattern == "("
    with pytest.raises(re.error):
        later.search("a")
