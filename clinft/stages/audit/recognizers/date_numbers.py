"""(C) Dates in digits that hold a year: 3/14/2024, 14.03.24, 2024-03-14T08:15, 20240314081500, 4/2019."""

import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.date_forms import (
    CLOCK,
    DAY,
    MONTH_NUMBER,
    TIME,
    UNIT_OF_RANGE,
    YEAR,
    exists,
    is_calendar_day,
    is_numbered,
)
from clinft.stages.audit.rule import Certainty, after, before, rule, value_of

LABEL = (
    r"(?i:\b(?:date|dated|dates|dob|dos|doa|dod|born|birth|admit(?:ted)?|admission|discharged?|collected|"
    r"drawn|seen|visit|visited|on|since|from|until|to|performed|scheduled|signed)(?![^\W_]))"
)
# A code, a count or the number of a thing, not a day without separators.
CODE = regex(
    r"(?i)(?:snomed|sctid|concept|rxnorm|rxcui|loinc|ndc|umls|cui|pmid|pmc|nct|isbn|code|codes|seed|lot|"
    r"version|build|grant|mrn|id|record|account|number|no|nr)[\w ]{0,8}[\"'(:=#. |/-]{0,5}$"
)
ROUND_COUNT = regex(
    r"(?i)[ -]?(?:%|[a-z]{0,3}g|ml|iu|units?|cells|copies|patients?|people|times|dilutions?|tit(?:er|re)s?|"
    r"solution)(?![^\W_])"
)
# Language models carry the day of their snapshot in their names: `gpt-4.1-mini-2025-04-14`.
MODEL = regex(
    r"(?i)(?<![a-z0-9])(?:gpt|chatgpt|o[1-9]|claude|gemini|davinci|babbage|codex|text-embedding|whisper|tts)"
    r"(?:-[a-z0-9.]{1,12}){0,4}-$"
)
# A name, a number or another date stands before it: `Roe/3/14/1961/4482917`.
JOINED = r"(?<=[A-Za-z]/)|(?<=\d{4}/)"
BEHIND_NUMBER = r"(?<=\d{4}/)(?<!19\d\d/)(?<!20\d\d/)"
LIKELY_YEAR = r"(?:19[2-9]\d|20[0-4]\d)"


def _is_day(match: re.Match[str]) -> Certainty | None:
    return None if is_numbered(match) or not is_calendar_day(match) else "plausible"


def _is_iso(match: re.Match[str]) -> Certainty | None:
    return None if MODEL.search(before(match, 48)) else _is_day(match)


def _is_short(match: re.Match[str]) -> Certainty | None:
    """`3/14/24` and not `10-12-14 mg`."""
    return None if UNIT_OF_RANGE.match(after(match, 10)) else _is_day(match)


def _is_dotted_short(match: re.Match[str]) -> Certainty | None:
    """`14.03.24` and `3.12.24`; a month before its day has two digits: `03.14.24`."""
    first, second = match["first"], match["second"]
    valid = exists(int(second), int(first)) or (len(first) > 1 and exists(int(first), int(second)))
    counted = UNIT_OF_RANGE.match(after(match, 10)) or is_numbered(match)
    return "plausible" if valid and not counted else None


def _is_compact(match: re.Match[str]) -> Certainty | None:
    valid = exists(int(match["first"]), int(match["second"]))
    counted = CODE.search(before(match, 24)) or ROUND_COUNT.match(after(match, 12))
    return "plausible" if valid and not counted else None


def _is_labelled_compact(match: re.Match[str]) -> Certainty | None:
    """`DOB 03141952`, `DOB 031452`, `DOB 14031952`, `date 240314`."""
    digits = value_of(match)
    pairs = [int(digits[start : start + 2]) for start in range(0, len(digits), 2)]
    return (
        "plausible" if any(exists(*pair) or exists(*pair[::-1]) for pair in (pairs[:2], pairs[-2:])) else None
    )


def _is_month_and_year(match: re.Match[str]) -> Certainty | None:
    """`CABG 4/2019` and not `1/2000 dilution` or `5-2000 units`."""
    counted = ROUND_COUNT.match(after(match, 12)) or is_numbered(match)
    return None if counted else "plausible"


def _is_year_and_month(match: re.Match[str]) -> Certainty | None:
    """`2019-04`; `2003-04` can be two years, so it needs a word for a date before it."""
    may_be_years = int(match["month"]) > int(match["year"]) % 100 and match["gap"] == "-"
    if may_be_years and not re.search(rf"{LABEL}[\"' :=]{{0,4}}$", before(match, 16)):
        return None
    return None if ROUND_COUNT.match(after(match, 12)) or is_numbered(match) else "plausible"


def _is_epoch(match: re.Match[str]) -> Certainty | None:
    """Between 2001 and 2038."""
    return "plausible" if 10**9 <= int(value_of(match)[:10]) < 2**31 else None


RULES = (
    rule(
        "date-numeric",
        "DATE",
        (
            rf"(?<!\d)(?:(?<!/)|{JOINED})(?P<first>{DAY})[ ]?/[ ]?(?P<second>{DAY})[ ]?/[ ]?['’]?{YEAR}"
            rf"(?!\d|/\d(?!\d{{3}}|\d?/\d)){TIME}?"
        ),
        0.85,
        judge=_is_day,
        digit=True,
    ),
    rule(
        "date-dotted",
        "DATE",
        rf"(?<![\d./])(?P<first>{DAY})\.[ ]?(?P<second>{DAY})\.[ ]?{YEAR}(?!\d|\.\d){TIME}?",
        0.85,
        judge=_is_day,
        digit=True,
    ),
    rule(
        "date-dashed",
        "DATE",
        rf"(?:(?<![\d/.])(?<!\d-)|{JOINED})(?P<first>{DAY})[ ]?-[ ]?(?P<second>{DAY})[ ]?-[ ]?{YEAR}"
        rf"(?:-{DAY}-{DAY}-{YEAR})?(?!\d|-\d{{3}}){TIME}?",
        0.85,
        judge=_is_day,
        digit=True,
    ),
    rule(
        "date-short-year",
        "DATE",
        (
            rf"(?:(?<![A-Za-z0-9/])(?<!\d\.)|{BEHIND_NUMBER})"
            rf"(?P<first>{DAY})[ ]?/[ ]?(?P<second>{DAY})[ ]?/[ ]?"
            rf"['’]?\d\d(?![\d/%]|\.\d){TIME}?"
        ),
        0.7,
        judge=_is_short,
        digit=True,
    ),
    rule(
        "date-dashed-short-year",
        "DATE",
        (
            rf"(?:(?<![\w/.-])|{BEHIND_NUMBER})(?P<first>{DAY})-(?P<second>{DAY})-['’]?\d\d"
            r"(?![\w/%]|[.-]\d)"
        ),
        0.7,
        judge=_is_short,
        digit=True,
    ),
    rule(
        "date-dotted-short-year",
        "DATE",
        r"(?<![\w./-])(?P<first>[0-3]?\d)\.(?P<second>[0-3]\d)\.\d\d(?![\w%]|[./-]\d)",
        0.7,
        judge=_is_dotted_short,
        digit=True,
    ),
    rule(
        "date-iso",
        "DATE",
        (
            rf"(?<!\d)(?<!\d[/.-]){YEAR}(?P<gap>[/.-])(?P<first>{MONTH_NUMBER})(?P=gap)(?P<second>{DAY})"
            rf"(?!\d|[/.]\d)(?:[T ]{{1,2}}{CLOCK}(?!\d))?"
        ),
        0.85,
        judge=_is_iso,
        digit=True,
    ),
    rule(
        "date-iso-week",
        "DATE",
        rf"(?<![\w-]){YEAR}-?W(?:0[1-9]|[1-4]\d|5[0-3])(?:-?[1-7])?(?![\w-])",
        0.8,
        digit=True,
        symbol="W",
    ),
    rule(
        "date-compact",
        "DATE",
        (
            r"(?<![\w.+-])(?P<value>(?:19|20)\d\d(?P<first>0[1-9]|1[0-2])(?P<second>0[1-9]|[12]\d|3[01])"
            r"(?:T?(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d(?:\.\d{1,6})?)?(?:Z|[+-]\d{4})?)?)(?![\w%]|[.-]\d)"
        ),
        0.65,
        judge=_is_compact,
        digit=True,
    ),
    rule(
        "date-compact-joined",
        "DATE",
        r"(?<=[A-Za-z]/)(?P<first>0[1-9]|1[0-2])(?P<second>0[1-9]|[12]\d|3[01])(?:19|20)\d\d(?=/\d)",
        0.75,
        judge=_is_day,
        digit=True,
        symbol="/",
    ),
    rule(
        "date-compact-by-label",
        "DATE",
        rf"{LABEL}[\w]{{0,12}}[\"' ]{{0,2}}[:=#]?[\"' ]{{0,3}}(?P<value>\d{{8}}|\d{{6}})(?![\w%/]|[.-]\d)",
        0.75,
        judge=_is_labelled_compact,
        digit=True,
    ),
    rule(
        "date-spaced",
        "DATE",
        (
            rf"{LABEL}[\"' ]{{0,2}}[:=]?[\"' ]{{0,3}}"
            rf"(?P<value>(?P<first>{DAY})[ ](?P<second>{DAY})[ ]{YEAR})(?!\d)"
        ),
        0.75,
        judge=_is_day,
        digit=True,
    ),
    rule(
        "date-month-and-year",
        "DATE",
        rf"(?<![\w/.-])(?:{MONTH_NUMBER}/|(?:0[1-9]|1[0-2])[-.])['’]?{LIKELY_YEAR}(?![\d/]|[.-]\d)",
        0.8,
        judge=_is_month_and_year,
        digit=True,
    ),
    rule(
        "date-year-and-month",
        "DATE",
        rf"(?<![\w/.-])(?P<year>{LIKELY_YEAR})(?P<gap>[-/])(?P<month>0[1-9]|1[0-2])(?![\w/-]|\.\d)",
        0.6,
        judge=_is_year_and_month,
        digit=True,
    ),
    rule(
        "date-roman-month",
        "DATE",
        (
            rf"(?<![\w./-]){DAY}(?P<gap>[./-])[ ]?(?:I{{1,3}}|I?V|VI{{1,3}}|I?X|XI{{1,2}})"
            rf"(?P=gap)[ ]?{YEAR}(?!\d)"
        ),
        0.75,
        digit=True,
    ),
    rule(
        "date-epoch",
        "DATE",
        (
            r"(?i)(?:epoch|unix(?:[ _]?time)?|timestamp|[a-z][_ ](?:at|ts|time)|\bts)"
            r"[\"' ]{0,2}[:=]?[\"' ]{0,3}(?:is )?"
            r"(?P<value>[12]\d{9}(?:\d{3}){0,2})(?!\d)"
        ),
        0.8,
        judge=_is_epoch,
        digit=True,
    ),
)
