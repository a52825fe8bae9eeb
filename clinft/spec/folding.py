"""Text as a pattern should see it: look-alike digits, dashes and spaces plain, invisible characters gone."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

# Soft hyphen, zero-width characters, direction marks: they hide an identifier from patterns, not readers.
INVISIBLE = frozenset(
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\ufeff"
) | {
    *map(chr, range(0x202A, 0x202F)),
    *map(chr, range(0x2066, 0x206A)),
    *map(chr, range(0xFE00, 0xFE10)),
}


def fold(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and for each of its characters the offset in `text` that it came from."""
    if text.isascii():
        return text, range(len(text))
    folded, places = [], []
    for index, character in enumerate(text):
        plain = character if character.isascii() else _plain(character)
        folded.append(plain)
        places.extend([index] * len(plain))
    return "".join(folded), places


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    if character in INVISIBLE:
        return ""
    return "".join(_ascii_like(part) for part in unicodedata.normalize("NFKC", character))


def _ascii_like(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category == "Pd" or character == "\u2212":
        return "-"
    return {"Zs": " ", "Zl": "\n", "Zp": "\n"}.get(category, character)
