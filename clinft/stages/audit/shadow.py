"""A text's ASCII shadow: byte i stands for character i, for a matcher that knows no other letters.

What a character may become depends on its kind, so that `loosen` can say which bytes a class of
characters can turn into.
"""

import re
import string
import unicodedata

NOT_ASCII = re.compile(r"[^\x00-\x7f]")
SPACE = " "
# Kinds of characters beyond ASCII, and what their shadows can be.
LETTERS, DIGITS, SPACES, SIGNS = string.ascii_letters, string.digits, SPACE, "~'\0"
QUOTES = "\u2018\u2019"
# Python's (?i) takes it for an i; unlike its other three strange partners of ASCII letters (İ, ſ and
# the Kelvin sign) it does not decompose into one.
DOTLESS_I = "\u0131"


def shadow(text: str) -> bytes:
    return (text if text.isascii() else NOT_ASCII.sub(_stand_in, text)).encode("ascii")


def stand_in(character: str) -> str:
    """The ASCII character in whose place `character` is matched."""
    if character.isascii():
        return character
    if character.isdecimal():
        return str(unicodedata.digit(character))
    if character.isspace():
        return SPACE
    if character.isalnum():
        return _letter(character)
    if character == "\ufffd":
        return "\0"
    return "'" if character in QUOTES else "~"


def _letter(character: str) -> str:
    base = "i" if character == DOTLESS_I else unicodedata.normalize("NFKD", character)[0]
    if base in LETTERS:
        return base
    return "X" if character.isupper() else "x"


class _StandIns(dict[str, str]):
    def __missing__(self, character: str) -> str:
        found = self[character] = stand_in(character)
        return found


STAND_INS = _StandIns()


def _stand_in(match: re.Match[str]) -> str:
    return STAND_INS[match.group()]
