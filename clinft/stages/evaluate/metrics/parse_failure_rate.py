"""Share of free answers that are none of the labels."""

from collections.abc import Sequence

from clinft.artifacts.results import ItemResult
from clinft.stages.evaluate.metrics.metric import Measured, Metric, Question
from clinft.statistics.proportions import wilson


def measure(items: Sequence[ItemResult], question: Question) -> Measured:
    if question.scoring != "generated_text":
        return "the likeliest label is always one of the labels"
    return wilson(sum(item.prediction is None for item in items), len(items), question.confidence)


METRIC = Metric(higher_is_better=False, measure=measure)
