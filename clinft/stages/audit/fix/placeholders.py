"""What stands in the copy where an identifier stood: the same value of one record, the same placeholder."""

import hashlib
from collections import Counter

from clinft.stages.audit.fix.mentions import Mentions
from clinft.stages.audit.fix.people import People, names_in
from clinft.stages.audit.placeholder import LETTERS, OWN_WORDS, WORDS

AGES = ("AGE_OVER_89", "AGE_OVER_89_VAGUE")
# The class that the rule itself names.
POOLED_AGE = "90 or older"
# A text file of any length is one record; from here on a value may get a second number.
MOST_VALUES = 100_000
PERSON = "PERSON"


class Placeholders:
    """Of one record. The same value, in any case and spacing, has the same placeholder; so has a person."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, bytes | int], int] = {}
        self._used: Counter[str] = Counter()
        self._people = People()
        self.mentions = Mentions()

    def meet(self, entity_type: str, value: str) -> None:
        """Full names are met before placeholders are given: a surname may come before them in the text."""
        if entity_type == PERSON and len(names_in(value)) > 1:
            self._people.person(value)

    def of(self, entity_type: str, letter: str, value: str) -> str:
        plain = "".join(value.split()).casefold()
        # Where the pooled age itself is taken for an identifier, e.g. by a team's pattern, it gives way.
        if entity_type in AGES and "".join(POOLED_AGE.split()) not in plain:
            return POOLED_AGE
        word = OWN_WORDS.get(entity_type, WORDS[letter])
        person = self._people.person(value) if entity_type == PERSON else None
        digest = hashlib.blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        key = (word, digest if person is None else person)
        if key not in self._numbers:
            if len(self._numbers) >= MOST_VALUES:
                self._numbers.clear()
                self._people = People()
                return self.of(entity_type, letter, value)
            self._used[word] += 1
            self._numbers[key] = self._used[word]
        placeholder = f"[{word}_{_numeral(self._numbers[key])}]"
        self.mentions.add(entity_type, letter, value, placeholder)
        return placeholder


def _numeral(number: int) -> str:
    """1, 2, … 99, then letters: three digits behind `MRN` would be a record number again."""
    if number < 100:
        return str(number)
    letters, number = "", number - 100
    while number or not letters:
        number, letter = divmod(number, len(LETTERS))
        letters = LETTERS[letter] + letters
    return letters
