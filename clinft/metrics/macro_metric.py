"""What the macro-averaged metrics share: a mean over labels.

The mean is over the labels that have items in the whole split. Where a label has none of what it is divided
by, its part is 0, as scikit-learn's zero_division=0; so it is in a resample that lacks the label, which makes
the lower bound careful where a label is rare.
"""

from clinft.metrics.metric import Metric, Whole
from clinft.statistics.per_label import macro

CLASSIFICATION = frozenset({"classification"})


def macro_metric(slug: str) -> Metric:
    return Metric(
        higher_is_better=True,
        kinds=CLASSIFICATION,
        form=Whole(
            of=lambda item, question: (item.target or "", item.prediction),
            statistic=lambda rows, question: macro(slug, (target for target, _ in rows)),
        ),
    )
