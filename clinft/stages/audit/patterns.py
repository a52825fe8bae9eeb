"""Patterns that match exactly what `re.compile` of them matches, in less time: compiled when first needed,
and with the alternatives of a long list sorted into a tree by what they begin with. `re` tries a list of
four hundred towns one by one at every word; of a tree it tries twenty-six letters.
"""

import re
from functools import cached_property
from re import _compiler, _parser  # type: ignore[attr-defined]  # see loosen.py
from re import _constants as op  # type: ignore[attr-defined]  # see loosen.py
from typing import Any, cast

REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)


class _Later:
    """A pattern in all that is asked of one here. What is asked once is an attribute from then on."""

    def __init__(self, source: str) -> None:
        self.pattern = source

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return compiled(self.pattern)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        asked = getattr(self._compiled, name)
        setattr(self, name, asked)
        return asked


def regex(source: str) -> re.Pattern[str]:
    """Compiled at its first use: of all the patterns, few texts need many."""
    return cast("re.Pattern[str]", _Later(source))


def compiled(source: str) -> re.Pattern[str]:
    """Its attribute `pattern` is None."""
    tree = _parser.parse(source)
    _factor(tree, bool(tree.state.flags & re.IGNORECASE))
    pattern: re.Pattern[str] = _compiler.compile(tree)
    return pattern


def _factor(sequence: Any, caseless: bool) -> Any:
    sequence.data = [_item(code, value, sequence.state, caseless) for code, value in sequence.data]
    return sequence


def _item(code: Any, value: Any, state: Any, caseless: bool) -> tuple[Any, Any]:
    if code is op.BRANCH:
        return _branch(value[1], state, caseless)
    if code is op.SUBPATTERN:
        _, added, removed, body = value
        _factor(body, bool((caseless or added & re.IGNORECASE) and not removed & re.IGNORECASE))
    elif code in REPEATS:
        _factor(value[2], caseless)
    elif code in (op.ASSERT, op.ASSERT_NOT) and value[0] > 0:
        _factor(value[1], caseless)
    elif code is op.ATOMIC_GROUP:
        _factor(value, caseless)
    return code, value


def _branch(branches: list[Any], state: Any, caseless: bool) -> tuple[Any, Any]:
    """Tried in the same order: only such change places as never match at the same place."""
    joined: list[Any] = []
    alike: dict[int, list[Any]] = {}  # branches since the last that does not begin with a character
    for branch in branches:
        first = _first(branch, caseless)
        if first is None:
            joined.extend(_together(alike, state, caseless))
            alike = {}
            joined.append(_factor(branch, caseless))
        else:
            alike.setdefault(first, []).append(branch)
    joined.extend(_together(alike, state, caseless))
    if len(joined) == 1:
        return op.SUBPATTERN, (None, 0, 0, joined[0])
    return op.BRANCH, (None, joined)


def _together(alike: dict[int, list[Any]], state: Any, caseless: bool) -> list[Any]:
    return [_under_one(branches, state, caseless) for branches in alike.values()]


def _under_one(branches: list[Any], state: Any, caseless: bool) -> Any:
    """One branch: the character that all of these begin with, and then what differs."""
    if len(branches) == 1:
        return _factor(branches[0], caseless)
    rests = [_parser.SubPattern(state, branch.data[1:]) for branch in branches]
    return _parser.SubPattern(state, [branches[0].data[0], _branch(rests, state, caseless)])


def _first(branch: Any, caseless: bool) -> int | None:
    """The character that it begins with, if that is one; beyond ASCII, case has too many exceptions."""
    if not branch.data or branch.data[0][0] is not op.LITERAL:
        return None
    character: int = branch.data[0][1]
    if not caseless:
        return character
    return ord(chr(character).lower()) if character < 128 else None
