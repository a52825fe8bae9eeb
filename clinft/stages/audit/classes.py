"""Classes of characters as sets of bits, one for each ASCII character: the shadows of their members."""

from functools import lru_cache
from re import _constants as op  # type: ignore[attr-defined]  # what CPython's own parser calls things
from typing import Any

from clinft.stages.audit.shadow import DIGITS, LETTERS, SIGNS, SPACES, stand_in

ALL = (1 << 128) - 1
# A longer range of characters beyond ASCII is not gone through one by one.
LONGEST_RANGE = 4096


def bits_of(characters: str) -> int:
    bits = 0
    for character in characters:
        bits |= 1 << ord(character)
    return bits


# Of letters, digits, spaces and other signs beyond ASCII.
BEYOND = (bits_of(LETTERS), bits_of(DIGITS), bits_of(SPACES), bits_of(SIGNS))
EVERYTHING_BEYOND = BEYOND[0] | BEYOND[1] | BEYOND[2] | BEYOND[3]
_WORD = bits_of(LETTERS + DIGITS + "_")
_SPACE = bits_of("\t\n\v\f\r\x1c\x1d\x1e\x1f ")
# Category → its ASCII characters, and which kinds of characters beyond ASCII belong to it.
CATEGORIES = {
    op.CATEGORY_WORD: (_WORD, (True, True, False, False)),
    op.CATEGORY_NOT_WORD: (ALL & ~_WORD, (False, False, True, True)),
    op.CATEGORY_DIGIT: (BEYOND[1], (False, True, False, False)),
    op.CATEGORY_NOT_DIGIT: (ALL & ~BEYOND[1], (True, False, True, True)),
    op.CATEGORY_SPACE: (_SPACE, (False, False, True, False)),
    op.CATEGORY_NOT_SPACE: (ALL & ~_SPACE, (True, True, False, True)),
}


def class_bits(code: Any, value: Any, caseless: bool) -> int:
    """For an item of a parsed pattern that stands for one character."""
    if code is op.ANY:
        bits = ALL
    elif code is op.LITERAL:
        bits = _literal(value, caseless)
    elif code is op.NOT_LITERAL:
        bits = _all_but([(op.LITERAL, value)], caseless)
    elif value[0][0] is op.NEGATE:
        bits = _all_but(value[1:], caseless)
    else:
        bits = 0
        for kind, argument in value:
            bits |= _at_most(kind, argument, caseless)
    return bits


def _at_most(kind: Any, argument: Any, caseless: bool) -> int:
    """The shadows that characters of one part of a class can have."""
    if kind is op.LITERAL:
        return _literal(argument, caseless)
    if kind is op.RANGE:
        first, last = argument
        bits = EVERYTHING_BEYOND if last - first > LONGEST_RANGE else 0
        for number in range(first, min(last, first + LONGEST_RANGE) + 1):
            bits |= _literal(number, caseless)
        return bits
    bits, kinds = CATEGORIES[argument]
    return bits | sum(beyond for beyond, belongs in zip(BEYOND, kinds, strict=True) if belongs)


def _all_but(parts: Any, caseless: bool) -> int:
    """The shadows that characters outside of these parts can have."""
    inside, kinds_inside = 0, [False] * len(BEYOND)
    for kind, argument in parts:
        if kind is op.CATEGORY:
            bits, kinds = CATEGORIES[argument]
            inside |= bits
            kinds_inside = [one or other for one, other in zip(kinds_inside, kinds, strict=True)]
        else:
            first, last = argument if kind is op.RANGE else (argument, argument)
            for number in range(first, min(last, 127) + 1):
                inside |= _literal(number, caseless)
    outside = ALL & ~inside
    for beyond, belongs in zip(BEYOND, kinds_inside, strict=True):
        outside |= 0 if belongs else beyond
    return outside


def _literal(number: int, caseless: bool) -> int:
    character = chr(number)
    bits = bits_of(stand_in(character))
    if caseless:
        bits |= bits_of(stand_in(character).lower() + stand_in(character).upper())
        # Two cases of one letter beyond ASCII may have different shadows: a letter's, or a sign's.
        bits |= 0 if number < 128 else bits_of("xX~")
    return bits


@lru_cache(maxsize=1024)
def written(bits: int, caseless: bool) -> str:
    """As a pattern; one that ignores case need not name both cases of a letter."""
    if caseless:
        bits &= ~((bits >> 32) & bits_of(LETTERS[26:]))
    ranges, number = [], 0
    while number < 128:
        first = number
        while number < 128 and bits >> number & 1:
            number += 1
        if number - first == 1:
            ranges.append(_name(first))
        elif number > first:
            ranges.append(f"{_name(first)}-{_name(number - 1)}")
        number += 1
    single = len(ranges) == 1 and bits.bit_count() == 1
    return ranges[0] if single else f"[{''.join(ranges)}]"


def _name(number: int) -> str:
    """A sign by its number, which no parser takes for anything else."""
    return chr(number) if chr(number).isalnum() else f"\\x{number:02x}"
