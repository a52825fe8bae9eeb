"""Area under the ROC curve: how well probabilities put items of a label above the others."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

# (place of the right label, probability of each label).
Row = tuple[int, tuple[float, ...]]


def macro_auroc(rows: Iterable[Row]) -> Callable[[Counter[Any]], float]:
    """Mean over the labels among `rows` that not all of them have; one against the rest, ties count half.

    A resample that lacks a label is judged by the others, and by chance, 0.5, where none is left.
    """
    known = set(rows)
    labels = sorted({target for target, _ in known})
    ranked = Ranked(known, labels)

    def mean(counts: Counter[Any]) -> float:
        nonlocal ranked
        # Rows that are new here: an unseen item, or the other system's in a swap. Seldom more than once.
        if not counts.keys() <= ranked.rows.keys():
            ranked = Ranked({*ranked.rows, *counts}, labels)
        return ranked.mean(counts)

    return mean


class Ranked:
    """Rows ranked once by what they say of each label; resamples differ in their weights alone."""

    def __init__(self, rows: Iterable[Row], labels: Sequence[int]) -> None:
        import numpy as np

        # Sorted, so that sums do not depend on the order in which items came.
        self.rows = dict.fromkeys(sorted(rows))
        targets = np.array([target for target, _ in self.rows])
        said = np.array([probabilities for _, probabilities in self.rows], dtype=float)
        self._by_label = [
            (np.unique(said[:, label], return_inverse=True)[1], targets == label) for label in labels
        ]

    def mean(self, counts: Counter[Any]) -> float:
        import numpy as np

        weights = np.array([counts.get(row, 0.0) for row in self.rows], dtype=float)
        areas = [_area(places, positive, weights) for places, positive in self._by_label]
        found = [area for area in areas if area is not None]
        return float(np.mean(found)) if found else 0.5


def _area(places: Any, positive: Any, weights: Any) -> float | None:
    """Mann and Whitney's statistic of weighted items; None where one of the two sides is empty."""
    import numpy as np

    ours = np.bincount(places, weights=weights * positive)
    others = np.bincount(places, weights=weights * ~positive)
    if not ours.any() or not others.any():
        return None
    below = np.cumsum(others) - others
    return float((ours * (below + others / 2.0)).sum() / (ours.sum() * others.sum()))
