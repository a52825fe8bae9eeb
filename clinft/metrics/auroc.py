"""Chance that an item of a label gets a higher probability of it than one that is not; mean over labels.

One against the rest, unweighted; with two labels the usual area under the ROC curve (Hanley and McNeil 1982).
"""

from collections import Counter
from collections.abc import Sequence

from clinft.artifacts.results import ItemResult
from clinft.metrics.macro_metric import CLASSIFICATION
from clinft.metrics.metric import Metric, Question, Whole
from clinft.metrics.stated import Stated, no_probabilities, stated
from clinft.statistics.ranking import macro_auroc, macro_auroc_batch


def _missing(items: Sequence[ItemResult], question: Question) -> str | None:
    if why := no_probabilities(items, question):
        return why
    if len({item.target for item in items}) < 2:
        return "all items are of one label, so there is nothing to tell apart"
    return None


def _unseen(rows: Sequence[Stated], question: Question) -> tuple[dict[Stated, float], dict[Stated, float]]:
    """An item of any label, as often as it occurs, of which that label is sure to be wrong, or right."""
    labels = range(len(question.labels))
    shares = {
        label: count / len(rows) for label, count in sorted(Counter(row.target for row in rows).items())
    }
    wrong = {
        Stated(label, tuple(float(other != label) / (len(labels) - 1) for other in labels)): share
        for label, share in shares.items()
    }
    right = {
        Stated(label, tuple(float(other == label) for other in labels)): share
        for label, share in shares.items()
    }
    return wrong, right


METRIC = Metric(
    higher_is_better=True,
    kinds=CLASSIFICATION,
    form=Whole(
        of=stated,
        statistic=lambda rows, question: macro_auroc(rows),
        unseen=_unseen,
        batch=lambda rows, question: macro_auroc_batch(rows),
    ),
    missing=_missing,
)
