"""Share of the items with a critical label that are found; the exact interval, since a miss may harm."""

from collections.abc import Sequence

from clinft.artifacts.results import ItemResult
from clinft.stages.evaluate.metrics.metric import Measured, Metric, Question
from clinft.statistics.proportions import clopper_pearson


def measure(items: Sequence[ItemResult], question: Question) -> Measured:
    critical = [item for item in items if item.target in question.critical_labels]
    if not critical:
        return "regression.critical_labels names no label of this split"
    return clopper_pearson(sum(item.correct for item in critical), len(critical), question.confidence)


METRIC = Metric(higher_is_better=True, measure=measure)
