"""Names and long numbers that were found in a record, looked for where no rule would see them."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from clinft.stages.audit.fix.people import is_written_like, telling_parts
from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.name_forms import plain

WORD = regex(r"[^\W_]+")
PLACEHOLDER = regex(r"(\[[A-Z]{2,9}_[0-9A-Z]{1,9}\])")
# Values that stand for nobody else.
FEWEST_DIGITS, SHORTEST_NAME = 5, 6
LONGEST_VALUE, MOST_VALUES = 60, 600
# Between two words of a value.
WIDEST_GAP = 3
# A clinician of the same name may stay.
TITLE_BEFORE = regex(r"\b(?:Drs?|DRS?|Doctor|Prof|Professor)\.? (?:[A-Z][\w.'-]{0,20} ){0,2}$")
TITLE_AFTER = regex(r"(?: [A-Z][\w.'-]{0,20}){0,2},? (?:MD|M\.D\.|DO|RN|NP|PA|PA-C|LPN|PhD|PharmD)\b")
REACH = 60


class Mention(NamedTuple):
    """What stands instead. `small`, `capital`: the value was found in small letters, in capitals."""

    entity_type: str
    placeholder: str
    is_name: bool
    small: bool
    capital: bool


class Mentions:
    """Of one record, at most MOST_VALUES."""

    def __init__(self) -> None:
        self._mentions: dict[tuple[str, ...], Mention] = {}
        # Those of several words by the first two, the longest first.
        self._by_start: defaultdict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)

    def add(self, entity_type: str, letter: str, value: str, placeholder: str) -> None:
        if "[" in value or len(value) > LONGEST_VALUE:
            return
        mention = Mention(entity_type, placeholder, letter == "A", value.islower(), value.isupper())
        words = _words(value)
        full_name = letter == "A" and len(words) > 1 and sum(map(len, words)) >= SHORTEST_NAME
        if full_name or sum(map(str.isdigit, value)) >= FEWEST_DIGITS:
            self._add(words, mention)
        if entity_type == "PERSON":
            for part in telling_parts(value):
                self._add(_words(part), mention)

    def _add(self, words: tuple[str, ...], mention: Mention) -> None:
        if words and words not in self._mentions and len(self._mentions) < MOST_VALUES:
            self._mentions[words] = mention
            if len(words) > 1:
                self._by_start[words[:2]].append(words)
                self._by_start[words[:2]].sort(key=len, reverse=True)

    def __bool__(self) -> bool:
        return bool(self._mentions)

    def without(self, text: str, counted: Counter[str]) -> str:
        """`text` with placeholders where values were found before; `counted` gets their entity types."""
        # Every other piece is a placeholder.
        pieces = PLACEHOLDER.split(text)
        pieces[::2] = [self._without(piece, counted) for piece in pieces[::2]]
        return "".join(pieces)

    def _without(self, text: str, counted: Counter[str]) -> str:
        tokens = list(WORD.finditer(text))
        words = tuple(plain(token[0]) for token in tokens)
        kept, end, index = [], 0, 0
        while index < len(tokens):
            found = self._at(text, tokens, words, index)
            if found:
                mention = self._mentions[found]
                counted[mention.entity_type] += 1
                kept += [text[end : tokens[index].start()], mention.placeholder]
                end = tokens[index + len(found) - 1].end()
            index += len(found) or 1
        return "".join([*kept, text[end:]])

    def _at(
        self, text: str, tokens: Sequence[re.Match[str]], words: tuple[str, ...], index: int
    ) -> tuple[str, ...]:
        """The words of the longest value that stands here, or none."""
        for known in self._by_start.get(words[index : index + 2], ()):
            if words[index : index + len(known)] == known and all(
                after.start() - token.end() <= WIDEST_GAP
                for token, after in pairwise(tokens[index : index + len(known)])
            ):
                return known
        alone = words[index : index + 1]
        return alone if alone in self._mentions and self._is_meant(text, tokens[index], alone) else ()

    def _is_meant(self, text: str, token: re.Match[str], words: tuple[str, ...]) -> bool:
        mention = self._mentions[words]
        if not mention.is_name:
            return True
        word = token[0]
        found_so = (mention.small and word.islower()) or (mention.capital and word.isupper())
        if not is_written_like(words[0], word, found_so):
            return False
        before = text[max(0, token.start() - REACH) : token.start()]
        return not TITLE_BEFORE.search(before) and not TITLE_AFTER.match(text, token.end())


def _words(value: str) -> tuple[str, ...]:
    return tuple(WORD.findall(plain(value)))
