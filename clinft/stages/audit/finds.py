"""What was found in one text, and which of several explanations of the same characters stands."""

from bisect import bisect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from clinft.artifacts.audit import Severity
from clinft.stages.audit.rule import Certainty
from clinft.stages.audit.severity import COMBINED, COMBINED_TYPES, RANK, Weight

# A find that any other explanation of the same characters replaces, even a harmless one.
UNEXPLAINED = "UNEXPLAINED_NUMBER"


@dataclass(frozen=True, slots=True)
class Find:
    """What one rule found in one text. `combined`: with others in the text it singles out a person.

    `asked_last`: whether it is a find at all, asked where nothing else explains these characters.
    """

    start: int
    end: int
    entity_type: str
    score: float
    recognizer: str
    certainty: Certainty
    weight: Weight
    combined: bool = False
    asked_last: Callable[[], Certainty | None] | None = field(default=None, compare=False, repr=False)

    def severity(self, settings: bool) -> Severity:
        """`settings`: the text describes the project and not a person, whom nothing there singles out."""
        return COMBINED if self.combined and not settings else self.weight.of(self.certainty, settings)


def settled(found: Iterable[Find]) -> tuple[Find, ...]:
    """By start, without overlaps: explained before unexplained, then the most severe, then the longest."""
    kept: list[Find] = []
    for find in sorted(found, key=_precedence):
        place = bisect(kept, find.start, key=lambda other: other.start)
        clear_before = place == 0 or kept[place - 1].end <= find.start
        if clear_before and (place == len(kept) or find.end <= kept[place].start):
            if find.asked_last is None:
                kept.insert(place, find)
            elif find.asked_last() is not None:
                kept.insert(place, replace(find, asked_last=None))
    return _combined(kept)


def _precedence(find: Find) -> tuple[bool, int, int, int, float, str, str]:
    return (
        find.entity_type == UNEXPLAINED,
        RANK[find.severity(settings=False)],
        find.start - find.end,
        find.start,
        -find.score,
        find.recognizer,
        find.entity_type,
    )


def _combined(finds: list[Find]) -> tuple[Find, ...]:
    """Several quasi-identifiers that say little alone say much together."""
    types = {find.entity_type for find in finds if _says_little(find)}
    if len(types) < COMBINED_TYPES:
        return tuple(finds)
    return tuple(replace(find, combined=True) if _says_little(find) else find for find in finds)


def _says_little(find: Find) -> bool:
    return find.weight.kind == "quasi" and find.severity(settings=False) == "MEDIUM"
