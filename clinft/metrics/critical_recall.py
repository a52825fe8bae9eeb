"""Share of the critical cases that are found; the exact interval, since a miss may harm."""

from collections.abc import Sequence

from clinft.artifacts.results import ItemResult
from clinft.metrics.metric import Metric, Question, Share


def _found(item: ItemResult, question: Question) -> bool | None:
    return item.correct if question.is_critical(item) else None


def _missing(items: Sequence[ItemResult], question: Question) -> str | None:
    if any(question.is_critical(item) for item in items):
        return None
    return "regression.critical_labels names no label of this split"


METRIC = Metric(higher_is_better=True, form=Share(_found, exact=True), missing=_missing)
