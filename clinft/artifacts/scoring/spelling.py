"""Text in one spelling: sentences of words in lower case, numbers as digits, spelt letters as one word.

`M R I of nineteen eighty four` and `MRI of 1984` are the same words here, `7.50` and `7.5` the same number.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

SENTENCE_END = re.compile(r"(?<=[.!?;])(?:\s+|$)|\n+")
# The number of a list's line is no number of the case.
LIST_NUMBER = re.compile(r"(?:^|(?<=\s))[0-9]{1,2}[.)]\s+(?=[^\W\d_])")
SPELT_LETTERS = re.compile(r"(?<![A-Za-z])(?:[A-Z] ){1,7}[A-Z](?![A-Za-z'’])")
WORD = re.compile(r"[0-9]+(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|[^\W\d_]+(?:['’][^\W\d_]+)?")
ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
ORDINALS = {
    "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11,
    "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17,
    "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
LAST_ORDINALS = ORDINALS | {"first": 1, "second": 2, "third": 3}


class Sentence(NamedTuple):
    words: tuple[str, ...]
    question: bool


def sentences(text: str) -> tuple[Sentence, ...]:
    """In their order; those without a word are left out."""
    joined = SPELT_LETTERS.sub(lambda found: found.group().replace(" ", ""), LIST_NUMBER.sub("\n", text))
    parts = (part for part in SENTENCE_END.split(joined) if part)
    made = (
        Sentence(
            tuple(_numbered([_spelt(word) for word in WORD.findall(part.casefold())])), part.endswith("?")
        )
        for part in parts
    )
    return tuple(sentence for sentence in made if sentence.words)


def words(text: str) -> tuple[str, ...]:
    return tuple(word for sentence in sentences(text) for word in sentence.words)


def is_number(word: str) -> bool:
    return word[0].isdigit()


def _spelt(word: str) -> str:
    word = word.replace("’", "'")
    if not word[0].isdigit():
        return word.removesuffix("'s")
    word = word.replace(",", "")
    if "." in word:
        word = word.rstrip("0").rstrip(".")
    return word.lstrip("0") or "0" if word.isdigit() else word


def _numbered(found: Sequence[str]) -> list[str]:
    made: list[str] = []
    at = 0
    while at < len(found):
        value, after = _number(found, at)
        if value is None:
            made.append(found[at])
            at += 1
        else:
            made.append(value)
            at = after
    return made


def _number(found: Sequence[str], at: int) -> tuple[str | None, int]:
    """The number that is written in words from here on, and where it ends."""
    value, after = _below_hundred(found, at)
    if value is None:
        return None, at
    following, end = _below_hundred(found, after)
    # Nineteen eighty four; one twenty two (beats a minute). Not: two three.
    if following is not None and following >= 10 and (value < 10 or 13 <= value <= 20):
        return str(value * 100 + following), end
    total = value
    for word, scale in (("hundred", 100), ("thousand", 1000)):
        if _at(found, after) != word:
            continue
        total, after = total * scale, after + 1
        start = after + (_at(found, after) == "and")
        rest, end = _below_hundred(found, start)
        if rest is not None:
            total, after = total + rest, end
    if _at(found, after) == "point":
        digits = ""
        after += 1
        while (digit := ONES.get(_at(found, after), 10)) < 10:
            digits, after = digits + str(digit), after + 1
        return (f"{total}.{digits}".rstrip("0").rstrip(".") if digits else str(total)), after
    return str(total), after


def _below_hundred(found: Sequence[str], at: int) -> tuple[int | None, int]:
    word = _at(found, at)
    if word in TENS:
        after = _at(found, at + 1)
        if 1 <= ONES.get(after, 0) <= 9:
            return TENS[word] + ONES[after], at + 2
        if 1 <= LAST_ORDINALS.get(after, 0) <= 9:
            return TENS[word] + LAST_ORDINALS[after], at + 2
        return TENS[word], at + 1
    number = ONES.get(word, ORDINALS.get(word))
    return number, at + (number is not None)


def _at(found: Sequence[str], at: int) -> str:
    return found[at] if at < len(found) else ""
