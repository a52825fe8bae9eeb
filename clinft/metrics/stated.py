"""The probabilities that a model gave the labels, as the metrics of calibration and ranking read them."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from clinft.artifacts.results import ItemResult
from clinft.metrics.metric import Question

# Probabilities are stored rounded.
ROUNDING = 1e-3
NO_PROBABILITIES = "the model gives no probabilities of the labels"


class Stated(NamedTuple):
    """`target`: place of the right label; `probabilities`: in the order of the labels, one each."""

    target: int
    probabilities: tuple[float, ...]


def stated(item: ItemResult, question: Question) -> Stated | None:
    """None where the row has none, or its target is no label."""
    if len(item.probabilities) != len(question.labels) or item.target not in question.labels:
        return None
    return Stated(question.labels.index(item.target), item.probabilities)


def no_probabilities(items: Sequence[ItemResult], question: Question) -> str | None:
    """For `missing`. Of some items alone it would be a figure of another set."""
    found = [stated(item, question) for item in items]
    if not found or None in found:
        return NO_PROBABILITIES
    for one in found:
        if one is not None and not _is_distribution(one.probabilities):
            return "the probabilities of the labels of an item are no numbers that add up to 1"
    return None


def _is_distribution(probabilities: Sequence[float]) -> bool:
    """NaN fails each comparison."""
    return all(0.0 <= one <= 1.0 for one in probabilities) and abs(math.fsum(probabilities) - 1.0) <= ROUNDING
