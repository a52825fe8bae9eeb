"""What a record's keys say: its text, its quasi-identifiers, and the record system it was exported from."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from operator import itemgetter

from pydantic import JsonValue

from clinft.stages.audit import tables

MOST_MEMBERS = 500
LONGEST_CATEGORY = 60
HEADER = re.compile(r"[\w\" .]{2,60}(?:[,;|\t][\w\" .]{2,60}){2,400}")
MONTHS_OLD = re.compile(r"(?i)months?|weeks?|days?|\bmo\b")
LEADING_NUMBER = re.compile(r"\s{0,9}(\d{1,3})(?![\d/])")
OLDEST = 90
# The first kind of the table.
AGE = 0


@dataclass(frozen=True)
class Meaning:
    """What a key says. `text`, `quasi`: rank, and for `quasi` the kind's place before it."""

    systems: tuple[tuple[str, bool], ...] = ()
    numbers: bool = False
    text: int | None = None
    quasi: tuple[int, int] | None = None


@cache
def kinds() -> tuple[str, ...]:
    return tuple(tables.table("authenticity")["quasi"])


@cache
def _meanings() -> dict[str, Meaning]:
    table = tables.table("authenticity")
    systems: dict[str, tuple[tuple[str, bool], ...]] = {}
    for system, row in table["systems"].items():
        for column in ("alone", "together"):
            for key in row[column].split():
                systems[key] = (*systems.get(key, ()), (system, column == "alone"))
    numbers = table["numbers"].split()
    texts = {key: rank for rank, key in enumerate(table["texts"].split())}
    quasi = {
        key: (place, rank)
        for place, words in enumerate(table["quasi"].values())
        for rank, key in enumerate(words.split())
    }
    return {
        key: Meaning(systems.get(key, ()), key in numbers, texts.get(key), quasi.get(key))
        for key in {*systems, *numbers, *texts, *quasi}
    }


@lru_cache(maxsize=1024)
def _meaning(key: str) -> Meaning | None:
    return _meanings().get(key.lower().replace(" ", "_"))


@dataclass(frozen=True)
class Fields:
    """`quasi`: kind's place → value, an age as its 5-year band."""

    text: str
    quasi: tuple[tuple[int, str], ...]
    exported: bool
    numbered: bool


@dataclass
class _Reading:
    systems: Counter[str] = field(default_factory=Counter)
    quasi: dict[int, tuple[int, str]] = field(default_factory=dict)
    numbered: bool = False
    text: tuple[int, str] | None = None
    longest: str = ""

    def take(self, meaning: Meaning, value: JsonValue) -> None:
        for system, alone in meaning.systems:
            self.systems[system] += 2 if alone else 1
        self.numbered = self.numbered or (meaning.numbers and _is_number(value))
        if meaning.text is not None and isinstance(value, str) and value:
            self.text = min(self.text or (meaning.text, value), (meaning.text, value), key=itemgetter(0))
        if meaning.quasi is not None:
            self._category(*meaning.quasi, value)

    def _category(self, place: int, rank: int, value: JsonValue) -> None:
        if place in self.quasi and self.quasi[place][0] <= rank:
            return
        category = _age_band(value) if place == AGE else _category(value)
        if category:
            self.quasi[place] = (rank, category)


def fields_of(value: Mapping[str, JsonValue]) -> Fields:
    reading = _Reading()
    for key, below in _members(value):
        if len(key) <= LONGEST_CATEGORY and (meaning := _meaning(key)):
            reading.take(meaning, below)
        if isinstance(below, str) and len(below) > len(reading.longest):
            reading.longest = below
    return Fields(
        text=_said(value) or (reading.text[1] if reading.text else reading.longest),
        quasi=tuple((place, category) for place, (_, category) in sorted(reading.quasi.items())),
        exported=any(points >= 2 for points in reading.systems.values()),
        numbered=reading.numbered,
    )


def is_export_header(line: str) -> bool:
    """A line of column names of a record system, in a text file."""
    if not HEADER.fullmatch(line):
        return False
    names = re.split(r"[,;|\t]", line.replace('"', ""))
    return fields_of(dict.fromkeys(names)).exported


def _members(value: Mapping[str, JsonValue]) -> Iterator[tuple[str, JsonValue]]:
    """Members of the record and of the objects in it, but not of lists: these hold many of one kind."""
    waiting = [value]
    members = 0
    for members_of in waiting:
        for key, below in members_of.items():
            members += 1
            if members > MOST_MEMBERS:
                return
            if isinstance(below, dict):
                waiting.append(below)
            yield key, below


def _said(value: Mapping[str, JsonValue]) -> str:
    """Of chat messages, the user's last one: the system's is the same in every record."""
    messages = value.get("messages")
    for message in reversed(messages) if isinstance(messages, list) else ():
        if isinstance(message, dict) and message.get("role") == "user":
            content = message.get("content")
            return content if isinstance(content, str) else ""
    return ""


def _is_number(value: JsonValue) -> bool:
    return sum(map(str.isdigit, str(value)[:40])) >= 5 if isinstance(value, (str, int)) else False


def _category(value: JsonValue) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    written = str(value).strip().casefold()
    return written if len(written) <= LONGEST_CATEGORY else ""


def _age_band(value: JsonValue) -> str:
    """`47`, `47.0`, `"47 years"` → `45`; a band that is written as one, such as `40-64`, as it is."""
    written = _category(value)
    number = LEADING_NUMBER.match(written)
    if number is None or re.match(r"\s?(?:-|to\b|\+)", written[number.end() :]):
        return written
    years = 0 if MONTHS_OLD.search(written) else int(number[1])
    return str(OLDEST if years >= OLDEST else years // 5 * 5)
