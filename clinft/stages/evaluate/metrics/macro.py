"""What the macro-averaged metrics share: a bootstrap over items of a mean over labels.

The mean is over the labels that have items in the whole split. Where a label has none of what it is divided
by, its part is 0, as scikit-learn's zero_division=0; so it is in a resample that lacks the label, which makes
the lower bound careful where a label is rare.
"""

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
