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
    # Sorted, so that sums do not depend on the order in which items came.
    known = sorted(set(rows))
    labels = sorted({target for target, _ in known})
    ranked = Ranked(known, labels)

    def mean(counts: Counter[Any]) -> float:
        nonlocal ranked
        # Rows that are new here: an unseen item, or the other system's in a swap. Seldom more than once.
        if not counts.keys() <= ranked.rows.keys():
            ranked = Ranked(sorted({*ranked.rows, *counts}), labels)
        return ranked.mean(counts)

    return mean


def macro_auroc_batch(rows: Iterable[Row]) -> Callable[[Sequence[Row]], Callable[[Any], Any]]:
    """As macro_auroc, of many resamples at once: rows, then their weights as (resamples, rows)."""
    labels = sorted({target for target, _ in rows})
    return lambda given: Ranked(given, labels).means


class Ranked:
    """Rows ranked once by what they say of each label; resamples differ in their weights alone."""

    def __init__(self, rows: Sequence[Row], labels: Sequence[int]) -> None:
        import numpy as np

        self.rows = {row: place for place, row in enumerate(rows)}
        targets = np.array([target for target, _ in rows])
        said = np.array([probabilities for _, probabilities in rows], dtype=float)
        self._by_label = []
        for label in labels:
            order = np.argsort(said[:, label], kind="stable")
            ranked = said[order, label]
            # Where the ties of one value begin.
            starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
            self._by_label.append((order, starts, targets[order] == label))

    def mean(self, counts: Counter[Any]) -> float:
        import numpy as np

        return float(self.means(np.array([[counts.get(row, 0.0) for row in self.rows]], dtype=float))[0])

    def means(self, weights: Any) -> Any:
        """0.5 of a resample in which no label stands against another."""
        import numpy as np

        areas = np.array([_areas(weights[:, order], starts, own) for order, starts, own in self._by_label])
        there = np.isfinite(areas)
        found = there.sum(axis=0)
        sums = np.where(there, areas, 0.0).sum(axis=0)
        return np.where(found > 0, sums / np.maximum(found, 1), 0.5)


def _areas(weights: Any, starts: Any, own: Any) -> Any:
    """Mann and Whitney's statistic of weighted items, by resample; NaN where one of two sides is empty."""
    import numpy as np

    ours = np.add.reduceat(weights * own, starts, axis=1)
    others = np.add.reduceat(weights * ~own, starts, axis=1)
    below = np.cumsum(others, axis=1) - others
    with np.errstate(invalid="ignore", divide="ignore"):
        found = (ours * (below + others / 2.0)).sum(axis=1) / (ours.sum(axis=1) * others.sum(axis=1))
    return np.where(np.isfinite(found), found, np.nan)
