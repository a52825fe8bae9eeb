"""(A) Names of relatives, friends and members of the household, beside the word for what they are."""

import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.name_forms import (
    EPONYM_AFTER,
    GIVEN,
    LOWER_WORD,
    NAME,
    WORD_GIVEN,
    is_known,
    is_no_person,
    is_person,
    parts_of,
)
from clinft.stages.audit.rule import Certainty, after, rule, value_of

RELATIONS = [
    "mother",
    "father",
    "mom",
    "dad",
    "mum",
    "mommy",
    "daddy",
    "wife",
    "husband",
    "spouse",
    "partner",
    "fiance",
    "fiancee",
    "daughter",
    "son",
    "sister",
    "brother",
    "aunt",
    "uncle",
    "niece",
    "nephew",
    "cousin",
    "grandmother",
    "grandfather",
    "grandma",
    "grandpa",
    "granddaughter",
    "grandson",
    "grandchild",
    "stepmother",
    "stepfather",
    "stepson",
    "stepdaughter",
    "stepsister",
    "stepbrother",
    "guardian",
    "roommate",
    "neighbor",
    "neighbour",
    "boyfriend",
    "girlfriend",
    "caregiver",
    "twin",
    "friend",
    "kid",
    "child",
    "baby",
    "infant",
    "widow",
    "widower",
    "ex-husband",
    "ex-wife",
    "mother-in-law",
    "father-in-law",
    "daughter-in-law",
    "son-in-law",
    "brother-in-law",
    "sister-in-law",
]
RELATION = rf"(?i:(?<![\w-])(?:{'|'.join(sorted(RELATIONS, key=len, reverse=True))}))"
RELATION_WORDS = frozenset(relation.split("-")[0] for relation in RELATIONS)
# These begin the names of tests, products and places too.
UNSURE = regex(r"(?i)(?:child|baby|kid|infant|friend|twin|mother)\b")
MODAL = regex(r"(?i)[ ](?:not|be|have|need|cause|also|help)\b")


def _is_relative(match: re.Match[str]) -> Certainty | None:
    """`Her husband Robert` and not `Mother With Diabetes` in a title, nor `FATHER HAD CAD`."""
    value = value_of(match)
    parts = parts_of(value)
    alone = len(parts) == 1 and parts[0] in WORD_GIVEN and not value.isupper()
    if (
        (is_no_person(parts) and not alone)
        or MODAL.match(after(match, 8))
        or EPONYM_AFTER.match(after(match, 44))
    ):
        return None
    known = any(map(is_known, parts)) or parts[0] in WORD_GIVEN
    return "plausible" if known or not (value.isupper() or UNSURE.match(match.group())) else None


def _is_relative_in_lower_case(match: re.Match[str]) -> Certainty | None:
    return "plausible" if parts_of(value_of(match))[0] in GIVEN else None


RULES = (
    rule(
        "name-relation",
        "PERSON",
        rf"{RELATION}(?:['’]s name is|,? (?:is )?named| is|:)?,?[ ]\(?(?P<value>{NAME})",
        0.85,
        judge=_is_relative,
        words=RELATION_WORDS,
    ),
    rule(
        "name-relation-lower",
        "PERSON",
        rf"{RELATION}(?:['’]s name is|,? named)?,?[ ]\(?(?P<value>{LOWER_WORD}(?:[ ]{LOWER_WORD})?)(?!\w)",
        0.75,
        judge=_is_relative_in_lower_case,
        words=RELATION_WORDS,
    ),
    rule(
        "name-before-relation",
        "PERSON",
        rf"(?<!\w)(?P<value>{NAME}),?[ ]\((?:(?:his|her|their|the|pt['’]?s|patient['’]?s)[ ])?{RELATION}",
        0.8,
        judge=is_person,
        words=RELATION_WORDS,
    ),
    rule(
        "name-whose-relation",
        "PERSON",
        rf"(?<!\w)(?P<value>{NAME})['’]s?[ ](?!(?i:baby|child)){RELATION}\b",
        0.75,
        judge=is_person,
        words=RELATION_WORDS,
    ),
)
