"""(C) Ages over 89. Age 89 may stay, 90 may not, and the pooled "90 or older" may."""

import re

from clinft.stages.audit.rule import Certainty, after, before, rule, value_of

# Whoever was born in 1936 turns 90 in 2026. The year moves on once a year; being late by one misses nobody
# who was over 89 when the table was last read.
NEWEST_BIRTH_YEAR = 1936
OLDEST_BIRTH_YEAR = 1890

AGE = r"(?:9\d|1[01]\d|120)"
SPELLED = r"(?:ninety|one hundred(?: and)?)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine|ten))?"


def _is_single_age(match: re.Match[str]) -> Certainty | None:
    """The pooled class of the rule itself: `90 or older`, `90+`, `over 90`, `>= 90`."""
    pooled_after = re.match(
        r"(?i)\s?(?:\+|(?:years? )?(?:of age )?(?:or|and) (?:older|over|above|more))", after(match, 32)
    )
    pooled_before = re.search(r"(?i)(?:over|above|>=?|≥|at least|older than)\s?$", before(match, 12))
    return None if pooled_after or pooled_before or "+" in value_of(match) else "plausible"


def _is_birth_year(match: re.Match[str]) -> Certainty | None:
    return "plausible" if OLDEST_BIRTH_YEAR <= int(value_of(match)) <= NEWEST_BIRTH_YEAR else None


RULES = (
    rule(
        "age-old",
        "AGE_OVER_89",
        rf"(?i)(?<![\w.-]){AGE}[ -]?(?:(?:years?|yrs?|yr\.|y)[ -]?old|years? of age|y[./]?o\b\.?)",
        0.9,
        judge=_is_single_age,
        digit=True,
    ),
    rule(
        "age-label",
        "AGE_OVER_89",
        (
            rf"(?i)\b(?:age|aged|age_years|turned|turning)[\"' ]{{0,2}}[:=]?[\"' ]{{0,3}}(?:is |of |at )?"
            rf"(?P<value>{AGE})(?![\d%/.]|\s?-)"
        ),
        0.85,
        judge=_is_single_age,
        words="age aged turned turning",
        digit=True,
    ),
    rule(
        "age-sex",
        "AGE_OVER_89",
        (
            rf"(?m)(?:^|\b(?:[Aa]n?|[Pp]t|[Pp]atient|is|[Tt]his)[ ])"
            rf"(?P<value>{AGE}[ ]?(?:[MF]|yo[MF]|y[MF]))(?=[ ,;.])"
        ),
        0.7,
        digit=True,
    ),
    rule(
        "age-spelled",
        "AGE_OVER_89",
        rf"(?i)\b{SPELLED}[ -]years?[ -](?:old|of age)",
        0.9,
        judge=_is_single_age,
        words="ninety hundred",
    ),
    rule(
        "age-decade",
        "AGE_OVER_89_VAGUE",
        r"(?i)\b(?:nonagenarian|centenarian|in (?:his|her|their) (?:early |mid |late )?(?:nineties|90s))\b",
        0.8,
    ),
    rule(
        "birth-year",
        "BIRTH_YEAR_OVER_89",
        (
            r"(?i)\b(?:born(?: in)?|birth[ _]?year|year[ _]of[ _]birth|yob)[\"' ]{0,2}[:=]?[\"' ]{0,3}"
            r"(?P<value>1[89]\d\d)(?![\d/-])"
        ),
        0.85,
        judge=_is_birth_year,
        words="born birth birthyear yob",
        digit=True,
    ),
)
