"""Canaries into copies of sampled rows: each a sentence in the row's own style, or a member of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from clinft.stages.audit.scan import is_clean_key
from clinft.stages.audit.sensitivity.canaries import FORMS
from clinft.stages.audit.sensitivity.canaries.form import Form
from clinft.stages.audit.sensitivity.draw import Draw
from clinft.stages.audit.sensitivity.planted import Donor, Planted, Span
from clinft.stages.audit.sensitivity.rows import Row, ready
from clinft.stages.audit.sensitivity.style import Place, in_case, key_like
from clinft.stages.audit.units import TextUnit, json_units, line_unit

PER_CLASS = 500
# Sentences in one copy: as many as it has places for, within these.
FEWEST, MOST = 3, 5


@dataclass(frozen=True)
class Canary:
    """`carrier`: the sentence that it stands in, if it stands in one."""

    letter: str
    form: Form
    carrier: str


def plant(donors: Sequence[Donor], seed: str, per_class: int = PER_CLASS) -> Iterator[Planted]:
    """`per_class` canaries of every class, spread over copies of the donors; nothing without a usable donor.

    Same donors and seed, same copies; `seed` is the digest of the data, so that no two data sets share
    values. The copies live in memory only: nobody may log or write them.
    """
    draw = Draw("canaries", seed)
    most_rows = len(FORMS) * per_class // FEWEST + 1
    prepared = (ready(donor, draw) for donor in draw.shuffled(donors))
    rows = list(islice((row for row in prepared if row), most_rows))
    waiting = _canaries(draw, per_class)
    number = 0
    while rows and waiting:
        row = rows[number % len(rows)]
        taken = 1 + min(MOST, max(FEWEST, len(row.places)))
        yield _copy(row, [waiting.pop() for _ in range(min(taken, len(waiting)))], draw)
        number += 1


def _canaries(draw: Draw, per_class: int) -> list[Canary]:
    """Every carrier takes its turn, so that a class is not judged by its easiest ones."""
    return draw.shuffled(
        [
            canary
            for letter, forms in FORMS.items()
            for canary in islice(
                cycle(Canary(letter, form, one) for form in forms for one in form.carriers), per_class
            )
        ]
    )


def _copy(row: Row, canaries: Sequence[Canary], draw: Draw) -> Planted:
    member, sentences = _member(row, canaries, draw)
    text, found = _insert(row, sentences, draw)
    line = row.line(text, {key: value for _, key, value in member})
    units = tuple(
        json_units(row.file, 1, line, is_clean_key) if row.frame else [line_unit(row.file, 1, line)]
    )
    spans = [Span(letter, _field_of(text, units), start, end) for letter, start, end in found]
    spans += [Span(letter, _field_of(value, units), 0, len(value)) for letter, _, value in member]
    return Planted(row.file, line, tuple(spans))


def _field_of(text: str, units: Sequence[TextUnit]) -> str:
    return next(unit.field for unit in units if unit.text == text)


def _member(
    row: Row, canaries: Sequence[Canary], draw: Draw
) -> tuple[list[tuple[str, str, str]], Sequence[Canary]]:
    """At most one canary as (letter, key, value) of a member of its own, and the rest."""
    for place, canary in enumerate(canaries):
        if row.keys and canary.form.keys:
            key = key_like(draw.one(canary.form.keys), row.keys)
            if key not in row.keys:
                rest = (*canaries[:place], *canaries[place + 1 :])
                return [(canary.letter, key, _value(canary, row, draw))], rest
    return [], canaries


def _insert(row: Row, canaries: Sequence[Canary], draw: Draw) -> tuple[str, list[tuple[str, int, int]]]:
    """The row's text with one more sentence for each canary, and (letter, start, end) of the canaries."""
    chosen = sorted(_spread(row.places, len(canaries), draw), key=lambda place: place.at)
    text, done, found = "", 0, []
    for place, canary in zip(chosen, canaries, strict=True):
        before, after = in_case(canary.carrier, row.case).split("{}")
        value = _value(canary, row, draw)
        text += row.text[done : place.at]
        # Another sentence may have ended this very place already.
        text += (place.joint.lstrip(".") if text.endswith(".") else place.joint) + before
        found.append((canary.letter, len(text), len(text) + len(value)))
        text += value + after + ("." if place.stop else "")
        done = place.at
    return text + row.text[done:], found


def _spread(places: Sequence[Place], count: int, draw: Draw) -> list[Place]:
    """Different places as long as there are some."""
    mixed = draw.shuffled(places)
    return [mixed[number % len(mixed)] for number in range(count)]


def _value(canary: Canary, row: Row, draw: Draw) -> str:
    value = canary.form.value(draw)
    return value if canary.form.fixed else in_case(value, row.case)
