"""What stands in the copy where an identifier stood: the same value of one record, the same placeholder."""

import hashlib
import re
from collections import Counter

# By letter of 45 CFR 164.514(b)(2)(i), so that patterns of a team's own have one, too.
WORDS = {
    "A": "PERSON", "B": "PLACE", "C": "DATE", "D": "PHONE", "E": "FAX", "F": "EMAIL", "G": "SSN", "H": "MRN",
    "I": "PLAN", "J": "ACCOUNT", "K": "LICENSE", "L": "VEHICLE", "M": "DEVICE", "N": "URL", "O": "IP",
    "P": "BIOMETRIC", "Q": "IMAGE", "R": "ID",
}  # fmt: skip
OWN_WORDS = {"EMPLOYER": "EMPLOYER", "EMBEDDED_DATA": "DATA", "UNSCANNED_TEXT": "TEXT"}
AGES = ("AGE_OVER_89", "AGE_OVER_89_VAGUE")
# The class that the rule itself names.
POOLED_AGE = "90 or older"
REMOVED = "[REMOVED]"
# No vowels, so no words.
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
# A text file of any length is one record; from here on a value may get a second number.
MOST_VALUES = 100_000
# Values that stand for nobody else, and so can be looked for where no rule would see them.
WORD = re.compile(r"[^\W_]+")
FEWEST_DIGITS, LONGEST_TELLING, MOST_TELLING = 5, 60, 200


class Placeholders:
    """Of one record. The same value, in any case and spacing, has the same placeholder."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, bytes], int] = {}
        self._used: Counter[str] = Counter()
        self._telling: dict[tuple[str, ...], tuple[str, str]] = {}
        self._pattern: re.Pattern[str] | None = None

    def of(self, entity_type: str, letter: str, value: str) -> str:
        plain = "".join(value.split()).casefold()
        # Where the pooled age itself is taken for an identifier, e.g. by a team's pattern, it gives way.
        if entity_type in AGES and "".join(POOLED_AGE.split()) not in plain:
            return POOLED_AGE
        word = OWN_WORDS.get(entity_type, WORDS[letter])
        key = (word, hashlib.blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=8).digest())
        if key not in self._numbers:
            if len(self._numbers) >= MOST_VALUES:
                self._numbers.clear()
            self._used[word] += 1
            self._numbers[key] = self._used[word]
        placeholder = f"[{word}_{_numeral(self._numbers[key])}]"
        self._remember(entity_type, letter, value, placeholder)
        return placeholder

    def repeated(self, text: str, replaced: Counter[str]) -> str:
        """`text` without further mentions of a full name or long number that was found in this record."""
        if not self._telling:
            return text
        if self._pattern is None:
            longest_first = sorted(self._telling, key=lambda words: (-len(words), words))
            values = "|".join(r"[\W_]{1,3}".join(map(re.escape, words)) for words in longest_first)
            self._pattern = re.compile(rf"(?i)(?<![^\W_])(?:{values})(?![^\W_])")

        def placeholder(match: re.Match[str]) -> str:
            entity_type, instead = self._telling.get(_words(match[0]), ("", match[0]))
            replaced[entity_type] += bool(entity_type)
            return instead

        return self._pattern.sub(placeholder, text)

    def _remember(self, entity_type: str, letter: str, value: str, placeholder: str) -> None:
        if "[" in value or len(value) > LONGEST_TELLING or len(self._telling) >= MOST_TELLING:
            return
        words = _words(value)
        full_name = letter == "A" and len(words) > 1 and sum(map(len, words)) >= 6
        if (full_name or sum(map(str.isdigit, value)) >= FEWEST_DIGITS) and words not in self._telling:
            self._telling[words] = (entity_type, placeholder)
            self._pattern = None


def _numeral(number: int) -> str:
    """1, 2, … 99, then letters: three digits behind `MRN` would be a record number again."""
    if number < 100:
        return str(number)
    letters, number = "", number - 100
    while number or not letters:
        number, letter = divmod(number, len(LETTERS))
        letters = LETTERS[letter] + letters
    return letters


def _words(value: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in WORD.findall(value))
