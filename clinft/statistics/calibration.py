"""Expected calibration error (Guo et al. 2017), and what it would be of a perfect model."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

BINS = 10
REPEATS = 2000


def expected_error(answers: Counter[tuple[float, bool]]) -> float:
    """Of (confidence, right) with their counts: mean distance of share right and confidence, bin by bin.

    Bins are equally wide; a bin counts as much as it holds.
    """
    held: dict[int, list[tuple[float, float, float]]] = {}
    for (confidence, right), count in answers.items():
        held.setdefault(bin_of(confidence), []).append((confidence * count, right * count, count))
    gaps = [abs(math.fsum(right for _, right, _ in rows) - math.fsum(said for said, _, _ in rows))
            for rows in held.values()]  # fmt: skip
    return math.fsum(gaps) / math.fsum(answers.values())


def expected_errors(rows: Sequence[tuple[float, bool]]) -> Callable[[Any], Any]:
    """As expected_error, of many resamples at once: a function of their weights, (resamples, rows)."""
    import numpy as np

    gaps = np.zeros((len(rows), BINS))
    for place, (confidence, right) in enumerate(rows):
        gaps[place, bin_of(confidence)] = right - confidence
    return lambda weights: np.abs(weights @ gaps).sum(axis=1) / weights.sum(axis=1)


def bin_of(confidence: float) -> int:
    """0.1 lies in the second of ten bins, 1.0 in the last."""
    return min(BINS - 1, int(confidence * BINS))


def null_errors(confidences: Sequence[float], repeats: int = REPEATS, seed: int = 0) -> list[float]:
    """The error, sorted, of models that are right exactly as often as they say, on these confidences."""
    import numpy as np

    # Sorted, so that the order in which items came changes nothing.
    said = np.array(sorted(confidences))
    rng = np.random.default_rng(seed)
    bins = np.array([bin_of(one) for one in said])
    total = np.zeros(repeats)
    for number in np.unique(bins):
        inside = said[bins == number]
        right = (rng.random((repeats, len(inside))) < inside).sum(axis=1)
        total += np.abs(right - inside.sum())
    return sorted(float(one) for one in total / len(said))
