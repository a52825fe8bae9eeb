"""How often a model is right where it is so and so sure: the table behind a reliability plot."""

from collections.abc import Iterable

from clinft.artifacts.results import ItemResult, ReliabilityBin
from clinft.metrics.metric import Question
from clinft.statistics.calibration import BINS, bin_of
from clinft.statistics.proportions import wilson


def reliability(items: Iterable[ItemResult], question: Question) -> tuple[ReliabilityBin, ...]:
    """Bins of confidence in the likeliest label that hold items; none where labels have no probabilities."""
    said: dict[int, list[tuple[float, bool]]] = {}
    for item in items:
        if item.probabilities:
            confidence = max(item.probabilities)
            said.setdefault(bin_of(confidence), []).append((confidence, item.correct))
    return tuple(
        ReliabilityBin(
            low=number / BINS,
            high=(number + 1) / BINS,
            n=len(rows),
            confidence=sum(sorted(confidence for confidence, _ in rows)) / len(rows),
            right=wilson(sum(right for _, right in rows), len(rows), question.confidence),
        )
        for number, rows in sorted(said.items())
    )
