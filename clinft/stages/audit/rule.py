"""One rule of a recogniser: a pattern, the words it needs, and a judge for what it matched."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Literal

from clinft.stages.audit.patterns import regex

# `reserved`: the value lies in a range set aside for documentation or never issued, so it is nobody's.
Certainty = Literal["plausible", "reserved"]
Judge = Callable[[re.Match[str]], Certainty | None]

WORD = re.compile(r"[^\W\d_]+")
DIGIT = re.compile(r"\d")


def plausible(match: re.Match[str]) -> Certainty | None:
    return "plausible"


@dataclass(frozen=True)
class Rule:
    """`pattern` marks the identifier as its group `value`; without that group it is the whole match.

    `words` (lower case) and `digit` are a cheap filter: the pattern runs only where one of the words, one
    of `more_words` if there are any, and, if `digit`, a digit occur. `more_words` are ASCII, and asked for
    in such texts only: elsewhere a word may have marks on its letters. `judge` returns None for a near miss.
    """

    name: str
    entity_type: str
    pattern: re.Pattern[str]
    score: float
    judge: Judge = plausible
    words: frozenset[str] = frozenset()
    digit: bool = False
    symbol: str = ""
    more_words: frozenset[str] = frozenset()
    _group: str | int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_group", "value" if "(?P<value>" in self.pattern.pattern else 0)

    def find(self, text: str) -> list[tuple[int, int, Certainty]]:
        found: list[tuple[int, int, Certainty]] = []
        if self._may_match(text):
            for match in self.pattern.finditer(text):
                certainty = self.judge(match)
                if certainty is not None:
                    found.append((*match.span(self._group), certainty))
        return found

    def unjudged(self, text: str) -> list[tuple[int, int, Callable[[], Certainty | None]]]:
        """The same, with the judge still to be asked."""
        if not self._may_match(text):
            return []
        return [
            (*match.span(self._group), partial(self.judge, match)) for match in self.pattern.finditer(text)
        ]

    def _may_match(self, text: str) -> bool:
        if self.digit and not has_digit(text):
            return False
        if self.symbol and self.symbol not in text:
            return False
        if not self.words:
            return True
        words = words_of(text)
        if self.words.isdisjoint(words):
            return False
        return not self.more_words or not text.isascii() or not self.more_words.isdisjoint(words)


def rule(
    name: str,
    entity_type: str,
    pattern: str,
    score: float,
    *,
    judge: Judge = plausible,
    words: str | frozenset[str] = frozenset(),
    digit: bool = False,
    symbol: str = "",
    more_words: frozenset[str] = frozenset(),
) -> Rule:
    """A Rule from plain text: `words` is split at its spaces."""
    needed = _parts(words.split() if isinstance(words, str) else words)
    return Rule(name, entity_type, regex(pattern), score, judge, needed, digit, symbol, _parts(more_words))


def _parts(words: Iterable[str]) -> frozenset[str]:
    """Words as `words_of` tells them apart: `o'hara` is two."""
    return frozenset(part for word in words for part in ((word,) if word.isalpha() else WORD.findall(word)))


def value_of(match: re.Match[str]) -> str:
    return match["value"] if "value" in match.re.groupindex else match.group()


def before(match: re.Match[str], characters: int) -> str:
    """The text just before the identifier."""
    start = match.start("value") if "value" in match.re.groupindex else match.start()
    return match.string[max(0, start - characters) : start]


def after(match: re.Match[str], characters: int) -> str:
    """The text just after the identifier."""
    end = match.end("value") if "value" in match.re.groupindex else match.end()
    return match.string[end : end + characters]


def digits_of(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def luhn(digits: str) -> bool:
    """Checksum of ISO/IEC 7812, used by cards, IMEI and NPI."""
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


# Every rule asks about the same text in turn, so one entry is enough.
@lru_cache(maxsize=1)
def words_of(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(text.lower()))


@lru_cache(maxsize=1)
def has_digit(text: str) -> bool:
    return DIGIT.search(text) is not None
