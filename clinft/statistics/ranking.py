"""Area under the ROC curve: how well probabilities put items of a label above the others."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

# (place of the right label, probability of each label).
Row = tuple[int, tuple[float, ...]]


def macro_auroc(rows: Iterable[Row]) -> Callable[[Counter[Any]], float]:
    """Mean over the labels among `rows` that not all of them have; one against the rest, ties count half.

    A resample that lacks a label is judged by the others, and by chance, 0.5, where none is left.
    """
    labels = sorted({target for target, _ in rows})

    def mean(counts: Counter[Any]) -> float:
        import numpy as np

        # Sorted, so that sums do not depend on the order in which items came.
        distinct = sorted(row for row, count in counts.items() if count > 0)
        weights = np.array([counts[row] for row in distinct], dtype=float)
        targets = np.array([target for target, _ in distinct])
        said = np.array([probabilities for _, probabilities in distinct], dtype=float)
        areas = [_area(said[:, label], targets == label, weights) for label in labels]
        found = [area for area in areas if area is not None]
        return float(np.mean(found)) if found else 0.5

    return mean


def _area(said: Any, positive: Any, weights: Any) -> float | None:
    """Mann and Whitney's statistic of weighted items; None where one of the two sides is empty."""
    import numpy as np

    _, place = np.unique(said, return_inverse=True)
    ours = np.bincount(place, weights=weights * positive)
    others = np.bincount(place, weights=weights * ~positive)
    if not ours.sum() or not others.sum():
        return None
    below = np.cumsum(others) - others
    return float((ours * (below + others / 2.0)).sum() / (ours.sum() * others.sum()))
