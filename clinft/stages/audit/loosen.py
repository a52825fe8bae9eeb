"""A pattern loosened to ASCII: wherever Python's `re` finds the pattern in a text, hyperscan finds the
loosened one in the text's shadow. It may find more. It leaves out what stands before or behind a match
without being part of it, the counts of long repetitions, and everything behind the last thing needed.
"""

import re
from re import _constants as op  # type: ignore[attr-defined]  # CPython's own parser: undocumented, but
from re import _parser  # type: ignore[attr-defined]  # no other reads a pattern exactly as `re` does
from typing import Any, NamedTuple

from clinft.stages.audit.classes import EVERYTHING, class_bits, written

# A longer repetition becomes an endless one: hyperscan needs states for every count, and for every count
# of a repetition within a repetition.
LONGEST_COUNT, MOST_STATES = 64, 4096
# A longer part that may be left out becomes any run of its characters: it tells little and costs much.
LONGEST_OPTIONAL = 40
# Groups repeated by reference in groups repeated by reference grow without end.
LONGEST_TEXT = 50_000
REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)


class NotLoosened(Exception):
    """The pattern holds something that this module does not know."""


class Part(NamedTuple):
    """A piece of the loosened pattern, and the bits of all characters that it can match."""

    text: str = ""
    bits: int = 0


NOTHING = Part()


def loosened(pattern: str) -> str:
    """Raises NotLoosened. The result may be empty or match the empty text: too little is needed."""
    try:
        tree = _parser.parse(pattern)
        if tree.state.flags & re.ASCII:
            raise NotLoosened
        caseless = bool(tree.state.flags & re.IGNORECASE)
        whole = _Loosening().sequence(tree, caseless, head=True, tail=True)
    except RecursionError:
        raise NotLoosened from None
    return _group(whole, caseless, within=False).text if caseless else whole.text


class _Loosening:
    """`head` and `tail`: nothing that is needed stands before or behind, so a repetition may be cut there."""

    def __init__(self) -> None:
        self._groups: dict[int, tuple[Any, bool]] = {}
        # An item at the end is written twice, and groups lie within groups.
        self._parts: dict[tuple[int, bool, bool, bool], Part] = {}
        self._cased = False  # whether any group minds case though what stands around it does not
        self._around = 1  # product of the counts of the repetitions around an item

    def sequence(self, items: Any, caseless: bool, *, head: bool, tail: bool) -> Part:
        parts = [NOTHING] * len(items)
        for index, item in enumerate(items):
            first = head and not any(part.text for part in parts[:index])
            parts[index] = self._item(item, caseless, head=first, tail=False)
        for index in range(len(items) - 1, -1, -1) if tail else ():
            first = head and not any(part.text for part in parts[:index])
            parts[index] = self._item(items[index], caseless, head=first, tail=True)
            if parts[index].text:
                break
        return _joined("", parts)

    def _item(self, item: Any, caseless: bool, *, head: bool, tail: bool) -> Part:
        key = id(item), caseless, head, tail
        if key not in self._parts:
            code, value = item
            self._parts[key] = self._part(code, value, caseless, head=head, tail=tail)
        return self._parts[key]

    def _part(self, code: Any, value: Any, caseless: bool, *, head: bool, tail: bool) -> Part:
        if code in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN):
            bits = class_bits(code, value, caseless)
            return Part(written(bits, caseless), bits)
        if code is op.AT:
            return Part(r"\b") if value is op.AT_BOUNDARY else NOTHING
        if code in REPEATS:
            least, most, body = value
            return self._repeat(least, most, body, caseless, head=head, tail=tail)
        if code is op.BRANCH:
            branches = [self.sequence(branch, caseless, head=head, tail=tail) for branch in value[1]]
            skipped = (head or tail) and not all(branch.text for branch in branches)
            return NOTHING if skipped else _group(_joined("|", branches), caseless, within=caseless)
        if code in (op.ASSERT, op.ASSERT_NOT):
            # With nothing behind it, what must follow may as well be part of the match.
            follows = code is op.ASSERT and value[0] > 0 and tail
            return self.sequence(value[1], caseless, head=head, tail=tail) if follows else NOTHING
        return self._of_group(code, value, caseless, head=head, tail=tail)

    def _of_group(self, code: Any, value: Any, caseless: bool, *, head: bool, tail: bool) -> Part:
        if code is op.SUBPATTERN:
            number, added, removed, body = value
            if (added | removed) & re.ASCII:
                raise NotLoosened
            ignores = bool((caseless or added & re.IGNORECASE) and not removed & re.IGNORECASE)
            self._cased |= bool(removed & re.IGNORECASE)
            if number:
                self._groups[number] = body, ignores
            part = self.sequence(body, ignores, head=head, tail=tail)
            return _group(part, ignores, within=caseless)
        if code is op.ATOMIC_GROUP:
            return _group(self.sequence(value, caseless, head=head, tail=tail), caseless, within=caseless)
        if code is op.GROUPREF:
            body, ignores = self._groups[value]
            part = self.sequence(body, ignores, head=False, tail=False)
            if r"\b" in part.text or (caseless and (self._cased or not ignores)):
                # What the group matched may come again elsewhere, or in the other case.
                return Part(f"{written(EVERYTHING, caseless)}{{0,}}", EVERYTHING)
            return _group(part, ignores, within=caseless)
        raise NotLoosened

    def _repeat(self, least: int, most: Any, body: Any, caseless: bool, *, head: bool, tail: bool) -> Part:
        longest = min(LONGEST_COUNT, MOST_STATES // self._around)
        least, most = min(least, longest), least if head or tail else most
        once = least == 1
        around, self._around = self._around, self._around * max(1, min(most, longest))
        text, bits = self.sequence(body, caseless, head=head and once, tail=tail and once)
        self._around = around
        if not text or not most:
            return NOTHING
        if least == most == 1:
            return Part(text, bits)
        if least == 0 and len(text) > LONGEST_OPTIONAL:
            return Part(f"{written(bits, caseless)}{{0,}}", bits)
        return Part(f"(?:{text}){{{least},{most if most <= longest else ''}}}", bits)


def _joined(sign: str, parts: list[Part]) -> Part:
    bits = 0
    for part in parts:
        bits |= part.bits
    if sum(len(part.text) for part in parts) > LONGEST_TEXT:
        raise NotLoosened
    return Part(sign.join(part.text for part in parts), bits)


def _group(part: Part, caseless: bool, *, within: bool) -> Part:
    """`caseless`: whether it ignores case; `within`: whether what stands around it does."""
    if not part.text:
        return NOTHING
    flags = "" if caseless == within else "i" if caseless else "-i"
    return Part(f"(?{flags}:{part.text})", part.bits)
