"""Classes of characters as sets of bits: one for each character of Latin-1, and one for each kind beyond."""

import string
from functools import lru_cache
from re import _constants as op  # type: ignore[attr-defined]  # what CPython's own parser calls things
from typing import Any

from clinft.stages.audit.shadow import STAND_INS, Kind, kind_of, stand_in

LATIN_1 = 256
EVERYTHING = (1 << LATIN_1 + len(Kind)) - 1
BEYOND = EVERYTHING ^ (1 << LATIN_1) - 1
# A longer range of characters is not gone through one by one.
LONGEST_RANGE = 4096


def _bit(character: str) -> int:
    number = ord(character)
    return 1 << (number if number < LATIN_1 else LATIN_1 + kind_of(character))


def bits_of(characters: str) -> int:
    bits = 0
    for character in characters:
        bits |= _bit(character)
    return bits


def _bits_where(holds: Any, *kinds: Kind) -> int:
    bits = bits_of("".join(filter(holds, map(chr, range(LATIN_1)))))
    return bits | sum(1 << LATIN_1 + kind for kind in kinds)


WORD = _bits_where(lambda character: character.isalnum() or character == "_", Kind.LETTER, Kind.DIGIT)
DIGIT = _bits_where(str.isdecimal, Kind.DIGIT)
SPACE = _bits_where(str.isspace, Kind.SPACE)
CATEGORIES = {
    op.CATEGORY_WORD: WORD,
    op.CATEGORY_NOT_WORD: EVERYTHING & ~WORD,
    op.CATEGORY_DIGIT: DIGIT,
    op.CATEGORY_NOT_DIGIT: EVERYTHING & ~DIGIT,
    op.CATEGORY_SPACE: SPACE,
    op.CATEGORY_NOT_SPACE: EVERYTHING & ~SPACE,
}
MARKS_AND_LETTERS = 1 << LATIN_1 + Kind.LETTER | 1 << LATIN_1 + Kind.SIGN
CAPITALS = bits_of(string.ascii_uppercase)


def class_bits(code: Any, value: Any, caseless: bool) -> int:
    """What an item of a parsed pattern can match that stands for one character; rather more than less."""
    if code is op.ANY:
        return EVERYTHING
    if code is op.LITERAL:
        return _at_most(code, value, caseless)
    if code is op.NOT_LITERAL:
        return EVERYTHING & ~_at_least(op.LITERAL, value, caseless)
    bits, surely = 0, 0
    for part, argument in value:
        if part is not op.NEGATE:
            bits |= _at_most(part, argument, caseless)
            surely |= _at_least(part, argument, caseless)
    return EVERYTHING & ~surely if value[0][0] is op.NEGATE else bits


def _at_most(part: Any, argument: Any, caseless: bool) -> int:
    if part is op.CATEGORY:
        return CATEGORIES[argument]
    first, last = argument if part is op.RANGE else (argument, argument)
    if last - first > LONGEST_RANGE:
        return EVERYTHING
    bits = 0
    for character in map(chr, range(first, last + 1)):
        bits |= _bit(character)
        if caseless:
            bits |= bits_of(character.lower() + character.upper() + character.upper().lower())
            # Another case of a letter beyond ASCII may be any letter or mark beyond ASCII.
            bits |= 0 if character.isascii() else MARKS_AND_LETTERS
    return bits


def _at_least(part: Any, argument: Any, caseless: bool) -> int:
    """Without kinds, of which a range or a single character is only a part."""
    if part is op.CATEGORY:
        return CATEGORIES[argument]
    first, last = argument if part is op.RANGE else (argument, argument)
    bits = 0
    for character in map(chr, range(first, min(last, LATIN_1 - 1) + 1)):
        for case in (character.lower(), character.upper()) if caseless else (character,):
            bits |= _bit(case) if len(case) == 1 else _bit(character)
    return bits & ~BEYOND


@lru_cache(maxsize=1024)
def written(bits: int, caseless: bool) -> str:
    """The shadows as a pattern; one that ignores case need not name both cases of a letter."""
    bits = _shadows(bits)
    if caseless:
        bits &= ~((bits >> 32) & CAPITALS)
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


def _shadows(bits: int) -> int:
    shadows = bits & (1 << 128) - 1
    for number in range(128, LATIN_1):
        if bits >> number & 1:
            shadows |= bits_of(stand_in(chr(number)))
    for kind in Kind:
        if bits >> LATIN_1 + kind & 1:
            shadows |= bits_of(STAND_INS[kind])
    return shadows


def _name(number: int) -> str:
    """A sign by its number, which no parser takes for anything else."""
    return chr(number) if chr(number).isalnum() else f"\\x{number:02x}"
