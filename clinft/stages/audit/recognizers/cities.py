"""(B) Cities and counties: any name beside a State or beside a word for living there."""

import re

from clinft.stages.audit.recognizers.name_forms import NOT_NAMES, WORD
from clinft.stages.audit.recognizers.place_forms import (
    ABBREVIATION,
    ABBREVIATIONS,
    CITY,
    COUNTRIES,
    STATE,
    STATES,
    WORD_STATES,
)
from clinft.stages.audit.rule import Certainty, rule, value_of

CLEAR_STATE = rf"(?:{'|'.join(code for code in ABBREVIATIONS if code not in WORD_STATES)})"
LIVES = (
    r"(?i:\b(?:liv(?:es|ing|ed) in|resid(?:es|ing|ed) in|resident of|native of|"
    r"moved (?:here |back )?(?:to|from)|hometown(?: is|[:=])?|grew up in|raised in|born (?:and raised )?in|"
    r"commutes from|drove (?:in )?from|travell?ed (?:to|from)|returned from|visiting (?:from|family in)|"
    r"visited (?:from|in)|back from|originally from|en route from|coming from|comes from|came from|"
    r"arrived from|hails from|works in|office in|fly(?:ing)? (?:to|from)|flew (?:to|from)|"
    r"(?:family|daughter|son|sister|brother|mother|father|parents|relatives|teacher|farmer|captain)"
    r" (?:in|from|out of)|city[\"']?[ ]?[:=]|town[ ]?[:=]))"
)
LIVES_WORDS = (
    "lives living lived resides residing resided resident native moved hometown grew raised born commutes "
    "drove travelled traveled returned visiting back originally comes came hails fly flying flew family "
    "daughter son sister brother mother father parents relatives en route coming arrived visited works "
    "office teacher farmer captain city town"
)
# `Barthel Index, New York Heart Association`: the State begins another name.
ANOTHER_NAME = r"(?![ ][A-Z][a-z]+[ ](?:Association|Test|Verbal|Scale|Heart))"


def _is_city(match: re.Match[str]) -> Certainty | None:
    """A State or a country is large enough to stay; an ordinary word is no place."""
    city = value_of(match).lower()
    first, last = city.split()[0], city.split()[-1]
    named = {city, first} & (STATES | COUNTRIES)
    return None if named or first in NOT_NAMES or last in NOT_NAMES else "plausible"


def _is_county(match: re.Match[str]) -> Certainty | None:
    """Of `New York County` not even the State's name may stay."""
    return None if value_of(match).lower().split()[0] in NOT_NAMES else "plausible"


RULES = (
    rule(
        "city-state-name",
        "CITY",
        rf"\b(?P<value>{CITY}),[ ](?:{STATE}|{STATE.upper()})\b{ANOTHER_NAME}",
        0.8,
        judge=_is_city,
        words=frozenset(word for state in STATES for word in state.split()),
    ),
    rule(
        "city-state-code",
        "CITY",
        rf"\b(?P<value>{CITY}),[ ](?:AL|DE|MO|MT|OH|{CLEAR_STATE})\b(?!['’-])",
        0.75,
        judge=_is_city,
        symbol=",",
    ),
    rule(
        "city-state-code-by-word",
        "CITY",
        rf"\b(?i:in|from|of|to|near|at|outside|for|city)[ :]{{1,3}}(?P<value>{CITY}),[ ]{ABBREVIATION}\b",
        0.75,
        judge=_is_city,
        symbol=",",
    ),
    rule(
        "city-state-zip",
        "CITY",
        rf"\b(?P<value>{CITY})(?:,[ ]?|[ ]|\^){ABBREVIATION}(?:,?[ ]{{1,2}}|\^|\n)\d{{5}}\b",
        0.85,
        judge=_is_city,
        digit=True,
    ),
    rule(
        "city-by-residence",
        "CITY",
        rf"{LIVES}[ \"']{{1,3}}(?P<value>{CITY})",
        0.7,
        judge=_is_city,
        words=LIVES_WORDS,
    ),
    rule(
        "city-of-office",
        "CITY",
        rf"\b(?:our|the|their)[ ](?P<value>{CITY})[ ](?:office|branch|location|campus)\b",
        0.6,
        judge=_is_city,
        words="office branch location campus",
    ),
    rule(
        "city-of-last-visit",
        "CITY",
        rf"\bin[ ](?P<value>{CITY})[ ](?:last|this|next|two|three|a few)[ ](?:week|weekend|month|year|summer|"
        rf"winter|spring|fall)",
        0.6,
        judge=_is_city,
        words="week weekend month year summer winter spring fall",
    ),
    rule(
        "city-state-code-at-end",
        "CITY",
        rf"\b(?P<value>{CITY}),[ ](?!(?:MD|PA|MA|MS|OR|IN|ME|HI|OK)\b){ABBREVIATION}(?=[.?;)]|\s{{0,2}}$|\n)",
        0.6,
        judge=_is_city,
        symbol=",",
    ),
    rule(
        "county",
        "COUNTY",
        (
            rf"\b(?P<value>{CITY}[ ](?:County|Parish|Township|Borough|COUNTY|PARISH|TOWNSHIP)|"
            rf"(?:County|Township|Borough|Parish|City|Town|Village)[ ]of[ ](?!the\b){WORD}(?:[ ]{WORD})?)\b"
        ),
        0.75,
        judge=_is_county,
        words="county parish township borough city town village",
    ),
    rule(
        "county-lower",
        "COUNTY",
        (
            r"\b(?:in|from|of|to|by|via|rural|near|county:)[ ]"
            r"(?P<value>(?!the |our |this |a |each |every |rural )[a-z]{4,14}(?:[ ][a-z]{4,14})?[ ]county)\b"
        ),
        0.6,
        judge=_is_county,
        words="county",
    ),
)
