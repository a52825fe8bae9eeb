"""One JSON row with some of its texts replaced: every other character stays as it was written."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from clinft.stages.audit.units import DECODER, PLAIN_KEY, Members

# Keys and scalars, in the order of the row. The row is known to be JSON.
TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[^\s"{}\[\],:]++')
# Behind the field of a key. No other field ends like this.
KEY = " (key)"
SURROGATE = re.compile("[\ud800-\udfff]")


class Leaf(NamedTuple):
    """A key or scalar and its place in the row. `field`: what the audit calls it."""

    text: str
    start: int
    end: int
    field: str

    @property
    def is_key(self) -> bool:
        return self.field.endswith(KEY)


class JsonRow:
    """`leaves`: every key, string and number, in the order of the row."""

    def __init__(self, line: str, is_clean: Callable[[str], bool], *, literals: bool = False) -> None:
        """Raises ValueError or RecursionError where the line is no JSON.

        `literals`: `null`, `true` and `false` are leaves, too.
        """
        parsed = DECODER.decode(line)
        tokens = TOKEN.finditer(line)
        self.line = line
        self.leaves = [
            Leaf(text if isinstance(text, str) else token[0], *token.span(), name)
            for (name, text), token in zip(_in_order(parsed, is_clean), tokens, strict=True)
            if literals or isinstance(text, str)
        ]

    def with_texts(self, texts: Sequence[str]) -> str:
        """A number that is no longer one becomes a string."""
        kept, end = [], 0
        for leaf, text in zip(self.leaves, texts, strict=True):
            if text != leaf.text:
                kept += [self.line[end : leaf.start], self._quoted(text)]
                end = leaf.end
        return "".join([*kept, self.line[end:]])

    def _quoted(self, text: str) -> str:
        return json.dumps(text, ensure_ascii=self.line.isascii() or SURROGATE.search(text) is not None)


def _in_order(parsed: Any, is_clean: Callable[[str], bool]) -> Iterator[tuple[str, object]]:
    """Field and value of each key and scalar. A stack of our own: nesting must not exhaust Python's."""
    waiting: list[Iterator[tuple[str, object]]] = [iter((("", parsed),))]
    while waiting:
        name, value = next(waiting[-1], (None, None))
        if name is None:
            waiting.pop()
        elif isinstance(value, Members):
            waiting.append(_members(name, value, is_clean))
        elif isinstance(value, list):
            waiting.append(iter([(f"{name}[{index}]", item) for index, item in enumerate(value)]))
        else:
            yield name or "line", value


def _members(above: str, members: Members, is_clean: Callable[[str], bool]) -> Iterator[tuple[str, object]]:
    for position, (key, value) in enumerate(members, start=1):
        shown = key if PLAIN_KEY.fullmatch(key) and is_clean(key) else f"#{position}"
        name = f"{above}.{shown}" if above else shown
        yield f"{name}{KEY}", key
        yield name, value
