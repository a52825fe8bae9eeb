"""(C) The parts that written dates are made of, and what their neighbours say about them."""

import re
from datetime import date

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.rule import after, before

FULL_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
SHORT_MONTHS = ("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec")
MONTH_WORDS = frozenset((*FULL_MONTHS, *SHORT_MONTHS))
ANY_MONTH = rf"(?i:{'|'.join((*FULL_MONTHS, *SHORT_MONTHS))})"
# `may`, `march` and `mar` (the medication record) are words too: without a year they need a capital.
WORD_MONTHS = ("march", "may", "mar")
CLEAR_MONTHS = tuple(month for month in (*FULL_MONTHS, *SHORT_MONTHS) if month not in WORD_MONTHS)
MONTH = (
    rf"(?:(?i:{'|'.join(CLEAR_MONTHS)})|"
    rf"{'|'.join(spelling for month in WORD_MONTHS for spelling in (month.title(), month.upper()))})"
)

DAY = r"(?:0?[1-9]|[12]\d|3[01])"
MONTH_NUMBER = r"(?:0?[1-9]|1[0-2])"
YEAR = r"(?:1[89]|20)\d\d"
ORDINAL = r"(?:[ ]?(?i:st|nd|rd|th)\b)"
TO = r"(?i:-|to|through|thru|till|until|and|&|or|/|,)"
CLOCK = r"\d\d:?\d\d(?::?\d\d(?:[.,]\d{1,9})?)?(?:[ ]?(?:Z|[+-]\d\d:?\d\d))?"
TIME = (
    r"(?:,?[ ]{1,2}(?:at )?(?:[01]?\d|2[0-3]):?[0-5]\d(?::[0-5]\d)?(?:[ ]?[AaPp]\.?[Mm]\b)?(?![\d/:-]|\.\d))"
)
WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tues?|weds?|thurs?|thu|fri|sat|sun)"

UNIT = regex(
    r"(?i)[ -]?(?:mg|mcg|ug|g|kg|ml|cc(?!:)|l|lpm|mm|cm|iu|units?|puffs?|drops?|gtts?|tab(?:let)?s?|pills?|"
    r"cap(?:sule)?s?|vials?|cups?|packs?|ppd|inch(?:es)?|ft|feet|lbs?|oz|miles?|times|x|×|mmhg|mmol|meq|"
    r"cells|copies|strength|power|motor|pain|murmur|systolic|diastolic|points?|ns|normal saline|saline|of|"
    r"ago)(?![^\W_])|[ ]?%"
)
# Behind three numbers, fewer words are units: `died 06-26-21 of`, `given 01-14-26 L deltoid`.
UNIT_OF_RANGE = regex(r"(?i)[ ]?(?:%|mg|mcg|ml|mm|cm|units?|weeks?|wks?|fr|french|gauge|tabs?)(?![^\W_])")
# In a release, a section or an enzyme number the parts are counted, not days.
NUMBERED = regex(
    r"(?i)(?:\bv|\bversions?|\bver\.?|release|\brev(?:ision)?|sections?|chapters?|figures?|\bfig\.|tables?|"
    r"guidelines?|\boid|\bec|\bicd\S{0,6}|codes?|ratio|tit(?:er|re)s?|dilutions?|sizes?|lot)[ :#(]{0,3}$"
)


def exists(month: int, day: int) -> bool:
    try:
        date(2000, month, day)  # a leap year, so that 29 February passes
    except ValueError:
        return False
    return True


def is_calendar_day(match: re.Match[str]) -> bool:
    """The groups `first` and `second` are month and day, in either order."""
    first, second = int(match["first"]), int(match["second"])
    return exists(first, second) or exists(second, first)


def is_measured(match: re.Match[str]) -> bool:
    return UNIT.match(after(match, 16)) is not None


def is_numbered(match: re.Match[str]) -> bool:
    return NUMBERED.search(before(match, 20)) is not None
