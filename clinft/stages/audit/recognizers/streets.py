"""(B) Street addresses: with a house number, behind a word, at a corner, and post-office boxes."""

import re

from clinft.stages.audit import tables
from clinft.stages.audit.recognizers.name_forms import WORD
from clinft.stages.audit.recognizers.place_forms import ABBREVIATION, PLACES, STATE
from clinft.stages.audit.rule import Certainty, rule

# USPS Publication 28, appendix C1. `clear`: nothing else behind a name; `usual` and `other`: behind a number.
CLEAR_KINDS, USUAL_KINDS, OTHER_KINDS = (PLACES["street_kinds"][kind] for kind in ("clear", "usual", "other"))
ALL_KINDS = f"{CLEAR_KINDS} {USUAL_KINDS} {OTHER_KINDS}"
# Between number and kind these make a sentence, and as the first word a measure.
NO_NAME = tables.words("places", "not_street_names")
MEASURES = tables.words("places", "measures_before_streets")


def _spellings(kinds: str) -> str:
    return "|".join(spelling for kind in kinds.split() for spelling in (kind.title(), kind.upper()))


def _lower(kinds: str) -> str:
    return "|".join(kinds.split())


SIDE = r"(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West|NORTH|SOUTH|EAST|WEST)\b\.?"
LOWER_SIDE = r"(?:n|s|e|w|ne|nw|se|sw|north|south|east|west)\b\.?"
OWN = rf"(?:{WORD}|\d{{1,3}}(?i:st|nd|rd|th)|Mc[A-Z]\w{{1,20}}|MLK|Dr\.|St\.)"
LOWER_OWN = r"(?:[a-z]{3,15}|\d{1,3}(?:st|nd|rd|th))"
HOUSE = r"(?<![\w.,/-])\d{1,6}(?:[A-Z]|-\d{1,4}|[ ]1/2)?"
UNIT = (
    r"(?:,?[ ]{1,2}(?i:(?:apt|apartment|suite|ste|unit|floor|fl|rm|room|lot|bldg|building|trlr|"
    r"spc)\b\.?[ ]?#?|#)[ ]?(?:\d{1,5}[A-Za-z]?|[A-Za-z]-?\d{0,5})\b)?"
)
TOWN = (
    rf"(?:(?:,[ ]?|[ ]|\n)(?:{WORD}\.?[ ]?){{1,3}}(?:,[ ]?|[ ])(?:{ABBREVIATION}|{STATE})\b"
    r"(?:,?[ ]{1,2}\d{5}(?:-\d{4})?(?!\d))?)?"
)
BEHIND = (
    r"(?:on|off|at|from|of|along|near|outside|to|and|lives|living|resides|corner|around|address|past|behind|"
    r"by|chapel,|aid,|cvs|walgreens|store|pharmacy,)"
)


def _is_street(match: re.Match[str]) -> Certainty | None:
    """The words between number and kind are a name."""
    own = re.findall(r"[^\W\d_]+", match["own"].lower())
    return None if own[0] in MEASURES or not NO_NAME.isdisjoint(own) else "plausible"


RULES = (
    rule(
        "street",
        "STREET_ADDRESS",
        (
            rf"{HOUSE}[ ](?:{SIDE}[ ])?(?P<own>(?:{OWN}[ ]){{1,4}})"
            rf"(?:{_spellings(ALL_KINDS)})\b\.?(?![ ]?[/%])(?:[ ]{SIDE})?{UNIT}{TOWN}"
        ),
        0.85,
        judge=_is_street,
        words=ALL_KINDS,
        digit=True,
    ),
    rule(
        "street-lower",
        "STREET_ADDRESS",
        (
            rf"{HOUSE}[ ](?:{LOWER_SIDE}[ ])?(?P<own>(?:{LOWER_OWN}[ ]){{1,3}})"
            rf"(?:(?:{_lower(CLEAR_KINDS)})\b\.?{UNIT}|(?:{_lower(USUAL_KINDS)})\b\.?"
            r"(?:,?[ ](?:apt|suite|ste|unit|#)[ ]?#?\w{1,5}|(?=,|\.|;|\s{0,3}$)))"
        ),
        0.75,
        judge=_is_street,
        words=f"{CLEAR_KINDS} {USUAL_KINDS}",
        digit=True,
    ),
    rule(
        "street-without-number",
        "STREET_ADDRESS",
        (rf"(?<![\w-])(?:{SIDE}[ ])?(?P<own>(?:{OWN}[ ]){{1,3}})(?:{_spellings(CLEAR_KINDS)})\b"),
        0.7,
        judge=_is_street,
        words=CLEAR_KINDS,
    ),
    rule(
        "street-by-word",
        "STREET_ADDRESS",
        (
            rf"\b(?i:{BEHIND})[ ](?P<value>(?:{SIDE}[ ])?(?P<own>(?:{OWN}[ ]){{1,3}})"
            rf"(?:{_spellings(USUAL_KINDS)})\b)(?!\.?[ ][A-Z][a-z]+['’]s)"
        ),
        0.65,
        judge=_is_street,
        words=USUAL_KINDS,
    ),
    rule(
        "street-by-word-lower",
        "STREET_ADDRESS",
        (
            r"\b(?:lives? (?:on|off|at)|living (?:on|off)|home on|house on|household on|corner of|address|"
            r"cvs|walgreens|"
            rf"resides (?:on|at)|from|on)[ ](?P<value>(?:{LOWER_SIDE}[ ])?(?P<own>(?:(?:[a-z]{{4,15}}|"
            rf"\d{{1,3}}(?:st|nd|rd|th))[ ]){{1,3}})(?:{_lower(CLEAR_KINDS)}|ct|dr|st|pl)\b)"
        ),
        0.6,
        judge=_is_street,
        words=f"{CLEAR_KINDS} ct dr st pl",
    ),
    rule(
        "street-by-label",
        "STREET_ADDRESS",
        (
            r"(?i)\b(?:address|lives at|resides at|residing at|street(?: line)?)"
            r"[\"' ]{0,2}[:=]?[\"' ]{0,3}(?:is )?"
            r"(?P<value>\d{1,6}[ ][a-z0-9][\w.# ]{3,40}\w)"
        ),
        0.85,
        words="address lives resides residing street",
        digit=True,
    ),
    rule(
        "road-with-number",
        "STREET_ADDRESS",
        (
            rf"{HOUSE}[ ](?:{SIDE}[ ])?(?i:(?:state |county |us |u\.s\. )?(?:route|rte|highway|hwy|road|"
            rf"farm road)|"
            r"interstate|FM)[ -]\d{1,4}(?![\w.])"
        ),
        0.8,
        digit=True,
    ),
    rule(
        "unit-of-address",
        "STREET_ADDRESS",
        r"\b(?:(?:Apt\.?|APT\.?|Apartment|apt\.?|apartment)[ ]#?\d{1,4}[A-Za-z]?|Suite[ ]\d{3,4})(?![\w-])",
        0.6,
        words="apt apartment suite",
        digit=True,
    ),
    rule(
        "street-of-one-word",
        "STREET_ADDRESS",
        rf"{HOUSE}[ ](?:{SIDE}[ ])?(?:Broadway|BROADWAY|broadway|Kingsway|Bowery|Embarcadero|"
        rf"Strand)\b{UNIT}{TOWN}",
        0.75,
        words="broadway kingsway bowery embarcadero strand",
        digit=True,
    ),
    rule(
        "po-box",
        "STREET_ADDRESS",
        (
            r"(?i)\b(?:p\.?[ ]?o\.?[ ]?box|post office box|"
            r"(?:rr|hc|rural route|star route)[ .#]{0,2}\d{1,3},?[ ]box|"
            r"(?:psc|unit|cmr)[ ]\d{1,5},?[ ]box|apartado(?: postal)?|postfach)[ #]{1,2}\d{1,7}"
        ),
        0.9,
        words="box apartado postfach",
        digit=True,
    ),
    rule(
        "military-post",
        "STREET_ADDRESS",
        r"\b(?:APO|FPO|DPO),?[ ](?:AA|AE|AP)(?:,?[ ]\d{5}(?:-\d{4})?)?\b",
        0.9,
        words="apo fpo dpo",
    ),
)
