"""A row's texts, searched and replaced until nothing is found: a placeholder may change what others mean."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from clinft.stages.audit.engine import Engine
from clinft.stages.audit.fix.mentions import Mentions
from clinft.stages.audit.fix.nested import Edit, rewritten
from clinft.stages.audit.fix.placeholders import Placeholders
from clinft.stages.audit.placeholder import REMOVED
from clinft.stages.audit.units import TextUnit

ROUNDS = 3


class Reading(NamedTuple):
    """What the audit reads of a row, and for each text of the row the field that it calls it."""

    fields: Sequence[str]
    units: Iterable[TextUnit]


# The texts of a row, as they are now → its reading.
Read = Callable[[list[str]], Reading]


@dataclass
class Cleaner:
    """`everything`: also what does not count as an identifier of a patient (INFO)."""

    engine: Engine
    everything: bool = False
    replaced: Counter[str] = field(default_factory=Counter)

    def is_clean(self, key: str) -> bool:
        return not self.engine.finds(key, detect=False)

    def clean(self, texts: list[str], read: Read, placeholders: Placeholders) -> list[str]:
        """The texts of one row without what the audit finds in them."""
        for _ in range(ROUNDS):
            before, edits = texts, self._edits(texts, read(texts))
            for place in sorted(edits):
                for edit in sorted(edits[place], key=_order):
                    placeholders.meet(edit.find.entity_type, edit.value)
            texts = [
                rewritten(text, edits[place], partial(self._edited, placeholders)) if place in edits else text
                for place, text in enumerate(texts)
            ]
            texts = self._without_mentions(texts, placeholders.mentions)
            if texts == before and not edits:
                return texts
        # What still is found after all rounds goes as a whole; each time one text more, or it cannot go.
        while edits := self._edits(texts, read(texts)):
            removed = [
                _removed(text, edits[place]) if place in edits else text for place, text in enumerate(texts)
            ]
            if removed == texts:
                break
            texts = removed
        return texts

    def _without_mentions(self, texts: list[str], mentions: Mentions) -> list[str]:
        if not mentions:
            return texts
        return [
            rewritten(text, (), lambda plain, _: mentions.without(plain, self.replaced)) for text in texts
        ]

    def _edits(self, texts: list[str], reading: Reading) -> dict[int, list[Edit]]:
        """By the place of the text. Two texts of one name, as equal keys make them, are both edited."""
        places = defaultdict(list)
        for place, name in enumerate(reading.fields):
            places[name].append(place)
        edits: defaultdict[int, list[Edit]] = defaultdict(list)
        for unit in reading.units:
            for find in self.engine.finds(unit.text, unit.context, detect=not unit.segments):
                if not self.everything and find.severity(settings=False) == "INFO":
                    continue
                value = unit.text[find.start : find.end]
                for name, start, end in unit.located(find.start, find.end):
                    for place in places[name]:
                        if start < len(texts[place]):
                            edits[place].append(Edit(start, end, find, value))
                    if not places[name]:
                        # Too deep for one of two readings of the row: better too much than too little.
                        for place, text in enumerate(texts):
                            edits[place].append(Edit(0, len(text), find, value))
        return edits

    def _edited(self, placeholders: Placeholders, text: str, edits: list[Edit]) -> str:
        kept, end = [], 0
        for edit in sorted(edits, key=_order):
            if edit.start >= end:
                find = edit.find
                self.replaced[find.entity_type] += 1
                kept += [
                    text[end : edit.start],
                    placeholders.of(find.entity_type, find.weight.letter, edit.value),
                ]
            end = max(end, edit.end)
        return "".join([*kept, text[end:]])


def _order(edit: Edit) -> tuple[int, int]:
    return edit.start, -edit.end


def _removed(text: str, edits: list[Edit]) -> str:
    """Of JSON within the text first the values touched, then all values, then everything."""
    for touching in (edits, [edits[0]._replace(start=0, end=len(text))]):
        removed = rewritten(text, touching, lambda plain, own: REMOVED if own else plain)
        if removed != text:
            return removed
    return REMOVED
