"""One setting of project.yaml changed in its text: every other byte stays, with comments, order and layout.

Where a value stands is told by the strict parser. What a text looks like after an edit is never trusted: the
caller parses it again and compares (applying). A layout that is not understood gives None, or such a
difference; the change is then left to people.
"""

import json
import re
from collections.abc import Sequence

from clinft.spec import yaml
from clinft.spec.text import Position
from clinft.spec.yaml import Document, Loc

Plain = int | float | str
Value = Plain | Sequence[str] | dict[str, Plain]

PLAIN_IN_FLOW = re.compile(r"[^\s,\]\}#][^,\]\}\n]*?(?=\s*(?:[,\]\}\n]|\s#|$))")
PLAIN_IN_BLOCK = re.compile(r"[^\n]*?(?=\s*(?:\s#[^\n]*)?(?:\n|$))")
DOUBLE, SINGLE = re.compile(r'"(?:[^"\\\n]|\\.)*"'), re.compile(r"'(?:[^'\n]|'')*'")
# Written without quotes; anything else is quoted as JSON does, which YAML reads alike.
BARE = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*")
# A new key comes after this one where a section has it: its value always stands on the same line.
BESIDE = "records"
SPECIAL = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def set_value(text: str, loc: Loc, value: Value) -> str | None:
    """The text with `value` at `loc`: scalars are replaced, lists appended to, mappings filled in."""
    document = yaml.parse(text, "project.yaml")
    if loc not in document.values:
        return _added(document, text, loc, value)
    if isinstance(value, dict):
        return _filled_in(text, loc, value)
    if isinstance(value, str | int | float):
        return _replaced(document, text, loc, value)
    return _appended(document, text, loc, value)


def written(value: Value) -> str:
    """On one line, as YAML reads it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(key)}: {written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, str):
        bare = BARE.fullmatch(value) and value.casefold() not in SPECIAL
        return value if bare else json.dumps(value, ensure_ascii=False)
    if isinstance(value, int | float):
        return f"{value:.8f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return "[" + ", ".join(map(written, value)) + "]"


def _filled_in(text: str, loc: Loc, value: dict[str, Plain]) -> str | None:
    found: str | None = text
    for key, one in value.items():
        if found is None:
            return None
        found = set_value(found, (*loc, key), one)
    return found


def _replaced(document: Document, text: str, loc: Loc, value: Plain) -> str | None:
    start = _offset(text, document.values[loc])
    end = _end(text, start)
    return None if end is None else text[:start] + written(value) + text[end:]


def _appended(document: Document, text: str, loc: Loc, items: Sequence[str]) -> str | None:
    there = [at for at in document.values if at[:-1] == loc and isinstance(at[-1], int)]
    if not there:
        # An empty list, on the line of its key.
        start = _offset(text, document.values[loc])
        line_end = text.find("\n", start)
        at = text.find("[]", start, len(text) if line_end < 0 else line_end)
        return None if at < 0 else text[:at] + written(items) + text[at + 2 :]
    start = _offset(text, max(document.values[at] for at in there))
    end = _end(text, start)
    if end is None:
        return None
    before = _line_before(text, start)
    if before.strip() == "-":
        return _after_line(text, end, [f"{before}{written(item)}" for item in items])
    return text[:end] + "".join(f", {written(item)}" for item in items) + text[end:]


def _added(document: Document, text: str, loc: Loc, value: Value) -> str | None:
    """A key that is not there yet, beside others of its section; the section too where it is absent."""
    section, entry = loc[:-1], f"{written(str(loc[-1]))}: {written(value)}"
    if section not in document.values:
        return f"{text.rstrip()}\n\n{written(str(section[0]))}:\n  {entry}\n" if len(section) == 1 else None
    keys = [at for at in document.keys if at[:-1] == section]
    if not keys:
        return None
    start = _offset(text, min(document.keys[at] for at in keys))
    before = _line_before(text, start)
    if before.strip():
        # In braces.
        return f"{text[:start]}{entry}, {text[start:]}"
    if (*section, BESIDE) in keys:
        return _after_line(text, _offset(text, document.keys[*section, BESIDE]), [f"{before}{entry}"])
    return f"{text[: start - len(before)]}{before}{entry}\n{text[start - len(before) :]}"


def _after_line(text: str, at: int, lines: Sequence[str]) -> str:
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    return text[:end] + "".join(f"\n{line}" for line in lines) + text[end:]


def _line_before(text: str, at: int) -> str:
    return text[text.rfind("\n", 0, at) + 1 : at]


def _offset(text: str, place: Position) -> int:
    """Lines and columns count from 1."""
    line, column = place
    at = 0
    for _ in range(line - 1):
        at = text.index("\n", at) + 1
    return at + column - 1


def _end(text: str, start: int) -> int | None:
    """Where the scalar that begins there ends; None: it is of a kind that is left to people."""
    if text[start] in "|>&*!":
        return None
    if text[start] in "\"'":
        found = (DOUBLE if text[start] == '"' else SINGLE).match(text, start)
        return None if found is None else found.end()
    plain = PLAIN_IN_FLOW if _in_braces(text, start) else PLAIN_IN_BLOCK
    found = plain.match(text, start)
    return None if found is None else found.end()


def _in_braces(text: str, start: int) -> bool:
    before = _line_before(text, start)
    return bool(re.search(r"[\[{][^\]}]*$", before))
