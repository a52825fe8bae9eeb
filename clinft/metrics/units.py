"""Precision, recall and F1 over all units of all items at once: labels, fields, codes or entities."""

from collections.abc import Callable, Sequence

from clinft.artifacts.results import ItemResult
from clinft.metrics.counted import UNITS, counts
from clinft.metrics.metric import Metric, Question, Ratio


def units(item: ItemResult, question: Question) -> tuple[float, ...] | None:
    """(gold, said, shared). A label is one unit; an answer that is none of the labels says nothing."""
    found = counts(item, "gold", "said", "shared")
    if found is not None or question.kind != "classification":
        return found
    return 1.0, float(item.prediction is not None), float(item.correct)


def _missing(items: Sequence[ItemResult], question: Question) -> str | None:
    found = [one for item in items if (one := units(item, question)) is not None]
    return None if found else "the rows hold no counts of right and given units"


def unit_metric(
    above: Callable[[float, float, float], float], below: Callable[[float, float, float], float]
) -> Metric:
    """Both take gold, said and shared of an item. Equals scikit-learn's average='micro'."""

    def pair(item: ItemResult, question: Question) -> tuple[float, float] | None:
        found = units(item, question)
        return None if found is None else (above(*found), below(*found))

    return Metric(higher_is_better=True, kinds=UNITS, form=Ratio(pair, bounded=True), missing=_missing)
