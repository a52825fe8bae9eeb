"""Other readings of a text, for identifiers that its plain characters hide. One module per reading."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from clinft.stages.audit.views import (
    columns,
    contacts,
    digit_groups,
    encoded,
    escapes,
    markup,
    misread,
    number_words,
    pairs,
    single_digits,
    wrapped,
)
from clinft.stages.audit.views.reading import Edit, Reading, reread
from clinft.stages.audit.views.signals import Signals

__all__ = ["Reading", "extra_readings"]


@dataclass(frozen=True)
class View:
    """`suspected` is quick and may err; `edits` turns the text into the reading.

    It is asked only of texts with so many `digits` and, if `signs`, with signs that sentences do not have.
    `decodes`: what comes out is a text of its own, to be read in the other ways; `repeats`: in this one too.
    """

    suspected: Callable[[Signals], bool]
    edits: Callable[[Signals], Iterable[Edit]]
    digits: int = 0
    signs: bool = False
    decodes: bool = False
    repeats: bool = False


TABLE: dict[str, View] = {
    "number-words": View(number_words.suspected, number_words.edits),
    "single-digits": View(single_digits.suspected, single_digits.edits, digits=4),
    "digit-groups": View(digit_groups.suspected, digit_groups.edits, digits=6),
    "misread": View(misread.suspected, misread.edits, digits=4),
    "contacts": View(contacts.suspected, contacts.edits),
    "columns": View(columns.suspected, columns.edits, signs=True),
    "pairs": View(pairs.suspected, pairs.edits, signs=True),
    "wrapped": View(wrapped.suspected, wrapped.edits, signs=True, decodes=True),
    "markup": View(markup.suspected, markup.edits, signs=True, decodes=True),
    "escapes": View(escapes.suspected, escapes.edits, signs=True, decodes=True, repeats=True),
    "encoded": View(encoded.suspected, encoded.edits, decodes=True, repeats=True),
}
DEEPEST = 4
# Characters of readings of readings, for a hostile text may hold one inside the other without end.
MOST_TIMES, MOST_AT_LEAST = 4, 100_000


def extra_readings(folded: str, context: str = "") -> Iterator[Reading]:
    """Readings to search like `folded` itself, behind `context`.

    `reading.span(start, end)` tells where a find lies in `folded`, or None where it is the plain text's.
    """
    left = MOST_TIMES * len(folded) + MOST_AT_LEAST
    # What to read, the reading that it is and which view made it, and how deep.
    waiting = deque[tuple[Signals, Reading | None, str, int]]([(Signals(folded, context), None, "", 0)])
    while waiting and left > 0:
        signals, outer, made_by, depth = waiting.popleft()
        odd, digits = signals.odd, signals.digits
        for name, view in TABLE.items():
            if digits < view.digits or (view.signs and not odd) or not view.suspected(signals):
                continue
            if name == made_by and not view.repeats:
                continue
            reading = reread(name, signals.text, view.edits(signals))
            if reading is None:
                continue
            if outer:
                reading = reading.within(outer)
                left -= len(reading.text)
            yield reading
            if view.decodes and depth < DEEPEST:
                waiting.append((Signals(reading.text, context), reading, name, depth + 1))
