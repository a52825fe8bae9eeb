"""Share of items answered right; an answer that is no label is wrong."""

from collections.abc import Sequence

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import ItemResult
from clinft.stages.evaluate.metrics.metric import Metric, Question
from clinft.statistics.proportions import wilson


def measure(items: Sequence[ItemResult], question: Question) -> Interval:
    return wilson(sum(item.correct for item in items), len(items), question.confidence)


METRIC = Metric(higher_is_better=True, measure=measure)
