"""What the model knows of one word: pieces of it, its shape, beginning, end and what lists say of it."""

import re
from collections.abc import Iterator
from functools import lru_cache
from zlib import crc32

from clinft.stages.audit.detector import gazetteer, wordpiece

# A word with a short ending behind an apostrophe, a number, a sign, a line's end. No word is longer than one
# of any language: what is kept of hostile texts must stay small.
TOKEN = re.compile(r"[^\W\d_]{1,40}(?:['’][^\W\d_]{1,2}(?![^\W\d_]))?|\d{1,40}|[^\w\s]|_|\n")
POSSESSIVE = re.compile(r"['’][sS]$")
# A word that begins with a capital and goes on in lower case: where a line has one, names look so.
CASED = re.compile(r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]")
# Stands before each word of a line where case says nothing.
MARK = "\0"
LONG_RUN = re.compile(r"(.)\1{3,}")

PIECES = 4
SHAPES, PREFIXES, SUFFIXES = 512, 4096, 4096
# Flags: what lists say, then case, then how common the word is.
LOWER, TITLE, UPPER, MIXED, SINGLE, NUMBER, SIGN, VERY_COMMON, COMMON, WHOLE, UNCASED = (
    1 << gazetteer.BITS + bit for bit in range(11)
)
FLAGS = gazetteer.BITS + 11
LISTED = (1 << gazetteer.BITS) - 1
# The vocabulary is sorted by how often its words occur.
VERY_COMMON_PIECES, COMMON_PIECES = 3_500, 9_000
REMEMBERED = 1 << 16

# Pieces, shape, prefix, suffix, flags; 0 stands for none but in the flags.
Features = tuple[int, int, int, int, int, int, int, int]
SHAPE, PREFIX, SUFFIX, FLAG = range(PIECES, PIECES + 4)
NOTHING: Features = (0, 0, 0, 0, 0, 0, 0, 0)

_vocabulary = lru_cache(maxsize=1)(wordpiece.read_vocabulary)
_gazetteer = lru_cache(maxsize=1)(gazetteer.read)


def tokens(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end, word."""
    for match in TOKEN.finditer(text):
        yield *match.span(), match.group()


def words_of(text: str) -> list[str]:
    """The words of `tokens`, each as `features` takes it."""
    words: list[str] = []
    for line in text.split("\n"):
        found = TOKEN.findall(line)
        words += found if CASED.search(line) else [MARK + word for word in found]
        words.append("\n")
    words.pop()
    return words


@lru_cache(maxsize=REMEMBERED)
def features(word: str) -> Features:
    if len(word) > 1 and word[0] == MARK:
        *others, flags = features(word[1:])
        return (*others, flags | UNCASED)  # type: ignore[return-value]  # as many as `features` gave
    if word.isdecimal():
        return _of_number(word)
    if not word[0].isalpha():
        return (*_pieces(word), 1 + _hash(word, SHAPES), 0, 0, SIGN)
    word = POSSESSIVE.sub("", word)
    key = wordpiece.plain(word)
    return (
        *_pieces(key),
        1 + _hash(shape(word), SHAPES),
        1 + _hash(key[:3], PREFIXES),
        1 + _hash(key[-3:], SUFFIXES),
        _gazetteer().get(key, 0) | _case(word) | _frequency(key),
    )


def shape(word: str) -> str:
    """X, x, d for upper case, other letters and digits; no run is longer than four."""
    marks = ("d" if c.isdecimal() else "X" if c.isupper() else "x" if c.isalpha() else c for c in word[:16])
    return LONG_RUN.sub(r"\1\1\1\1", "".join(marks))


def _of_number(word: str) -> Features:
    """A short number as it is; of a longer one its length, and two digits where it may be a year."""
    seen = word if len(word) <= 2 else word[:2] if len(word) == 4 else ""
    count = min(len(word), 12)
    return (*_pieces(seen), 1 + _hash("d" * count, SHAPES), 1 + _hash(f"{count} {seen}", PREFIXES), 0, NUMBER)


def _pieces(key: str) -> tuple[int, int, int, int]:
    found = wordpiece.pieces(key, _vocabulary(), PIECES)
    first, second, third, fourth = found + [0] * (PIECES - len(found))
    return first, second, third, fourth


def _case(word: str) -> int:
    if len(word) == 1:
        return SINGLE | (UPPER if word.isupper() else LOWER)
    if word.islower():
        return LOWER
    if word.isupper():
        return UPPER
    return TITLE if word[0].isupper() and word[1:].islower() else MIXED


def _frequency(key: str) -> int:
    number = _vocabulary().get(key)
    if number is None:
        return 0
    return (
        WHOLE
        | (COMMON if number < COMMON_PIECES else 0)
        | (VERY_COMMON if number < VERY_COMMON_PIECES else 0)
    )


def _hash(text: str, buckets: int) -> int:
    return crc32(text.encode("utf-8", "surrogatepass")) % buckets
