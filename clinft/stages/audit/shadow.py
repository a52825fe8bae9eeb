"""A text's ASCII shadow: byte i stands for character i, for a matcher that knows no other letters.

What stands in for a character depends on its kind alone, but for Latin-1, whose letters keep their case:
patterns tell capitals by it. So `classes` can say which bytes a class of characters can turn into.
"""

import re
import string
import unicodedata
from enum import IntEnum

NOT_ASCII = re.compile(r"[^\x00-\x7f]")
# Python's (?i) takes these for i, k and s: a pattern's shadow says nothing about a text that holds one.
STRANGE = re.compile("[\u0130\u0131\u017f\u212a]")
LATIN_1_LETTERS = range(0xC0, 0x100)


class Kind(IntEnum):
    """Of a character beyond Latin-1."""

    LETTER = 0
    DIGIT = 1
    SPACE = 2
    SIGN = 3


# What may stand in for a character of each kind. A rare letter, because most classes will have to hold it.
STAND_INS = {Kind.LETTER: "q", Kind.DIGIT: string.digits, Kind.SPACE: " ", Kind.SIGN: "~'\0"}
QUOTES = "\u2018\u2019"


def shadow(text: str) -> bytes:
    return (text if text.isascii() else NOT_ASCII.sub(_stand_in, text)).encode("ascii")


def kind_of(character: str) -> Kind:
    if character.isdecimal():
        return Kind.DIGIT
    if character.isspace():
        return Kind.SPACE
    return Kind.LETTER if character.isalnum() else Kind.SIGN


def stand_in(character: str) -> str:
    """The ASCII character in whose place `character` is matched."""
    if character.isascii():
        return character
    kind = kind_of(character)
    if kind is Kind.DIGIT:
        return str(unicodedata.digit(character))
    if kind is Kind.SIGN:
        return "\0" if character == "\ufffd" else "'" if character in QUOTES else "~"
    if kind is Kind.LETTER and ord(character) in LATIN_1_LETTERS:
        return _latin_1(character)
    return STAND_INS[kind]


def _latin_1(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)[0]
    if base.isascii():
        return base
    return "X" if letter.isupper() else "x"


class _Remembered(dict[str, str]):
    def __missing__(self, character: str) -> str:
        found = self[character] = stand_in(character)
        return found


REMEMBERED = _Remembered()


def _stand_in(match: re.Match[str]) -> str:
    return REMEMBERED[match.group()]
