"""A row's texts, searched and replaced until nothing is found: a placeholder may change what others mean."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from clinft.stages.audit.engine import Engine
from clinft.stages.audit.finds import Find
from clinft.stages.audit.fix.placeholders import REMOVED, Placeholders
from clinft.stages.audit.units import TextUnit

ROUNDS = 3


class Reading(NamedTuple):
    """What the audit reads of a row, and for each text of the row the field that it calls it."""

    fields: Sequence[str]
    units: Iterable[TextUnit]


# The texts of a row, as they are now → its reading.
Read = Callable[[list[str]], Reading]


class Edit(NamedTuple):
    """`value`: the whole identifier, of which the text may hold a part."""

    start: int
    end: int
    find: Find
    value: str


@dataclass
class Cleaner:
    """`everything`: also what does not count as an identifier of a patient (INFO)."""

    engine: Engine
    everything: bool = False
    replaced: Counter[str] = field(default_factory=Counter)

    def is_clean(self, text: str) -> bool:
        return not self.engine.finds(text)

    def clean(self, texts: list[str], read: Read, placeholders: Placeholders) -> list[str]:
        """The texts of one row without what the audit finds in them."""
        for _ in range(ROUNDS):
            edits = self._edits(texts, read(texts))
            if not edits:
                return texts
            texts = [
                self._edited(text, edits[place], placeholders) if place in edits else text
                for place, text in enumerate(texts)
            ]
            texts = [placeholders.repeated(text, self.replaced) for text in texts]
        # What still is found after all rounds goes as a whole; each time one text more, or it cannot go.
        while edits := self._edits(texts, read(texts)):
            removed = [REMOVED if place in edits else text for place, text in enumerate(texts)]
            if removed == texts:
                break
            texts = removed
        return texts

    def _edits(self, texts: list[str], reading: Reading) -> dict[int, list[Edit]]:
        """By the place of the text. Two texts of one name, as equal keys make them, are both edited."""
        places = defaultdict(list)
        for place, name in enumerate(reading.fields):
            places[name].append(place)
        edits: defaultdict[int, list[Edit]] = defaultdict(list)
        for unit in reading.units:
            for find in self.engine.finds(unit.text, unit.context):
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

    def _edited(self, text: str, edits: list[Edit], placeholders: Placeholders) -> str:
        kept, end = [], 0
        for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
            if edit.start >= end:
                find = edit.find
                self.replaced[find.entity_type] += 1
                kept += [
                    text[end : edit.start],
                    placeholders.of(find.entity_type, find.weight.letter, edit.value),
                ]
            end = max(end, edit.end)
        return "".join([*kept, text[end:]])
