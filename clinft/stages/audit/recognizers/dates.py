"""(C) Elements of dates finer than a year."""

import re
from datetime import date

from clinft.stages.audit.rule import Certainty, Rule, after, before

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
FULL_MONTHS = "january february march april may june july august september october november december".split()
MONTH_WORDS = frozenset((*MONTHS, *FULL_MONTHS, "sept"))
# `May` and `March` are words too, so months are written with a capital or all in capitals.
MONTH = (
    r"(?P<month>(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?|JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|"
    r"AUG(?:UST)?|SEPT?(?:EMBER)?|OCT(?:OBER)?|NOV(?:EMBER)?|DEC(?:EMBER)?)\b)\.?"
)
ANY_MONTH = f"(?i:{'|'.join(FULL_MONTHS)}|{'|'.join(MONTHS)})"
DAY = r"(?:0?[1-9]|[12]\d|3[01])"
YEAR = r"(?:1[89]|20)\d\d"
NUMERIC = rf"(?:{DAY}[/.-]{DAY}[/.-](?:{YEAR}|\d\d)|{YEAR}[/.-]?(?:0[1-9]|1[0-2])[/.-]?{DAY})"
WRITTEN = rf"(?:{ANY_MONTH}\.?[ ]{DAY}(?:st|nd|rd|th)?,?[ ]{YEAR}|{DAY}(?:st|nd|rd|th)?[ -]{ANY_MONTH}\.?[ -](?:{YEAR}|\d\d))"
EVENT = (
    "on since dated date seen visit admitted admission discharged discharge until from by surgery procedure collected "
    "drawn scheduled appointment performed started onset last next lmp given due expired died"
)
MEASURED = re.compile(
    r"(?i)^\s?(?:strength|power|tab|pill|dose|pain|%|mg|mcg|ml|mmhg|cup|pack|ppd|of\b|scale|[x×])"
)


def _is_calendar_day(match: re.Match[str]) -> Certainty | None:
    """Month and day in either order make a day of the calendar."""
    first, second = int(match["first"]), int(match["second"])
    return "plausible" if _exists(first, second) or _exists(second, first) else None


def _exists(month: int, day: int) -> bool:
    try:
        date(2000, month, day)  # a leap year, so that 29 February passes
    except ValueError:
        return False
    return True


def _is_month_and_day(match: re.Match[str]) -> Certainty | None:
    """`on 3/14` and not `3/5 strength` or `1/2 tablet`."""
    return None if MEASURED.match(after(match, 12)) else _is_calendar_day(match)


def _is_day_of_month(match: re.Match[str]) -> Certainty | None:
    """`May 5` and not `may 5 mg`, `Mar 5` and not `MAR 5 mg`."""
    return None if re.match(r"(?i)\s?(?:mg|mcg|ml|g|units?|tab|%|/\d)\b", after(match, 8)) else "plausible"


def _is_month_year(match: re.Match[str]) -> Certainty | None:
    return None if re.search(r"\d[/.-]?$", before(match, 2)) else "plausible"


RULES = (
    Rule(
        "date-of-birth",
        "DATE_OF_BIRTH",
        re.compile(
            rf"(?i:\b(?:d\.?o\.?b\b\.?|(?:date[ _]of[ _])?birth(?:day|[ _]?date)?|born))[\"'*| ]{{0,3}}[:=|]?"
            rf"[\"'*| ]{{0,4}}(?i:is |on |date )?(?P<value>{NUMERIC}|{WRITTEN})(?!\d)"
        ),
        0.95,
        words=frozenset(("dob", "birth", "birthday", "birthdate", "born", "b")),
        digit=True,
    ),
    Rule(
        "date-numeric",
        "DATE",
        re.compile(
            rf"(?<![\w/.-])(?P<first>{DAY})(?P<gap>[/.-])(?P<second>{DAY})(?P=gap)(?:{YEAR})(?![\d/]|[.-]\d)"
        ),
        0.85,
        _is_calendar_day,
        digit=True,
    ),
    Rule(
        "date-short-year",
        "DATE",
        re.compile(rf"(?<![\w/.-])(?P<first>{DAY})(?P<gap>[/-])(?P<second>{DAY})(?P=gap)\d\d(?![\d/%]|[.-]\d)"),
        0.7,
        _is_month_and_day,
        digit=True,
    ),
    Rule(
        "date-iso",
        "DATE",
        re.compile(
            rf"(?<![\w/.-]){YEAR}(?P<gap>[/.-])(?P<first>0?[1-9]|1[0-2])(?P=gap)(?P<second>{DAY})(?!\d|[/.-]\d)"
            r"(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?"
        ),
        0.85,
        _is_calendar_day,
        digit=True,
    ),
    Rule(
        "date-compact",
        "DATE",
        re.compile(
            r"(?i)\b(?:date|dated|dob|born|admit(?:ted)?|discharged?|collected|drawn)[\w]{0,12}[\"' ]{0,2}[:=]?[\"' ]{0,3}"
            rf"(?P<value>{YEAR}(?P<first>0[1-9]|1[0-2])(?P<second>0[1-9]|[12]\d|3[01])(?:\d{{4}}|\d{{6}})?)(?!\d)"
        ),
        0.8,
        _is_calendar_day,
        digit=True,
    ),
    Rule(
        "date-month-day",
        "DATE",
        re.compile(
            rf"(?<![\w-]){MONTH}[ ]{{1,2}}{DAY}(?:st|nd|rd|th)?(?![\w/%]|[.:-]\d)(?:,?[ ](?:of[ ])?(?:{YEAR}|['’]\d\d))?"
        ),
        0.85,
        _is_day_of_month,
        MONTH_WORDS,
        digit=True,
    ),
    Rule(
        "date-day-month",
        "DATE",
        re.compile(rf"(?<![\w./-]){DAY}(?:st|nd|rd|th)?(?:[ ]of)?[ -]{{1,2}}{MONTH}(?:[ ,-]{{1,2}}(?:{YEAR}|['’]?\d\d\b))?"),
        0.85,
        words=MONTH_WORDS,
        digit=True,
    ),
    Rule("date-month-year", "DATE", re.compile(rf"(?<![\w-]){MONTH},?[ -](?:of[ ])?(?:{YEAR}|['’]\d\d)(?!\d)"), 0.85,
         words=MONTH_WORDS, digit=True),
    Rule("date-month-slash-year", "DATE", re.compile(rf"(?<![\w/.-])(?:0?[1-9]|1[0-2])[/-]{YEAR}(?![\d/-])"), 0.8,
         _is_month_year, digit=True),
    Rule("date-year-month", "DATE", re.compile(rf"(?<![\w/.-]){YEAR}-(?:0[1-9]|1[0-2])(?![\w-])"), 0.6, digit=True,
         symbol="-"),
    Rule(
        "date-event",
        "DATE",
        re.compile(
            rf"(?i)\b(?:{EVENT.replace(' ', '|')})\b[ :,]{{1,3}}(?P<value>(?P<first>{DAY})/(?P<second>{DAY}))(?![\d/%])"
        ),
        0.6,
        _is_month_and_day,
        frozenset(EVENT.split()),
        digit=True,
        symbol="/",
    ),
    Rule("weekday", "MONTH_OR_WEEKDAY",
         re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"), 0.5,
         words=frozenset("monday tuesday wednesday thursday friday saturday sunday".split())),
    Rule(
        "month",
        "MONTH_OR_WEEKDAY",
        re.compile(rf"\b(?i:in|since|last|this|during|early|late|mid|by|until|next)[ -](?P<value>{MONTH})(?![ ]?\d)"),
        0.5,
        words=MONTH_WORDS,
    ),
)  # fmt: skip
