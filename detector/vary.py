"""Other words in the place of ordinary ones: that a word is new must not make it a name."""

from functools import lru_cache

from clinft.stages.audit.detector import gazetteer, wordpiece
from detector.draw import Draw

SHARE, TYPOS = 0.15, 0.3
SHORTEST, LONG = 3, 4
LONGEST_NUMBER = 3


@lru_cache(maxsize=1)
def _words() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Whole words of the vocabulary: all but common first names, and those that no list of names has."""
    known = gazetteer.read()
    words = [
        word
        for word in wordpiece.read_vocabulary()
        if len(word) >= SHORTEST and word.isascii() and word.isalpha()
    ]
    lower = tuple(word for word in words if not known.get(word, 0) & gazetteer.FIRST_COMMON)
    return lower, tuple(word for word in words if word not in known)


def other(word: str, draw: Draw) -> str:
    """A word of the same form, the word with two letters swapped, or the word itself."""
    if word.isdecimal():
        return draw.digits(draw.between(1, LONGEST_NUMBER)) if len(word) <= LONGEST_NUMBER else word
    if not word.isalpha():
        return word
    if len(word) >= LONG and draw.chance(TYPOS):
        return _typo(word, draw)
    return _word(word, draw)


def _word(word: str, draw: Draw) -> str:
    lower, unlisted = _words()
    if word.islower():
        return draw.one(lower) if len(word) >= SHORTEST else draw.letters(draw.between(1, 3)).lower()
    if len(word) == 1:
        return draw.letters(1)
    if word[1:].islower():
        return draw.one(unlisted).capitalize()
    if not word.isupper():
        return word
    return draw.one(unlisted).upper() if draw.chance(0.5) else draw.letters(draw.between(2, 5))


def _typo(word: str, draw: Draw) -> str:
    at = draw.between(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
