"""Precision, recall and F1 of one label, and their mean over labels."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

# (target, prediction) with counts; None: the answer was no label.
Pairs = Counter[tuple[str, str | None]]


class Tally(NamedTuple):
    """Counts of one label."""

    hits: int
    support: int
    predicted: int

    @property
    def recall(self) -> float:
        return self.hits / self.support if self.support else 0.0

    @property
    def precision(self) -> float:
        """0 where nothing was predicted as this label, as scikit-learn's zero_division=0."""
        return self.hits / self.predicted if self.predicted else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.hits / (self.support + self.predicted) if self.support + self.predicted else 0.0


OfTally = Callable[[Tally], float]
# A metric's slug to what it averages.
MACRO: dict[str, OfTally] = {
    "macro_f1": lambda tally: tally.f1,
    "macro_precision": lambda tally: tally.precision,
    "macro_recall": lambda tally: tally.recall,
}


def tallies(pairs: Pairs, labels: Sequence[str]) -> list[Tally]:
    """In the order of `labels`; a label that does not occur has zeros."""
    hits: Counter[str] = Counter()
    support: Counter[str] = Counter()
    predicted: Counter[str | None] = Counter()
    for (target, prediction), count in pairs.items():
        support[target] += count
        predicted[prediction] += count
        if target == prediction:
            hits[target] += count
    return [Tally(hits[label], support[label], predicted[label]) for label in labels]


def macro(slug: str, targets: Iterable[str]) -> Callable[[Pairs], float]:
    """Mean over the labels among `targets`, each counting the same however rare it is."""
    labels, of = sorted(set(targets)), MACRO[slug]

    def mean(pairs: Pairs) -> float:
        return sum(of(tally) for tally in tallies(pairs, labels)) / len(labels)

    return mean


def weighted_f1(targets: Iterable[str]) -> Callable[[Pairs], float]:
    """Mean over the labels among `targets`, each counting as often as it occurs in what is resampled."""
    labels = sorted(set(targets))

    def mean(pairs: Pairs) -> float:
        found = tallies(pairs, labels)
        support = math.fsum(tally.support for tally in found)
        return math.fsum(tally.f1 * tally.support for tally in found) / support if support else 0.0

    return mean
