"""Texts that make a careless pattern try everything: made out of the pattern itself."""

import re
from collections.abc import Iterator
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

LETTERS = "aZ5 _-./@\n\u00e9~"


class Recipe(NamedTuple):
    """`unit` again and again, between a beginning and an end."""

    head: str
    unit: str
    tail: str = ""

    def text(self, length: int) -> str:
        run = self.unit * (length // len(self.unit) + 1)
        return (self.head + run)[: length - len(self.tail)] + self.tail


def hostile(pattern: re.Pattern[str]) -> Iterator[Recipe]:
    """Runs of what the pattern repeats, alone and behind its beginnings, and many near misses in a row."""
    items = list(_parser.parse(pattern.pattern, pattern.flags))
    whole = "".join(_least(items, {}))
    beginnings = ["".join(_least(items[:count], {})) for count in (1, len(items) // 2)]
    near = whole[:-1] or whole
    for unit in _unique([whole, near, *_repeated(items), *LETTERS]):
        for beginning in _unique([*beginnings, near]):
            yield Recipe(beginning, unit)
            yield Recipe("", beginning * 40 + unit * 5)
        yield Recipe("", unit)
        yield Recipe("", unit, near)


def _unique(units: list[str]) -> list[str]:
    return [unit for unit in dict.fromkeys(units) if unit]


def _repeated(items: Any) -> Iterator[str]:
    """One pass through the body of every repetition, and through two that follow each other."""
    before = ""
    for code, value in items:
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            body = "".join(_least(value[2], {}))
            yield from (body, before + body, body + "\n")
            before = body
            yield from _repeated(value[2])
        for inner in _inside(code, value):
            yield from _repeated(inner)


def _inside(code: Any, value: Any) -> list[Any]:
    if code is op.SUBPATTERN:
        return [value[3]]
    if code is op.BRANCH:
        return list(value[1])
    return [value[1]] if code in (op.ASSERT, op.ASSERT_NOT) else []


def _least(items: Any, groups: dict[int, Any]) -> Iterator[str]:
    """A short text that the pattern matches, but for what assertions ask."""
    for code, value in items:
        if code in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN):
            yield _one_of(code, value)
        elif code is op.SUBPATTERN:
            groups[value[0]] = "".join(_least(value[3], groups))
            yield groups[value[0]]
        elif code is op.BRANCH:
            yield from _least(value[1][0], groups)
        elif code is op.GROUPREF:
            yield groups.get(value, "")
        elif code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            yield "".join(_least(value[2], groups)) * value[0]


def _one_of(code: Any, value: Any) -> str:
    if code is op.LITERAL:
        return chr(value)
    if code is op.IN and value[0][0] is op.LITERAL:
        return chr(value[0][1])
    if code is op.IN and value[0][0] is op.RANGE:
        return chr(value[0][1][0])
    if code is op.IN and value[0] == (op.CATEGORY, op.CATEGORY_DIGIT):
        return "5"
    if code is op.IN and value[0] == (op.CATEGORY, op.CATEGORY_SPACE):
        return " "
    return "a"
