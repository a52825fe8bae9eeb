"""Numbers with their units in a text, so that `five milligrams` and `5 mg` are the same quantity."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

WORDS = (
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
# `one` is an article as often as a number, so it counts only where a unit of time follows.
SPELLED = {"one": "1", **{word: str(number) for number, word in enumerate(WORDS, start=2)}}
SPELLED |= {"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80"}
UNITS: dict[str, str] = {
    spelling: unit
    for unit, spellings in {
        "year": "year years yr yrs y yo y/o year-old years-old -year-old",
        "month": "month months mo mos",
        "week": "week weeks wk wks",
        "day": "day days d",
        "hour": "hour hours hr hrs h",
        "minute": "minute minutes min mins",
        "mg": "mg milligram milligrams",
        "mcg": "mcg µg ug microgram micrograms",
        "g": "g gram grams",
        "kg": "kg kilogram kilograms",
        "ml": "ml milliliter milliliters millilitre millilitres",
        "unit": "unit units iu",
        "mmhg": "mmhg",
        "/min": "/min bpm breaths/min beats/min beats breaths per-minute",
        "c": "c °c celsius",
        "f": "°f fahrenheit",
        "%": "% percent",
        "mmol/l": "mmol/l",
        "mg/dl": "mg/dl",
        "g/dl": "g/dl",
        "ng/ml": "ng/ml",
        "pg/ml": "pg/ml",
        "u/l": "u/l",
        "mg/l": "mg/l",
        "ng/l": "ng/l",
        "meq/l": "meq/l",
        "g/l": "g/l",
        "µmol/l": "µmol/l umol/l",
        "cm": "cm centimeter centimeters",
        "mm": "mm millimeter millimeters",
        "puff": "puff puffs",
        "tablet": "tablet tablets tab tabs",
        "drop": "drop drops",
    }.items()
    for spelling in spellings.split()
}
OLDEST = 89
TIME = {"year", "month", "week", "day", "hour", "minute"}
_SPELLINGS = "|".join(re.escape(one) for one in sorted(UNITS, key=len, reverse=True))
_UNIT = rf"(?:[ \u00a0-]{{0,2}}(?P<unit>{_SPELLINGS})(?![\w/%°·*]))?"
_DIGITS = re.compile(rf"(?<![\w.,/-])(?P<number>\d+(?:,\d{{3}})*(?:\.\d+)?)(?!\d){_UNIT}", re.IGNORECASE)
# After a slash, a range's dash or a word's hyphen, in front of letters that are no unit: 120/80, 3-4, 4AT.
_AFTER_SIGN = re.compile(rf"(?<=[/-])(?P<number>\d+(?:\.\d+)?)(?!\d){_UNIT}", re.IGNORECASE)
_SPELLED = re.compile(rf"(?<!\w)(?P<number>{'|'.join(SPELLED)})(?!\w){_UNIT}", re.IGNORECASE)


class Quantity(NamedTuple):
    """`value` without trailing zeros; `unit` None where none is written."""

    value: str
    unit: str | None
    start: int
    end: int


def quantities(text: str) -> Iterator[Quantity]:
    for pattern in (_DIGITS, _AFTER_SIGN):
        for match in pattern.finditer(text):
            found = _quantity(match, match["number"].replace(",", ""))
            # `73F` is an age and a sex, `98.6 F` and `101 F` are temperatures.
            if (found.unit is None and Decimal(found.value) > OLDEST) or "." in match["number"]:
                found = _fahrenheit(found, text)
            yield found
    for match in _SPELLED.finditer(text):
        found = _quantity(match, SPELLED[match["number"].lower()])
        if found.value != "1" or found.unit in TIME:
            yield found


def _fahrenheit(found: Quantity, text: str) -> Quantity:
    named = found.unit is None and re.match(r" ?F(?!\w)", text[found.end :])
    return found._replace(unit="f") if named else found


def _quantity(match: re.Match[str], number: str) -> Quantity:
    unit = match["unit"]
    value = plain(number)
    return Quantity(value, None if unit is None else UNITS[unit.lower()], match.start(), match.end())


def plain(number: str) -> str:
    """`5.0` and `05` are `5`."""
    return f"{Decimal(number).normalize():f}"
