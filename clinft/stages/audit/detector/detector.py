"""Words that the network points at → finds: what belongs together, what is certain, what a rule has said."""

import re
from bisect import bisect
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from clinft.stages.audit.detector.network import Network
from clinft.stages.audit.detector.operating_point import OperatingPoint, chosen
from clinft.stages.audit.origin import Match, Origin
from clinft.stages.audit.placeholder import PLACEHOLDER
from clinft.stages.audit.recognizers.name_forms import is_ordinary, plain
from clinft.stages.audit.severity import weights
from clinft.stages.audit.windows import SIZE, windows

# Units that a number can be taken for an id with.
UNITS = frozenset(("U", "IU", "HPF", "LPF"))
FAMILY = "detector"
# Label → entity type where it is certain, and where it is only possible.
ENTITY_TYPES = {
    "NAME": ("PERSON", "POSSIBLE_PERSON"),
    "PLACE": ("PLACE", "POSSIBLE_PLACE"),
    "ORGANISATION": ("EMPLOYER", "POSSIBLE_EMPLOYER"),
    "ID": ("UNIQUE_IDENTIFIER", "POSSIBLE_IDENTIFIER"),
}
POSSIBLE = frozenset(possible for _, possible in ENTITY_TYPES.values())
# Without a word there is nothing to read.
LETTERS = re.compile(r"[^\W\d_]{2}")
# Values of a table: of one word, and of fewer than these in lower case, only what is certain is worth a line.
# One word in lower case is not even read.
FEW_WORDS = 6
# What may lie between two words of one find. A comma may not: people are listed with it.
JOINTS = frozenset((" ", "", "-", "'", ".", "  "))
# Behind an initial or a short word, as in `J. Quill`, and within the name of a firm.
AFTER_INITIAL, INITIAL, WITHIN_FIRM = ". ", 2, " & "
# A word of a certain find that is less likely than this is no part of it at the edge, nor an ordinary word
# inside.
EDGE = 0.3
# A word that the rules know as no name is listed as one from this chance on.
ORDINARY = 0.12
# Numbers shorter than this are no postcode.
POSTCODE = 5
# What a rule leaves of a find is one itself if it has a word so long, and certain if that is so likely.
OWN_WORD, OWN_CHANCE = 3, 0.85

# Nothing is sure.
LEAST_SCORE, MOST_SCORE = 0.01, 0.99

Place = tuple[int, int]


class Likely(NamedTuple):
    """A word of the text, and the chance that it is part of an identifier."""

    start: int
    end: int
    label: str
    chance: float


class Part(NamedTuple):
    """Words beside each other of one label that are one find. `certain`: it may block."""

    words: Sequence[Likely]
    certain: bool


class Detector:
    def __init__(self, network: Network, point: OperatingPoint) -> None:
        self._network, self._point = network, point
        self._least = point.least_odds

    def finds(self, text: str, taken: Sequence[Place] = (), first: int = 0) -> list[Match]:
        """By start, without overlaps, from the place `first` on.

        `taken`: places that a rule has explained, by start and without overlaps.
        """
        if LETTERS.search(text, first) is None:
            return []
        rest = text[first:]
        words, lower = len(rest.split(maxsplit=FEW_WORDS - 1)), rest == rest.lower()
        if lower and words == 1:
            return []
        certain_only = words < (FEW_WORDS if lower else 2)
        taken = _with_placeholders(taken, text)
        groups = list(_joined([word for word in self._words(text) if word.start >= first], text))
        known = {
            (word.label, text[word.start : word.end])
            for group in groups
            if self._certain(group)
            for word in group
            if word.chance >= EDGE and word.end - word.start >= OWN_WORD
        }
        return [
            _match(part)
            for group in groups
            for whole in self._parts(group, known, text)
            for part in _free(whole, taken, text)
            if self._listed(part.words, text)
            and (part.certain or not certain_only)
            and (part.certain or _most(part.words) >= ORDINARY or not _is_ordinary(part, text))
        ]

    def _words(self, text: str) -> list[Likely]:
        if len(text) <= SIZE:
            return self._likely(text, 0)
        found: list[Likely] = []
        seam = reach = 0
        for window in windows(text):
            for word in self._likely(text[window.start : window.end], window.start):
                if max(seam, reach) <= word.start < window.seam:
                    found.append(word)
                    reach = word.end
            seam = window.seam
        return found

    def _likely(self, text: str, shift: int) -> list[Likely]:
        chance = self._point.chance
        return [
            Likely(word.start + shift, word.end + shift, word.label, chance(word.odds))
            for word in self._network.words(text, self._least)
        ]

    def _parts(self, group: list[Likely], known: Container[tuple[str, str]], text: str) -> Iterator[Part]:
        """What is certain of it: all but unlikely edges, or else what is certain elsewhere in the text."""
        if self._certain(group):
            least = min(EDGE, _most(group))
            likely = [place for place, word in enumerate(group) if word.chance >= least]
            start, end = likely[0], likely[-1] + 1
            certain = [
                start <= place < end and (word.chance >= least or not _is_ordinary_word(word, text))
                for place, word in enumerate(group)
            ]
        else:
            certain = [(word.label, text[word.start : word.end]) in known for word in group]
        for sure, words in groupby(zip(certain, group, strict=True), key=itemgetter(0)):
            yield Part([word for _, word in words], sure)

    def _certain(self, group: Sequence[Likely]) -> bool:
        return _most(group) >= self._point.limits[group[0].label].certain

    def _listed(self, words: Sequence[Likely], text: str) -> bool:
        """Numbers alone are a matter of the rules, but for postcodes of any country."""
        label, longest = words[0].label, max(word.end - word.start for word in words)
        spelt = any(text[word.start].isalpha() and not _is_unit(word, text) for word in words)
        if not spelt and (label != "PLACE" or longest < POSTCODE):
            return False
        return _most(words) >= self._point.limits[label].possible


@cache
def default() -> Detector:
    return Detector(Network(), chosen())


def entity_types() -> tuple[str, ...]:
    return tuple(name for pair in ENTITY_TYPES.values() for name in pair)


def recognizers(letter: str) -> tuple[str, ...]:
    """FAMILY, if it looks for identifiers of this letter."""
    known = weights()
    sure = any(known[certain].letter == letter for certain, _ in ENTITY_TYPES.values())
    return (FAMILY,) if sure else ()


@lru_cache(maxsize=1024)
def _origin(label: str, certain: bool, score: float) -> Origin:
    """In settings its finds only inform: names of methods and models look like people's."""
    entity_type = ENTITY_TYPES[label][0 if certain else 1]
    weight = replace(weights()[entity_type], in_settings="INFO")
    return Origin(f"{FAMILY}/{label.lower()}", entity_type, score, weight)


def _joined(words: Sequence[Likely], text: str) -> Iterator[list[Likely]]:
    """Neighbours of one label."""
    group: list[Likely] = []
    for word in words:
        if group and (group[-1].label != word.label or not _joins(group[-1], word, text)):
            yield group
            group = []
        group.append(word)
    if group:
        yield group


def _joins(before: Likely, behind: Likely, text: str) -> bool:
    between = text[before.end : behind.start]
    if between == AFTER_INITIAL:
        return before.end - before.start <= INITIAL
    return between in JOINTS or (between == WITHIN_FIRM and before.label == "ORGANISATION")


def _with_placeholders(taken: Sequence[Place], text: str) -> Sequence[Place]:
    """Words in brackets that stand for an identifier are none."""
    if "[" not in text:
        return taken
    joined: list[Place] = []
    for start, end in sorted((*taken, *(match.span() for match in PLACEHOLDER.finditer(text)))):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _free(part: Part, taken: Sequence[Place], text: str) -> Iterator[Part]:
    """What no rule has explained of it, if that is worth a find."""
    runs: list[list[Likely]] = []
    whole, known = True, -1
    for word in part.words:
        # How many places begin before the word's end: the last of them is the only one that can touch it.
        count = bisect(taken, (word.end, -1))
        if count and taken[count - 1][1] > word.start:
            whole, known = False, -1
        elif count == known:
            runs[-1].append(word)
        else:
            whole = whole and not runs
            runs.append([word])
            known = count
    if whole:
        yield part
        return
    for words in runs:
        own = [word for word in words if word.end - word.start >= OWN_WORD and text[word.start].isalpha()]
        if own and words[0].label != "ID":
            yield Part(words, part.certain and _most(own) >= OWN_CHANCE)


def _is_unit(word: Likely, text: str) -> bool:
    """Beside a stroke, as in 17705 U/L and 29 /HPF: what is counted is a matter of the rules too."""
    beside = text[word.end : word.end + 1], text[word.start - 1 : word.start] if word.start else ""
    return "/" in beside and text[word.start : word.end].upper() in UNITS


def _is_ordinary(part: Part, text: str) -> bool:
    """A name that is made of words which the rules know as no name."""
    return part.words[0].label == "NAME" and all(_is_ordinary_word(word, text) for word in part.words)


def _is_ordinary_word(word: Likely, text: str) -> bool:
    return is_ordinary(plain(text[word.start : word.end]))


def _most(words: Sequence[Likely]) -> float:
    return max(word.chance for word in words)


def _match(part: Part) -> Match:
    words = part.words
    score = max(LEAST_SCORE, min(MOST_SCORE, int(_most(words) * 100) / 100))
    return Match(words[0].start, words[-1].end, _origin(words[0].label, part.certain, score), "plausible")
