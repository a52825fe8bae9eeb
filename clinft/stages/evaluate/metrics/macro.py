"""What the macro-averaged metrics share: a bootstrap over items of a mean over labels."""

from collections.abc import Sequence

from clinft.artifacts.results import ItemResult
from clinft.stages.evaluate.metrics.metric import Measured, Metric, Question
from clinft.statistics.bootstrap import bootstrap
from clinft.statistics.per_label import macro


def macro_metric(slug: str) -> Metric:
    def measure(items: Sequence[ItemResult], question: Question) -> Measured:
        pairs = [(item.target, item.prediction) for item in items]
        return bootstrap(pairs, macro(slug, (target for target, _ in pairs)), question.confidence)

    return Metric(higher_is_better=True, measure=measure)
