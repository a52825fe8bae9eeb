"""(A) Initials, where something says that they are a person's."""

import re

from clinft.stages.audit import tables
from clinft.stages.audit.patterns import regex
from clinft.stages.audit.rule import Certainty, after, rule, value_of

NOT_INITIALS = tables.words("names", "not_initials")
# What shows that two capitals behind `Pt` are a person's: a record's number, an age, a state.
PERSON_AFTER = regex(
    r"(?i)[ ,]{1,2}(?:[a-z]{0,3}-?\d{5,}|\d{1,3}[ ]?(?:yo|y/o|[mf])\b|mrn|dob|rest|resting|seen|sleeping|"
    r"reports?|moved|states|stated|says|denies|c/o|here)|[.,]"
)


def _is_initials(match: re.Match[str]) -> Certainty | None:
    letters = re.sub(r"[^A-Za-z]", "", value_of(match))
    return None if letters.lower() in NOT_INITIALS else "plausible"


def _is_dotted(match: re.Match[str]) -> Certainty | None:
    """`Pt S.I.` and not `pt p.o.`: capitals with dots behind a word for a person are nothing else."""
    return "plausible" if value_of(match).isupper() else _is_initials(match)


def _is_bare(match: re.Match[str]) -> Certainty | None:
    """`pt BS H123235911`, `Pt AD resting` and not `Pt NPO`, `pt HR 80`."""
    return _is_initials(match) if PERSON_AFTER.match(after(match, 16)) else None


RULES = (
    rule(
        "name-initials",
        "PERSON_INITIALS",
        (
            r"(?i:\b(?:patient|pt|initials|resident|client|infant|child)\b(?:['’]?s)?"
            r"(?: initials)?(?: are| is|,)?)[ :=]{1,3}(?P<value>[A-Za-z]\.[ ]?[A-Za-z]\.(?:[ ]?[A-Za-z]\.)?)"
        ),
        0.75,
        judge=_is_dotted,
        words="patient pt initials resident client infant child",
    ),
    rule(
        "name-initials-by-label",
        "PERSON_INITIALS",
        r"(?i:\binitials)[ :=]{1,3}(?:are |is )?(?P<value>[A-Za-z]{2,3})\b",
        0.75,
        judge=_is_initials,
        words="initials",
    ),
    rule(
        "name-initials-is-aged",
        "PERSON_INITIALS",
        (
            r"(?<![\w.])(?P<value>[A-Za-z]\.[ ]?[A-Za-z]\.(?:[ ]?[A-Za-z]\.)?)(?i:,? (?:is|was) an? )"
            r"(?=\d{1,3}(?i:[ -]?(?:yo|y/o|y\.o|yr|year)|[ ]?[mf]\b))"
        ),
        0.7,
        digit=True,
    ),
    rule(
        "name-initials-aged",
        "PERSON_INITIALS",
        (
            r"(?<![\w.])(?P<value>[A-Z]\.[ ]?[A-Z]\.(?:[ ]?[A-Z]\.)?|[A-Z]{2})(?:,[ ]|[ ])"
            r"(?=\d{1,3}(?:[ -]?(?i:yo|y/o|y\.o|yr|year)|[ ]?[MFmf]\b))"
        ),
        0.65,
        judge=_is_initials,
        digit=True,
    ),
    rule(
        "name-initials-in-commas",
        "PERSON_INITIALS",
        r"(?<![\w.])(?P<value>[A-Z]\.[ ]?[A-Z]\.(?:[ ]?[A-Z]\.)?),[ ](?=\d{1,3},)",
        0.6,
        judge=_is_initials,
        digit=True,
    ),
    rule(
        "name-initials-of-patient",
        "PERSON_INITIALS",
        r"\b(?:[Pp]t|PT|[Pp]atient)\.?[ ](?P<value>[A-Z]{2})\b",
        0.6,
        judge=_is_bare,
        words="pt patient",
    ),
    rule(
        "name-initials-bracketed",
        "PERSON_INITIALS",
        r"[A-Z][a-z]+,?[ ][A-Z][a-z]+[ ]\((?P<value>[A-Z]{2})\)[ ]?(?=rm\b|room\b|bed\b|\d{1,3}[MF]\b|,)",
        0.6,
        judge=_is_initials,
    ),
)
