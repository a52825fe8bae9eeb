"""A tiny generator for tests: a few sentences with a name or a place, and some without."""

import random
from collections.abc import Iterator

from detector.sample import Sample, Span

FORMS = (
    ("Patient {} was seen for chest pain.", "NAME"),
    ("lives at {} with his wife", "PLACE"),
    ("ID {} on file", "ID"),
    ("works at {}.", "ORGANISATION"),
    ("Foley catheter, aspirin 81 mg daily, {} weeks.", "O"),
)
VALUES = {
    "NAME": ("Ada Quill", "Bram Oduya", "mira zell"),
    "PLACE": ("14 Larch Road", "Tarnville"),
    "ID": ("KX-4471", "99120-7"),
    "ORGANISATION": ("Quarry Foods", "Lakeview School"),
    "O": ("two", "3"),
}


def samples(seed: int) -> Iterator[Sample]:
    draw = random.Random(seed).random
    while True:
        form, label = FORMS[int(draw() * len(FORMS))]
        value = VALUES[label][int(draw() * len(VALUES[label]))]
        start = form.index("{}")
        spans = () if label == "O" else (Span(start, start + len(value), label),)
        yield Sample(form.format(value), spans)
