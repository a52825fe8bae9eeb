"""(C) Dates with the month in words: March 14th, 2024; 14MAR24; the fifth of March; Mar. '21."""

import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.date_forms import (
    ANY_MONTH,
    CLOCK,
    DAY,
    MONTH,
    MONTH_WORDS,
    ORDINAL,
    SHORT_MONTHS,
    TO,
    YEAR,
    is_measured,
)
from clinft.stages.audit.rule import Certainty, after, before, rule

ONES = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth"
SPELLED_DAY = (
    rf"(?i:(?:twenty|thirty)[- ](?:{ONES})|{ONES}|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|"
    r"sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)"
)
COUNT = r"(?:one|two|three|four|five|six|seven|eight|nine)"
TEENS = r"(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)"
TENS = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
SPELLED_YEAR = (
    rf"(?i:two thousand(?:[ ](?:and[ ])?(?:{TENS}(?:[- ]{COUNT})?|{TEENS}|{COUNT}))?|"
    rf"(?:nineteen|twenty)[- ](?:{TENS}(?:[- ]{COUNT})?|{TEENS}|(?:oh|o)[- ]{COUNT}))"
)
SPELLED_NUMBER = rf"(?i:(?:twenty|thirty)(?:[- ]{COUNT})?|{TEENS}|{COUNT})"
CAPITALS = rf"(?:MAY|{'|'.join(month.upper() for month in SHORT_MONTHS)})"
TITLES = rf"(?:May|{'|'.join(month.title() for month in SHORT_MONTHS)})"
# When something was published or approved says nothing about a person.
PUBLISHED = regex(
    r"(?i)(?:\b(?:cdc|fda|ema|acip|uspstf|idsa|mmwr|nejm|jama|lancet|cochrane|guidelines?|guidance|edition|"
    r"recommendations?)(?: (?:update|report|statement))?[,:(]{0,2} {1,2}(?:of |in |from )?\(?|"
    r"\bfirst (?:described|published|approved|introduced|licensed|marketed|isolated) (?:in )?|"
    r"\b(?:aids|hiv|sars|zika|mpox|covid(?:-19)?|virus|disease|syndrome|outbreak|epidemic|pandemic) "
    r"(?:was |were )?first (?:reported|recogni[sz]ed|identified|detected) (?:in )?)$"
)
OF_YEAR = rf"(?:,?[ ]{{0,2}}(?:(?i:of|in)[ ])?(?:{YEAR}(?!\d)|['’]\d\d(?!\d)))"
# `14 May be`, `Grade 2 May also`: the verb, at the start of nothing.
VERB_AFTER = regex(r"[ ](?:be|have|also|not|need|cause|require|benefit|show|use|take|lead|result)\b")
CUE_BEFORE = (
    r"(?i:\b(?:on|since|by|until|till|from|before|after|dated?|dob|born|lmp|edd|due|seen|admitted|"
    r"discharged|scheduled|visit|clinic|surgery|expired|died|fell|drawn|performed|started|appointment|appt|"
    r"through|thru|to|between|and|around|of|for|last|next|is|was)\b[ :,(]{1,3}|d/c[ ])"
)


def _is_day_of_month(match: re.Match[str]) -> Certainty | None:
    """`May 5` and not `MAR 5 mg`."""
    return None if is_measured(match) else "plausible"


def _is_day_by_word(match: re.Match[str]) -> Certainty | None:
    return None if is_measured(match) or VERB_AFTER.match(after(match, 10)) else "plausible"


def _is_day_and_month(match: re.Match[str]) -> Certainty | None:
    return None if VERB_AFTER.match(after(match, 10)) else "plausible"


def _is_month_of_year(match: re.Match[str]) -> Certainty | None:
    """With its day before it, another rule has found it whole."""
    dated = re.search(r"\d[ /.-]?$", before(match, 2)) or PUBLISHED.search(before(match, 48))
    return None if dated else "plausible"


RULES = (
    rule(
        "date-month-day",
        "DATE",
        (
            rf"(?<!\w){MONTH}\.?[ ]{{1,2}}(?:(?i:the)[ ])?{DAY}{ORDINAL}?(?![\w%]|[.:]\d|/\d\d\d)"
            rf"(?:[ ]?{TO}[ ]?(?:{ANY_MONTH}\.?[ ])?{DAY}{ORDINAL}?(?![\w%]|[.:]\d))?{OF_YEAR}?"
        ),
        0.85,
        judge=_is_day_of_month,
        words=MONTH_WORDS,
        digit=True,
    ),
    rule(
        "date-month-day-year",
        "DATE",
        rf"(?<!\w){ANY_MONTH}\.?,?[ ]{{1,2}}(?:(?i:the)[ ])?{DAY}(?:{ORDINAL}{OF_YEAR}?|{OF_YEAR})(?!\w)",
        0.85,
        words=MONTH_WORDS,
        digit=True,
    ),
    rule(
        "date-month-day-by-word",
        "DATE",
        (
            rf"{CUE_BEFORE}(?P<value>(?i:march|may|mar)\.?[ ]{DAY}(?![\w%/]|[.:-]\d)|"
            rf"{DAY}[ ](?i:march|may|mar)\b)"
        ),
        0.7,
        judge=_is_day_by_word,
        words="march may mar",
        digit=True,
    ),
    rule(
        "date-day-month",
        "DATE",
        (
            rf"(?<![\w./-])(?:(?i:the[ ])?{DAY}{ORDINAL}?[ ]?{TO}[ ]?)?"
            rf"(?:(?i:the[ ])?{DAY}{ORDINAL}(?:[ ](?i:of))?|{DAY})[ -]{{1,2}}"
            rf"{MONTH}\b\.?(?:[ ,-]{{1,2}}(?:{YEAR}(?!\d)|['’]?\d\d\b))?"
        ),
        0.85,
        judge=_is_day_and_month,
        words=MONTH_WORDS,
        digit=True,
    ),
    rule(
        "date-day-month-year",
        "DATE",
        (
            rf"(?<![\w./-])(?:(?i:the[ ])?{DAY}{ORDINAL}(?:[ ](?i:of))?[ -]{{1,2}}{ANY_MONTH}\b|"
            rf"{DAY}[ -]{{1,2}}{ANY_MONTH}\.?,?[ -]{{1,2}}(?:{YEAR}|['’]\d\d)(?!\d))"
            rf"(?:,?[ ]{{1,2}}{YEAR}(?!\d))?"
        ),
        0.85,
        words=MONTH_WORDS,
        digit=True,
    ),
    rule(
        "date-joined",
        "DATE",
        (
            rf"(?<![A-Za-z0-9])(?:{DAY}(?P<gap>[./-]?){ANY_MONTH}(?P=gap)['’]?(?:{YEAR}|\d\d)|"
            rf"{ANY_MONTH}(?P<sign>[./-]){DAY}(?P=sign)(?:{YEAR}|\d\d)|"
            rf"{YEAR}(?P<mark>[ ./-]?){ANY_MONTH}(?P=mark){DAY}|"
            rf"\d\d(?:{CAPITALS}|{TITLES})(?![A-Za-z0-9]))"
            rf"(?!\d|[./-]\d)(?:[T: ]{CLOCK}(?!\d))?"
        ),
        0.85,
        words=MONTH_WORDS,
        digit=True,
    ),
    rule(
        "date-time-group",
        "DATE",
        rf"(?<![A-Za-z0-9])\d{{6}}[A-Z][ ]?{CAPITALS}[ ]?\d\d(?:\d\d)?\b",
        0.85,
        digit=True,
    ),
    rule(
        "date-month-year",
        "DATE",
        (
            rf"(?<!\w)(?:{ANY_MONTH}\.?[ ]?{TO}[ ]?)?{ANY_MONTH}\b\.?,?"
            rf"(?:[ ]?[-/ ][ ]?(?:(?i:of)[ ])?)(?:{YEAR}|['’]\d\d)(?!\d)|"
            rf"(?<!\w){ANY_MONTH}(?:['’]\d\d|[-/.](?:2\d|1\d|0[1-9])|{YEAR})(?![\w/.-])"
        ),
        0.85,
        judge=_is_month_of_year,
        words=MONTH_WORDS,
        digit=True,
    ),
    rule(
        "date-spelled",
        "DATE",
        (
            rf"(?<!\w)(?:{MONTH}[ ](?:(?i:the)[ ])?{SPELLED_DAY}\b(?:,?[ ](?:{SPELLED_YEAR}|{YEAR})\b)?|"
            rf"{SPELLED_DAY}[ ](?:of[ ])?{MONTH}\b(?:,?[ ](?:{SPELLED_YEAR}|{YEAR})\b)?|"
            rf"{ANY_MONTH}[ ](?:{SPELLED_NUMBER},?[ ])?(?:of[ ]|in[ ])?{SPELLED_YEAR}\b)"
        ),
        0.8,
        words=MONTH_WORDS,
    ),
)
