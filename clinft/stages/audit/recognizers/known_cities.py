"""(B) Cities that are known by their name, unless it names a scale or a sign."""

import re

from clinft.stages.audit import tables
from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.cities import LIVES
from clinft.stages.audit.recognizers.place_forms import (
    ABBREVIATION,
    ABBREVIATIONS,
    PLACES,
    STATE,
    WORD_STATES,
    any_of,
    first_words,
)
from clinft.stages.audit.rule import Certainty, after, before, rule, value_of

CITIES, WORDS_TOO = PLACES["cities"], PLACES["word_cities"]
NO_CITY = tables.words("places", "not_cities")
IN = (
    r"(?i:in|near|outside|around|from|out of|via|store|to|of|by|at|site|city|town|home|hometown|native of|"
    r"residents? of)"
)
PLACE_BEFORE = regex(rf"\b{IN}[ =:(\"]{{1,3}}$")
CLOSED_AFTER = regex(
    r"\s{0,2}(?:[.,;:)\]/|\"^\n+]|\(?\d{3}|$|(?:and|or|to|for|with|on|PD|FD|EMS|Police|Fire)\b)"
)
STATE_AFTER = regex(rf",?[ ](?i:{ABBREVIATION}|{STATE})\b")
LIVES_BEFORE = regex(rf"(?:{LIVES}|\b(?i:in|near|via|outside|store to|drive to|town of|city of))[ ]$")
# Behind a word in capitals or in small letters fewer codes are a State: `READING IN`, `mobile or`.
CLEAR_STATES = "|".join(code for code in ABBREVIATIONS if code not in WORD_STATES)
STATE_AFTER_WORD = {
    "title": regex(rf",?[ ](?:{ABBREVIATION}|{STATE})\b"),
    "upper": regex(rf",?[ ](?:AL|MO|MI|OH|{CLEAR_STATES}|{STATE.upper()})\b"),
    "lower": regex(rf",?[ ](?i:{CLEAR_STATES}|{STATE})\b"),
}


def _case(value: str) -> str:
    return "upper" if value.isupper() else "title" if value[0].isupper() else "lower"


def _is_scale(match: re.Match[str]) -> bool:
    """`Boston criteria`, `Glasgow Coma Scale`, `Glasgow 10`, `the Montreal`."""
    following = re.findall(r"[^\W\d_]+", re.split(r"[.,;:()\n]", after(match, 44))[0].lower())[:4]
    numbered = re.match(r"[ ](?:\d{1,4}|I{1,3}V?)(?![\w-])", after(match, 7))
    article = re.search(r"(?i)\bthe[ ]$", before(match, 4))
    return bool(numbered or article) or not NO_CITY.isdisjoint(following)


def _is_known_city(match: re.Match[str]) -> Certainty | None:
    """With a State, between marks, or behind a word like `in`; in small letters only with such a word."""
    if _is_scale(match):
        return None
    placed = STATE_AFTER.match(after(match, 24)) or PLACE_BEFORE.search(before(match, 24))
    closed = _case(value_of(match)) != "lower" and CLOSED_AFTER.match(after(match, 10))
    return "plausible" if placed or closed else None


def _is_word_city(match: re.Match[str]) -> Certainty | None:
    """With a State, or with a capital behind a word for living there."""
    if _is_scale(match):
        return None
    case = _case(value_of(match))
    lived_in = case != "lower" and LIVES_BEFORE.search(before(match, 32))
    return "plausible" if lived_in or STATE_AFTER_WORD[case].match(after(match, 24)) else None


RULES = (
    rule(
        "city-known",
        "CITY",
        rf"(?i)(?<![\w-])(?:{any_of(CITIES)})(?![\w-])",
        0.75,
        judge=_is_known_city,
        words=first_words(CITIES),
    ),
    rule(
        "city-that-is-a-word",
        "CITY",
        rf"(?i)(?<![\w-])(?:{any_of(WORDS_TOO)})(?![\w-])",
        0.65,
        judge=_is_word_city,
        words=first_words(WORDS_TOO),
    ),
)
