"""Texts to scan, one by one, out of JSON rows and plain lines."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from clinft.stages.audit.naming import PlainKey, spoken
from clinft.stages.audit.patterns import regex
from clinft.stages.audit.views import grids, siblings
from clinft.stages.audit.views.roles import Role, roles_of
from clinft.stages.audit.views.siblings import Joined, Segment

PLAIN_KEY = PlainKey()
# Keys that alone say nothing about the value below them: `name` names drugs and tests as often as people.
SILENT_KEYS = frozenset((
    "id", "text", "target", "content", "role", "messages", "facts", "scenario", "style",
    "name", "value", "label", "code", "input", "output", "type",
))  # fmt: skip
LONGEST_KEY = 60
# More numbers than these in a list, a text of some of them each: an embedding may have thousands.
FEW_NUMBERS = 24
# A row of a table that pandas wrote by columns.
INDEX = regex(r"\d{1,60}: ")
NUMBER = regex(r"[-+]?\d{1,12}(?:\.\d{1,20})?(?:[eE][-+]?\d{1,3})?")


class TextUnit(NamedTuple):
    """`row` counts from 1. `context` is what the JSON key says of the value: read, but no find lies in it.

    `settings`: the text describes the project and not a person. `segments`: values beside each other as
    one text; most of them were texts of their own before.
    """

    file: str
    row: int
    field: str
    text: str
    context: str = ""
    settings: bool = False
    segments: tuple[Segment, ...] = ()

    def located(self, start: int, end: int) -> tuple[tuple[str, int, int], ...]:
        """Field, start and end in it of every value that a find touches."""
        if not self.segments:
            return ((self.field, start, end),)
        return tuple(
            (segment.field, max(start, segment.start) - segment.start, min(end, segment.end) - segment.start)
            for segment in self.segments
            if start < segment.end and segment.start < end
        )


class Members(list[tuple[str, object]]):
    """A JSON object as its pairs in order: a dict would drop the first of two equal keys."""


class Key(NamedTuple):
    """`plain`: it may be shown, if no rule finds anything in it. `silent`: `label` needs the key above."""

    plain: bool
    label: str
    silent: bool
    roles: tuple[Role, ...]


# Numbers as they are written: a record number may begin with zeros or be longer than any integer.
DECODER = json.JSONDecoder(object_pairs_hook=Members, parse_int=str, parse_float=str, parse_constant=str)
# Field, context, value; the last comes first.
Waiting = list[tuple[str, str, object]]


def line_unit(file: str, row: int, line: str, settings: bool = False) -> TextUnit:
    return TextUnit(file, row, "line", line, settings=settings)


def json_units(file: str, row: int, line: str, is_clean: Callable[[str], bool]) -> Iterator[TextUnit]:
    """Every string, number and key of one JSON line; the raw line where it is no JSON.

    A key for which `is_clean` is false appears in `field` as `#n`, its position from 1: it would
    otherwise carry an identifier into the report. The others are no texts of their own. Values that
    make sense only together follow as one text more.
    """
    try:
        value = DECODER.decode(line)
    except (ValueError, RecursionError):
        return iter((line_unit(file, row, line),))
    return _units(file, row, value, is_clean)


def _units(file: str, row: int, value: object, is_clean: Callable[[str], bool]) -> Iterator[TextUnit]:
    # A stack of our own: nesting must not exhaust Python's.
    waiting: Waiting = [("", "", value)]
    while waiting:
        field, context, value = waiting.pop()
        if isinstance(value, str):
            yield TextUnit(file, row, field or "line", value, context)
        elif isinstance(value, Members):
            hidden: list[tuple[str, str]] = []
            waiting.extend(_of_members(field, context, value, is_clean, hidden))
            for name, key in hidden:
                yield TextUnit(file, row, f"{name} (key)", spoken(key))
        elif isinstance(value, list):
            waiting.extend(_of_list(field, context, value))
        elif isinstance(value, Joined):
            yield TextUnit(
                file, row, value.segments[0].field, value.text, value.context, False, value.segments
            )


def _of_members(
    field: str, above: str, members: Members, is_clean: Callable[[str], bool], hidden: list[tuple[str, str]]
) -> Waiting:
    """What is below an object. `hidden` gets the keys that may not be shown, and their places."""
    below: Waiting = []
    parts: list[tuple[Role, str, object]] = []
    for position, (name, member) in enumerate(members, start=1):
        key = _key(name) if len(name) <= LONGEST_KEY else LONG
        shown = key.plain and is_clean(name)
        place = name if shown else f"#{position}"
        if field:
            place = f"{field}.{place}"
        if not shown:
            hidden.append((place, name))
        below.append((place, _below(above, key.label) if key.silent else key.label, member))
        for role in key.roles:
            parts.append((role, place, member))
    if len(parts) > 1:
        below.extend(_together(siblings.of_members(parts, above.removesuffix(": "))))
    if not grids.HEADS.isdisjoint(name for name, _ in members):
        below.extend(_together(grids.of_members(members, field)))
    below.reverse()
    return below


def _of_list(field: str, context: str, items: list[object]) -> Waiting:
    below: Waiting
    if len(items) > FEW_NUMBERS and all(isinstance(item, str) and NUMBER.fullmatch(item) for item in items):
        below = _together(siblings.of_numbers(field, items, context))
    else:
        below = [(f"{field}[{index}]", context, item) for index, item in enumerate(items)]
        if len(items) > 1:
            below.extend(_together(siblings.of_list(field, items, context.removesuffix(": "))))
            below.extend(_together(grids.of_rows(field, items)))
    below.reverse()
    return below


def _together(joined: Iterable[Joined]) -> Waiting:
    return [("", "", one) for one in joined]


@lru_cache(maxsize=4096)
def _key(name: str) -> Key:
    """`patient_name`, `patientName` → `patient name: `: the label of the value."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").lower()
    plain = PLAIN_KEY.fullmatch(name)
    return Key(plain, f"{words}: ", name.lower() in SILENT_KEYS or name.isdecimal(), roles_of(name))


LONG = Key(plain=False, label="", silent=False, roles=())


def _below(above: str, label: str) -> str:
    """`name` below `patient` → `patient name: `; a row's index below a column's name adds nothing to it."""
    if INDEX.fullmatch(label):
        return above
    return f"{above.removesuffix(': ')} {label}" if above and len(above) < LONGEST_KEY else ""
