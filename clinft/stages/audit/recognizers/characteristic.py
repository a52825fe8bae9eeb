"""(R) What is true of one person only: a public office, a record, being the only one of a place."""

import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.rule import Certainty, before, rule

OFFICE = (
    r"(?:vice[ -])?(?:mayor|(?:lieutenant )?governor|senator|congress(?:man|woman|person)|"
    r"state representative|sheriff|police chief|chief of police|fire chief|ambassador|(?:arch)?bishop|"
    r"superintendent|head (?:football )?coach|district attorney|poet laureate|prime minister|first lady|"
    r"attorney general|secretary of state|county judge|chief justice|ceo|cfo|chief executive|chancellor|"
    r"school principal|alder(?:man|woman)|city council(?:man|woman))"
)
WHICH = r"(?:current|former|sitting|incumbent|serving|acting|retired|ex-?|newly elected|first female)"
OF_A_PLACE = (
    r"(?:of|for|at|from|in) (?:the )?(?:(?:State|City|Town|County|Village|University|Diocese) of )?"
    r"[A-Z][\w'’-]+"
)
ROLE = (
    r"(?:pharmacist|physician|doctor|dentist|nurse|veterinarian|teacher|priest|pastor|rabbi|imam|judge|"
    r"lawyer|midwife|surgeon|firefighter|police officer|barber|undertaker|survivor|astronaut|olympian|"
    r"(?:wo)?man|person|female|male|resident|student|family)"
)
SOMEWHERE = (
    r"(?:(?-i:[A-Z])[\w'’-]+|town|village|county|city|island|state|country|world|region|area|reservation|"
    r"crash|fire|accident|hospital|school|church)"
)
PRIZE = (
    r"(?:(?:nobel|pulitzer)(?: prize)? (?:laureate|winner)|"
    r"olympic (?:gold |silver |bronze )?(?:medal(?:l?ist)?|champion)|"
    r"(?:oscar|grammy|emmy|lottery|powerball|super bowl) (?:winner|champion)|world record holder|"
    r"miss (?:america|universe)|(?:nfl|nba|mlb|nhl) (?:player|star|quarterback)|"
    r"medal of honor recipient|former (?:president|first lady) of the)"
)
PRIZE_WORDS = (
    "nobel pulitzer olympic oscar grammy emmy lottery powerball super world miss nfl nba mlb nhl medal former"
)
# An examination of memory asks for them: `could name the governor of Ohio`.
ASKED = regex(
    r"(?i)\b(?:names?|named|naming|identif(?:y|ies|ied)|recall(?:s|ed)?|knows?|knew|state[sd]?|"
    r"who)\b[^.\n]{0,30}$"
)


def _is_not_asked(match: re.Match[str]) -> Certainty | None:
    return None if ASKED.search(before(match, 60)) else "plausible"


RULES = (
    rule(
        "public-office",
        "UNIQUE_CHARACTERISTIC",
        rf"\b(?i:(?:(?:the|our|its) )?(?:{WHICH} )?{OFFICE}) {OF_A_PLACE}",
        0.6,
        judge=_is_not_asked,
        words=(
            "mayor governor lieutenant senator congressman congresswoman congressperson representative "
            "sheriff "
            "chief ambassador bishop archbishop superintendent coach attorney laureate minister lady "
            "secretary "
            "judge justice ceo cfo executive chancellor principal alderman alderwoman councilman councilwoman"
        ),
    ),
    rule(
        "only-one",
        "UNIQUE_CHARACTERISTIC",
        (
            r"(?i)\bthe (?:only|sole|last|first|youngest|oldest|tallest|heaviest) (?:[a-z-]{3,20} ){0,2}"
            rf"{ROLE} (?:(?:ever|known|left|living) ){{0,2}}(?:in|of|from|at|on|to) "
            rf"(?:(?:the|this|that|our|her|his) )?{SOMEWHERE}"
        ),
        0.6,
        words="only sole last first youngest oldest tallest heaviest",
    ),
    rule("known-person", "UNIQUE_CHARACTERISTIC", rf"(?i)\b{PRIZE}", 0.6, words=PRIZE_WORDS),
)
