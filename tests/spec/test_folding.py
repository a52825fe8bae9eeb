"""Folding: what a pattern should see, and where each of its characters came from."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clinft.spec.folding import fold

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=80)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("219-09-9998", "219-09-9998"),
        ("\u201cJane\u2019s\u201d \u2013 x", '"Jane\'s" - x'),
        ("2\u200b1\u00ad9\u202e\ufeff", "219"),
        ("\U000e0032\U000e0031\U000e0039", "219"),
        ("\uff12\u0661\u0969 \u2460\u2776 \U0001d7da", "213 11 2"),
        ("2\ufe0f\u20e3", "2"),
        ("2\u0336\u03531\u0336", "21"),
        ("s\u0302s\u0302n\u0336", "ssn"),
        ("\u0405\u0405N \u041cRN", "SSN MRN"),
        ("\u0405\u0405\u041d here", "SSH here"),
        ("7\u04176 2\u041e9", "736 2O9"),
        ("\u13b7\u13d2N \ua4d4el", "MRN Tel"),
        ("\u1d0d\u0280\u0274 d\u0131al", "MRN dial"),
        ("\U0001f17c\U0001f181\U0001f17d", "MRN"),
        ("02\u221511\u20441949 a\u2236b", "02/11/1949 a:b"),
        ("\u2502 a \u2502 \u2500\u2500", "| a | --"),
        ("a\u2028b\u2029c\x85d", "a\nb\nc\nd"),
        ("5 \u00b5g, \u03bcg", "5 ug, ug"),
    ],
)
def test_disguises_are_taken_off(text: str, seen: str) -> None:
    assert fold(text)[0] == seen


@pytest.mark.parametrize(
    "text",
    [
        "\u041f\u0430\u0446\u0438\u0435\u043d\u0442 \u0410\u043d\u043d\u0430 \u0421\u043e\u043a\u043e\u043b MRN",
        "\u039c\u03b1\u03c1\u03af\u03b1 \u039a\u03c9\u03bd\u03c3\u03c4\u03b1\u03bd\u03c4\u03af\u03bd\u03bf\u03c5",
        "TNF-\u03b1, \u03b2 blocker, \u03ba light chains",
        "Jos\u00e9 M\u00fcller, Vi\u1ec7t Nguy\u1ec5n",
        "\u0928\u092e\u0938\u094d\u0924\u0947 \u0635\u064e\u0628\u0627\u062d \u5f20\u4f1f",
        "2\u00bd tablets",
        "TNF-\u03b1 alone",
        "\ud800 \ufffd",
    ],
)
def test_what_people_really_write_stays(text: str) -> None:
    assert fold(text)[0] == text


def test_accents_are_one_character_whichever_way_they_are_written() -> None:
    folded, places = fold("Jose\u0301 Mun\u0303oz Vie\u0323\u0302t")
    assert folded == "Jos\u00e9 Mu\u00f1oz Vi\u1ec7t"
    assert places[4] == 5


@given(ANYTHING)
@example("\ufdfa" * 20 + "219")
@example("\u0301\u0301a\u0301\u0336")
def test_places_point_at_the_source_in_order(text: str) -> None:
    folded, places = fold(text)
    assert len(folded) == len(places)
    assert list(places) == sorted(places)
    assert all(0 <= place < len(text) for place in places)


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_is_its_own_folding(text: str) -> None:
    folded, places = fold(text)
    assert folded is text
    assert list(places) == list(range(len(text)))


@given(ANYTHING)
def test_folding_twice_changes_nothing_more_in_plain_digits(text: str) -> None:
    folded = fold(text)[0]
    digits = "".join(character for character in folded if character.isdecimal())
    assert digits.isascii()
