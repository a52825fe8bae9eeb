"""(B) Cities and counties: known ones, and any name beside a State or a word for living there."""

import re

from clinft.stages.audit import tables
from clinft.stages.audit.recognizers.name_forms import NOT_NAMES, WORD
from clinft.stages.audit.recognizers.place_forms import (
    ABBREVIATION,
    ABBREVIATIONS,
    CITY,
    COUNTRIES,
    PLACES,
    STATE,
    STATES,
    any_of,
    first_words,
)
from clinft.stages.audit.rule import Certainty, after, before, rule, value_of

KNOWN, WORDS_TOO = PLACES["cities"], PLACES["word_cities"]
KNOWN_CITY, WORD_CITY = any_of(KNOWN), any_of(WORDS_TOO)
NO_CITY = tables.words("places", "not_cities")
WORD_STATES = frozenset(PLACES["word_abbreviations"].split())
# In capitals fewer are clear: `READING IN`, `MOBILE OR`.
CAPITAL_STATE = rf"(?:AL|MO|MI|OH|{'|'.join(code for code in ABBREVIATIONS if code not in WORD_STATES)})"
CLEAR_STATE = rf"(?:{'|'.join(code for code in ABBREVIATIONS if code not in WORD_STATES)})"
IN = (
    r"(?i:in|near|outside|around|lives? in|living in|moved to|moved from|moved here from|from|back from|out "
    r"of|via|store in|store|to|of|by|at|site|city|town|home|hometown|born in|native of|resident of|"
    r"residents of)"
)
LIVES = (
    r"(?i:\b(?:liv(?:es|ing|ed) in|resid(?:es|ing|ed) in|resident of|native of|moved (?:here |back )?(?:to|"
    r"from)|hometown(?: is|[:=])?|grew up in|raised in|born (?:and raised )?in|commutes from|drove (?:in "
    r")?from|travell?ed (?:to|from)|returned from|visiting (?:from|family in)|back from|originally from|en "
    r"route from|coming from|arrived from|visited (?:from|in)|works in|office in|comes from|came from|hails "
    r"from|fly(?:ing)? (?:to|from)|flew (?:to|from)|(?:family|daughter|son|sister|brother|mother|father|"
    r"parents|relatives|teacher|farmer|captain) (?:in|from|out of)|city[\"']?[ ]?[:=]|town[ ]?[:=]))"
)
LIVES_WORDS = (
    "lives living lived resides residing resided resident native moved hometown grew raised born commutes "
    "drove travelled traveled returned visiting back originally comes came hails fly flying flew family "
    "daughter son sister brother mother father parents relatives en route coming arrived visited works "
    "office teacher farmer captain city town"
)


def _is_county(match: re.Match[str]) -> Certainty | None:
    """Of `New York County` not even the State's name may stay."""
    return None if value_of(match).lower().split()[0] in NOT_NAMES else "plausible"


PLACE_BEFORE = re.compile(rf"\b{IN}[ =:(\"]{{1,3}}$")


def _is_city(match: re.Match[str]) -> Certainty | None:
    """A State or a country is large enough to stay; an ordinary word is no place."""
    city = value_of(match).lower()
    first = city.split()[0]
    named = {city, first} & (STATES | COUNTRIES)
    return None if named or first in NOT_NAMES or city.split()[-1] in NOT_NAMES else "plausible"


def _is_known(match: re.Match[str]) -> Certainty | None:
    """`from Boston` and not `Boston criteria`, `Glasgow Coma Scale`, `Glasgow 10`, `the Montreal`."""
    following = re.findall(r"[^\W\d_]+", re.split(r"[.,;:()\n]", after(match, 44))[0].lower())[:4]
    numbered = re.match(r"[ ](?:\d{1,4}|I{1,3}V?)(?![\w-])", after(match, 7))
    article = re.search(r"(?i)\bthe[ ]$", before(match, 4))
    return None if numbered or article or not NO_CITY.isdisjoint(following) else "plausible"


def _stands_alone(match: re.Match[str]) -> Certainty | None:
    """Between marks, or behind a word like `in`: not the first word of something longer."""
    closed = re.match(
        r"\s{0,2}(?:[.,;:)\]/|\"^\n+]|\(?\d{3}|$|(?:and|or|to|for|with|on|PD|FD|EMS|Police|Fire)\b)",
        after(match, 10),
    )
    behind_in = PLACE_BEFORE.search(before(match, 24))
    return _is_known(match) if closed or behind_in else None


RULES = (
    rule(
        "city-state-name",
        "CITY",
        rf"\b(?P<value>{CITY}),[ ](?:{STATE}|{STATE.upper()})\b(?![ ][A-Z][a-z]+[ ](?:Association|Test|"
        rf"Verbal|Scale|Heart))",
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
        "city-of-state",
        "CITY",
        (
            rf"(?<![\w-])(?P<value>(?i:{KNOWN_CITY})(?=,?[ ](?i:{ABBREVIATION}|{STATE})\b)|"
            rf"(?:{WORD_CITY})(?=,?[ ](?:{ABBREVIATION}|{STATE})\b)|"
            rf"(?:{WORD_CITY.upper()})(?=,?[ ]{CAPITAL_STATE}\b)|"
            rf"(?i:{WORD_CITY})(?=,?[ ](?i:{CLEAR_STATE}|{STATE})\b))"
        ),
        0.85,
        judge=_is_known,
        words=first_words([*KNOWN, *WORDS_TOO]),
    ),
    rule(
        "city-known",
        "CITY",
        rf"(?<![\w-])(?:{KNOWN_CITY}|{KNOWN_CITY.upper()})(?![\w-])",
        0.7,
        judge=_stands_alone,
        words=first_words(KNOWN),
    ),
    rule(
        "city-known-lower",
        "CITY",
        rf"\b{IN}[ =:]{{1,2}}(?P<value>(?i:{KNOWN_CITY}))(?![\w-])",
        0.7,
        judge=_is_known,
        words=first_words(KNOWN),
    ),
    rule(
        "city-that-is-a-word",
        "CITY",
        rf"(?:{LIVES}|\b(?i:in|near|via|outside|store to|drive to|town of|city of))[ ](?P<value>{WORD_CITY}|"
        rf"{WORD_CITY.upper()})(?![\w-])",
        0.65,
        judge=_is_known,
        words=first_words(WORDS_TOO),
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
