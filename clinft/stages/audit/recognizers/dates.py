"""(C) Elements of dates finer than a year."""

import re
from datetime import date

from clinft.stages.audit.rule import Certainty, after, before, rule

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FULL_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
MONTH_WORDS = frozenset((*MONTHS, *FULL_MONTHS, "sept"))
# `May` and `March` are words too, so months are written with a capital or all in capitals.
MONTH = (
    r"(?P<month>(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?|"
    r"JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?|"
    r"SEPT?(?:EMBER)?|OCT(?:OBER)?|NOV(?:EMBER)?|DEC(?:EMBER)?)\b)\.?"
)
ANY_MONTH = f"(?i:{'|'.join(FULL_MONTHS)}|{'|'.join(MONTHS)})"
DAY = r"(?:0?[1-9]|[12]\d|3[01])"
YEAR = r"(?:1[89]|20)\d\d"
NUMERIC = rf"(?:{DAY}[/.-]{DAY}[/.-](?:{YEAR}|\d\d)|{YEAR}[/.-]?(?:0[1-9]|1[0-2])[/.-]?{DAY})"
ORDINAL = r"(?:st|nd|rd|th)?"
WRITTEN = (
    rf"(?:{ANY_MONTH}\.?[ ]{DAY}{ORDINAL},?[ ]{YEAR}|"
    rf"{DAY}{ORDINAL}[ -]{ANY_MONTH}\.?[ -](?:{YEAR}|\d\d))"
)
EVENT = (
    "on since dated date seen visit admitted admission discharged discharge until from by surgery procedure "
    "collected drawn scheduled appointment performed started onset last next lmp given due expired died"
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
    rule(
        "date-of-birth",
        "DATE_OF_BIRTH",
        (
            rf"(?i:\b(?:d\.?o\.?b\b\.?|(?:date[ _]of[ _])?birth(?:day|[ _]?date)?|born))[\"'*| ]{{0,3}}[:=|]?"
            rf"[\"'*| ]{{0,4}}(?i:is |on |date )?(?P<value>{NUMERIC}|{WRITTEN})(?!\d)"
        ),
        0.95,
        words="dob birth birthday birthdate born b",
        digit=True,
    ),
    rule(
        "date-numeric",
        "DATE",
        rf"(?<![\w/.-])(?P<first>{DAY})(?P<gap>[/.-])(?P<second>{DAY})(?P=gap)(?:{YEAR})(?![\d/]|[.-]\d)",
        0.85,
        judge=_is_calendar_day,
        digit=True,
    ),
    rule(
        "date-short-year",
        "DATE",
        rf"(?<![\w/.-])(?P<first>{DAY})(?P<gap>[/-])(?P<second>{DAY})(?P=gap)\d\d(?![\d/%]|[.-]\d)",
        0.7,
        judge=_is_month_and_day,
        digit=True,
    ),
    rule(
        "date-iso",
        "DATE",
        (
            rf"(?<![\w/.-]){YEAR}(?P<gap>[/.-])(?P<first>0?[1-9]|1[0-2])(?P=gap)(?P<second>{DAY})"
            r"(?!\d|[/.-]\d)"
            r"(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?"
        ),
        0.85,
        judge=_is_calendar_day,
        digit=True,
    ),
    rule(
        "date-compact",
        "DATE",
        (
            r"(?i)\b(?:date|dated|dob|born|admit(?:ted)?|discharged?|collected|drawn)"
            r"[\w]{0,12}[\"' ]{0,2}[:=]?[\"' ]{0,3}"
            rf"(?P<value>{YEAR}(?P<first>0[1-9]|1[0-2])(?P<second>0[1-9]|[12]\d|3[01])"
            r"(?:\d{4}|\d{6})?)(?!\d)"
        ),
        0.8,
        judge=_is_calendar_day,
        digit=True,
    ),
    rule(
        "date-month-day",
        "DATE",
        (
            rf"(?<![\w-]){MONTH}[ ]{{1,2}}{DAY}{ORDINAL}(?![\w/%]|[.:-]\d)"
            rf"(?:,?[ ](?:of[ ])?(?:{YEAR}|['’]\d\d))?"
        ),
        0.85,
        judge=_is_day_of_month,
        words=MONTH_WORDS,
        digit=True,
    ),
    rule(
        "date-day-month",
        "DATE",
        (
            rf"(?<![\w./-]){DAY}{ORDINAL}(?:[ ]of)?[ -]{{1,2}}{MONTH}"
            rf"(?:[ ,-]{{1,2}}(?:{YEAR}|['’]?\d\d\b))?"
        ),
        0.85,
        words=MONTH_WORDS,
        digit=True,
    ),
    rule(
        "date-joined",
        "DATE",
        (
            rf"(?<![A-Za-z0-9])(?:{DAY}(?P<gap>[./-]?){ANY_MONTH}(?P=gap)(?:{YEAR}|\d\d)|"
            rf"{ANY_MONTH}(?P<sign>[./-]){DAY}(?P=sign)(?:{YEAR}|\d\d))(?!\d|[./-]\d)"
        ),
        0.85,
        words=MONTH_WORDS,
        digit=True,
    ),
    rule(
        "date-month-year",
        "DATE",
        rf"(?<![\w-]){MONTH},?[ -](?:of[ ])?(?:{YEAR}|['’]\d\d)(?!\d)",
        0.85,
        words=MONTH_WORDS,
        digit=True,
    ),
    rule(
        "date-month-slash-year",
        "DATE",
        rf"(?<![\w/.-])(?:0?[1-9]|1[0-2])[/-]{YEAR}(?![\d/-])",
        0.8,
        judge=_is_month_year,
        digit=True,
    ),
    rule(
        "date-year-month",
        "DATE",
        rf"(?<![\w/.-]){YEAR}-(?:0[1-9]|1[0-2])(?![\w-])",
        0.6,
        digit=True,
        symbol="-",
    ),
    rule(
        "date-event",
        "DATE",
        (
            rf"(?i)\b(?:{EVENT.replace(' ', '|')})\b[ :,]{{1,3}}"
            rf"(?P<value>(?P<first>{DAY})/(?P<second>{DAY}))(?![\d/%])"
        ),
        0.6,
        judge=_is_month_and_day,
        words=EVENT,
        digit=True,
        symbol="/",
    ),
    rule(
        "weekday",
        "MONTH_OR_WEEKDAY",
        r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b",
        0.5,
        words="monday tuesday wednesday thursday friday saturday sunday",
    ),
    rule(
        "month",
        "MONTH_OR_WEEKDAY",
        rf"\b(?i:in|since|last|this|during|early|late|mid|by|until|next)[ -](?P<value>{MONTH})(?![ ]?\d)",
        0.5,
        words=MONTH_WORDS,
    ),
)
