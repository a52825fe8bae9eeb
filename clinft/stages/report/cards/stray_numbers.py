"""Numbers of a document that `facts.json` does not hold: there must be none. Offline, from the files alone.

A number is a run of letters and digits that starts with a digit, with its sign, separators and what is joined
to it by point, comma, colon or dash: 0.733, +0.350, 1,200, 2026-11-24, 164.514. Names such as F1 or ICD-10-CM
start with a letter and are none. Short digests count where facts.json holds a digest that starts like them.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator

from clinft.stages.report.markdown import ZERO_WIDTH_SPACE, sanitise

WORD = re.compile(
    r"(?:(?<![A-Za-z0-9])[+-])?[A-Za-z0-9_]+(?:,\d{3}(?!\d)|[.:@-][A-Za-z0-9_]+)*",
)
LIST_MARKER = re.compile(r"^\s*\d+\. ", re.MULTILINE)
ESCAPED = re.compile(r"\\([\\`*_{}\[\]#~!^+=.)-])")
SHORT_DIGEST = re.compile(r"[0-9a-f]{12}")


def stray_numbers(name: str, text: str, facts: str) -> tuple[str, ...]:
    """In order of appearance, each once. `name` tells how the text is read: .json, .xml or Markdown."""
    known, digests = _known(json.loads(facts))
    found = dict.fromkeys(_numbers_of(name, text))
    return tuple(
        number
        for number in found
        if number not in known
        and not (SHORT_DIGEST.fullmatch(number) and any(one.startswith(number) for one in digests))
    )


def _known(facts: object) -> tuple[frozenset[str], frozenset[str]]:
    """Texts also as documents show them: without hidden characters, and with escapes read."""
    found: set[str] = set()
    for text in _texts(facts, keys=True):
        found.update(_numbers(text), _numbers(_read(text)), _numbers(sanitise(text)))
    return frozenset(found), frozenset(one for one in found if re.fullmatch(r"[0-9a-f]{64}", one))


def _numbers_of(name: str, text: str) -> Iterable[str]:
    if name.endswith(".json"):
        return [number for leaf in _texts(json.loads(text), keys=False) for number in _numbers(leaf)]
    if name.endswith(".xml"):
        # Its declaration and the name of its schema are of the form; the text in it is Markdown.
        text = html.unescape(re.sub(r"<\?xml[^>]*\?>|</?AppliedModelCard[^>]*>", " ", text))
    else:
        text = LIST_MARKER.sub("", text)
    return _numbers(_read(text))


def _read(text: str) -> str:
    """Markdown as its reader sees it."""
    return ESCAPED.sub(r"\1", html.unescape(text)).replace(ZERO_WIDTH_SPACE, "")


def _numbers(text: str) -> list[str]:
    return [word for word in WORD.findall(text) if word.lstrip("+-")[0].isdigit()]


def _texts(value: object, *, keys: bool) -> Iterator[str]:
    """`keys`: also the names in an object; in a document of a fixed form these are the form's."""
    if isinstance(value, dict):
        for key, each in value.items():
            if keys:
                yield key
            yield from _texts(each, keys=keys)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, keys=keys)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from dict.fromkeys((json.dumps(value), f"{value:,}"))
