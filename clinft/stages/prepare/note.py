"""Facts and a note style → text. A line is left out when one of its phrases has nothing to say."""

from dataclasses import dataclass
from functools import cached_property
from string import Formatter

from clinft.stages.prepare.draw import Draw
from clinft.stages.prepare.phrases import TELLS


@dataclass(frozen=True)
class Line:
    """Wordings of one line, one of which is used; `chance` in percent."""

    texts: tuple[str, ...]
    chance: int = 100

    @cached_property
    def wordings(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """Each text with the slots it needs."""
        return tuple(
            (text, frozenset(slot for _, slot, _, _ in Formatter().parse(text) if slot))
            for text in self.texts
        )


@dataclass(frozen=True)
class Style:
    name: str
    separator: str
    lines: tuple[Line, ...]


def write(style: Style, filled: dict[str, str], draw: Draw) -> tuple[str, tuple[str, ...]]:
    """The note, and the names of the facts it mentions, sorted."""
    written: list[str] = []
    told: set[str] = set()
    for line in style.lines:
        possible = [(text, slots) for text, slots in line.wordings if slots <= filled.keys()]
        if not possible or not draw.chance(line.chance):
            continue
        text, slots = draw.one(possible)
        line_text = text.format_map(filled)
        written.append(line_text[0].upper() + line_text[1:])
        told |= slots
    facts = {fact for slot in told for fact in TELLS[slot]}
    return style.separator.join(written), tuple(sorted(facts))
