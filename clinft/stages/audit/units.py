"""Texts to scan, one by one, out of JSON rows and plain lines."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# With at most three digits in a row: longer numbers identify, and no rule knows every key.
PLAIN_KEY = re.compile(r"(?!.*\d{4})[A-Za-z_][A-Za-z0-9_]{0,59}")
# Keys that alone say nothing about the value below them: `name` names drugs and tests as often as people.
SILENT_KEYS = frozenset((
    "id", "text", "target", "content", "role", "messages", "facts", "scenario", "style",
    "name", "value", "label", "code", "input", "output", "type",
))  # fmt: skip
LONGEST_CONTEXT = 60


@dataclass(frozen=True)
class TextUnit:
    """`row` counts from 1. `context` is what the JSON key says of the value: read, but no find lies in it.

    `settings`: the text describes the project and not a person.
    """

    file: str
    row: int
    field: str
    text: str
    context: str = ""
    settings: bool = False


class Members(list[tuple[str, object]]):
    """A JSON object as its pairs in order: a dict would drop the first of two equal keys."""


def line_unit(file: str, row: int, line: str, settings: bool = False) -> TextUnit:
    return TextUnit(file, row, "line", line, settings=settings)


def json_units(file: str, row: int, line: str, is_clean: Callable[[str], bool]) -> Iterator[TextUnit]:
    """Every string, number and key of one JSON line; the raw line where it is no JSON.

    A key for which `is_clean` is false appears in `field` as `#n`, its position from 1: it would
    otherwise carry an identifier into the report.
    """
    try:
        value = json.loads(
            line, object_pairs_hook=Members, parse_int=str, parse_float=str, parse_constant=str
        )
    except (ValueError, RecursionError):
        yield line_unit(file, row, line)
        return
    # A stack of our own: nesting must not exhaust Python's.
    waiting: list[tuple[str, str, object]] = [("", "", value)]
    while waiting:
        field, context, value = waiting.pop()
        if isinstance(value, str):
            yield TextUnit(file, row, field or "line", value, context)
        elif isinstance(value, Members):
            named = [
                (_joined(field, _shown(key, position, is_clean)), key, below)
                for position, (key, below) in enumerate(value, start=1)
            ]
            yield from (TextUnit(file, row, f"{name} (key)", key) for name, key, _ in named)
            waiting.extend((name, _context(key, context), below) for name, key, below in reversed(named))
        elif isinstance(value, list):
            items = [(f"{field}[{index}]", context, below) for index, below in enumerate(value)]
            waiting.extend(reversed(items))


def _shown(key: str, position: int, is_clean: Callable[[str], bool]) -> str:
    return key if PLAIN_KEY.fullmatch(key) and is_clean(key) else f"#{position}"


def _joined(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name


def _context(key: str, above: str) -> str:
    """`patient_name`, `patientName` and `name` below `patient` → `patient name: `: the label of the value."""
    if len(key) > LONGEST_CONTEXT:
        return ""
    label = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", key).replace("_", " ").lower() + ": "
    if key.lower() not in SILENT_KEYS:
        return label
    return above.removesuffix(": ") + " " + label if above and len(above) < LONGEST_CONTEXT else ""
