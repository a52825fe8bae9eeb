"""Full dates, times to the second, and stamps with a date: what charts are dense in."""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

# A year is found first and looked around, because most texts have none.
YEAR = re.compile(r"(?:19|2[012])\d\d")
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
BEFORE_YEAR = re.compile(
    rf"(?i)(?<![\w./-])(?:\d{{1,2}}(?P<gap>[-/.])\d{{1,2}}(?P=gap)|"
    rf"\d{{1,2}}(?:st|nd|rd|th)?[ -]{MONTH}[ ,-]{{1,2}}|{MONTH}[ ]\d{{1,2}}(?:st|nd|rd|th)?,?[ ])$"
)
AFTER_YEAR = re.compile(r"(?P<gap>[-/.])\d{1,2}(?P=gap)\d{1,2}(?!\d)")
LONGEST_BEFORE = 24
DAY = r"(?:0?[1-9]|[12]\d|3[01])"
# From the first stroke on, which is quicker to find than a digit.
SHORT_YEAR = re.compile(rf"/(?<=\d/)(?<!\d\d\d/){DAY}/\d\d(?![\d/])")
# Years that MIMIC moves its patients to.
SHIFTED = range(2100, 2216)
SECONDS = re.compile(r"\d\d:\d\d:(?!00)\d\d(?!\d)")
STAMPED = re.compile(
    r"(?i)(?:electronically|digitally)[ ](?:signed|authenticated|verified)|"
    r"\b(?:printed|dictated|transcribed|faxed)[ ](?:on|by)\b|\bD[DT]?:"
)
STAMP_REACH = 120
PAGE = re.compile(r"Page[ ]\d{1,4}[ ]of[ ]\d{1,4}\b")
# More dates than these say nothing new about one text, however long it is.
MOST_DATES = 500


@dataclass(frozen=True)
class Times:
    """`seen`: a bit of 64 for each date, so that different ones can be counted and none be read back."""

    different: int = 0
    seen: int = 0
    shifted: bool = False
    to_the_second: bool = False
    stamped: bool = False


NONE = Times()


def times_in(text: str) -> Times:
    found = list(islice(_dates(text), MOST_DATES))
    page = "Page " in text and PAGE.search(text) is not None
    if not found:
        return Times(stamped=True) if page else NONE
    texts = {text[start:end] for start, end, _ in found}
    seen = 0
    for date in texts:
        seen |= 1 << (zlib.crc32(date.encode()) & 63)
    return Times(
        different=len(texts),
        seen=seen,
        shifted=any(year in SHIFTED for _, _, year in found),
        to_the_second=SECONDS.search(text) is not None,
        stamped=page or any(_is_stamp(text, start) for start, _, _ in found),
    )


def _dates(text: str) -> Iterator[tuple[int, int, int]]:
    """Start, end and year; 0 for a year of two digits, which begins at its month's last digit."""
    short = SHORT_YEAR.finditer(text) if text.count("/") >= 2 else ()
    return chain(_with_full_year(text), ((match.start() - 1, match.end(), 0) for match in short))


def _with_full_year(text: str) -> Iterator[tuple[int, int, int]]:
    for match in YEAR.finditer(text):
        start, end = match.span()
        after = AFTER_YEAR.match(text, end)
        if after:
            yield start, after.end(), int(match[0])
        elif before := BEFORE_YEAR.search(text[max(0, start - LONGEST_BEFORE) : start]):
            yield start - len(before[0]), end, int(match[0])


def _is_stamp(text: str, date: int) -> bool:
    return STAMPED.search(text, max(0, date - STAMP_REACH), date) is not None
