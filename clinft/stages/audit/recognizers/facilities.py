"""(B) Named sites that stand for their place: hospitals, clinics, homes, schools, pharmacies."""

import re

from clinft.stages.audit import tables
from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.name_forms import NOT_NAMES, WORD
from clinft.stages.audit.recognizers.place_forms import GENERIC, PLACES, any_of, first_words
from clinft.stages.audit.rule import Certainty, after, rule

KINDS = PLACES["facility_kinds"]
CLEAR_KIND, KIND_BY_WORD, LOWER_KIND = (any_of(KINDS[group]) for group in ("clear", "by_word", "lower"))
# A sentence, not a name: in titles and capitals these words are written like names.
STOPS = tables.words("places", "not_facility_names")
KNOWN, WORDS_TOO = any_of(PLACES["known_facilities"]), any_of(PLACES["word_facilities"])
STOP = rf"(?!(?i:{'|'.join(sorted(STOPS))})\b)"
OWN = rf"{STOP}(?:{WORD}|UMass|Tri-County|[A-Z]\.)(?:['’]s|['’](?=[ ]))?"
LINK = r"(?:[ ](?:of|and|&|de)[ ]|[ ]|-)"
SAINT = r"(?:(?:St\.?|Saint|Mt\.?|Mount|Ft\.?|Fort|Our Lady of|University of|ST\.|SAINT|MOUNT|MT\.)[ ])"
NAMED = rf"(?P<own>{SAINT}?{OWN}(?:{LINK}{OWN}){{0,3}})"
BY = (
    r"(?i:at|to|from|via|near|does|dispo|disposition|facility|hospital|site|loc|location|attends|attending|"
    r"after|goes to|student at|school|placement|leaves|records from|presented to|admitted to|"
    r"transferred (?:to|from))"
)

SCORED = regex(
    r"(?i)['’]?s?[ -](?:\w+[ -])?(?:scores?|criteria|scale|nomogram|classification|scissors|stand|index|risk|"
    r"stages?|instrument|method|grade|system|table|symptom|formula|burn|fluids?|resuscitation)\b|"
    r"[ :=]{1,3}\d{1,2}(?:\.\d)?[ ]?(?:l|ml|cc|lit(?:er|re)s?)\b"
)
PLACEHOLDER = regex(r"abc\w{0,2}|xyz\w?|x+|n/?a")


def _own_words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text.lower())


def _is_named(match: re.Match[str]) -> Certainty | None:
    """With a word of its own: `Mercy Ridge Hospital` and not `Outpatient Surgery Center`."""
    named = any(
        len(word) > 2 and not PLACEHOLDER.fullmatch(word) and word not in GENERIC and word not in NOT_NAMES
        for word in _own_words(match["own"])
    )
    acuity = match["value"].endswith(" VA") and re.match(r"[ ]?[:=]?[ ]?\d", after(match, 4))
    return None if acuity or not named else _is_known(match)


def _is_named_in_lower_case(match: re.Match[str]) -> Certainty | None:
    first = _own_words(match["own"])[0]
    return None if first in GENERIC or first in NOT_NAMES else _is_named(match)


def _is_known(match: re.Match[str]) -> Certainty | None:
    """`seen at Mayo Clinic` and not `Mayo Clinic score`, `Johns Hopkins nomogram`."""
    return None if SCORED.match(after(match, 30)) else "plausible"


RULES = (
    rule(
        "facility",
        "FACILITY",
        rf"(?<![\w-])(?P<value>{NAMED}[ ](?:{CLEAR_KIND}|{CLEAR_KIND.upper()}))(?![\w-])",
        0.75,
        judge=_is_named,
        words=first_words(KINDS["clear"]),
    ),
    rule(
        "facility-by-word",
        "FACILITY",
        rf"\b{BY}[ :=(\"]{{1,3}}(?P<value>{NAMED}[ ](?:{KIND_BY_WORD}|{KIND_BY_WORD.upper()}))(?![\w-])",
        0.65,
        judge=_is_named,
        words=first_words(KINDS["by_word"]),
    ),
    rule(
        "facility-of-saint",
        "FACILITY",
        (
            rf"(?<![\w-])(?P<value>(?:St\.?|Saint|Mount|Mt\.|ST\.?|SAINT|"
            rf"MOUNT)[ ]{WORD}(?:['’]s(?![ ](?i:wort|fire|dance|disease))|['’]s[ ](?:{KIND_BY_WORD})|"
            rf"[ ](?:{KIND_BY_WORD}|{KIND_BY_WORD.upper()})))"
            r"(?![\w-])"
        ),
        0.7,
        words="st saint mount mt",
    ),
    rule(
        "facility-lower",
        "FACILITY",
        (
            r"\b(?:at|to|from|via|resident of|does|dispo|after|attends|goes to|site|loc|facility)[ :=]{1,2}"
            rf"(?P<value>(?P<own>(?:st\.? )?{STOP}[^\W\d_]{{4,15}}(?:['’]s?[a-z]{{0,12}})?"
            rf"(?:[ -]{STOP}[a-z]{{3,15}}){{0,3}})[ ](?:{LOWER_KIND}))(?![\w-])"
        ),
        0.55,
        judge=_is_named_in_lower_case,
        words=first_words(KINDS["lower"]),
    ),
    rule(
        "facility-known",
        "FACILITY",
        rf"(?<![\w-])(?:{KNOWN}|{KNOWN.upper()})(?:['’]s)?(?![\w-])",
        0.7,
        judge=_is_known,
        words=first_words(PLACES["known_facilities"]),
    ),
    rule(
        "facility-known-by-word",
        "FACILITY",
        rf"(?i)\b(?:at|to|from|via|does|loc|site|of|is)[ :=]{{1,2}}(?P<value>{WORDS_TOO})(?![\w-])",
        0.65,
        judge=_is_known,
        words=first_words(PLACES["word_facilities"]),
    ),
    rule(
        "facility-saint",
        "FACILITY",
        rf"\b(?i:at|to|from|of|via|with)[ ](?P<value>(?:St\.?|Saint|Mount|Mt\.?|ST\.|SAINT|"
        rf"MOUNT)[ ]{WORD}(?:['’]s)?)",
        0.65,
        words="st saint mount mt",
    ),
    rule(
        "facility-university",
        "FACILITY",
        rf"\b(?P<value>(?:University|UNIVERSITY) (?:of|OF) {WORD}(?:[ ]{WORD}){{0,2}})",
        0.7,
        words="university",
    ),
)
