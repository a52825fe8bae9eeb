"""Share of the items that are called more urgent than they are, of those that could be.

Beside critical_recall, which a model that calls everything urgent would win. An item of the most urgent label
cannot be called more urgent. Human anchor: 28.9 % of all visits in 21 US emergency departments, where 3.3 %
were called less urgent than they were (Sax et al., JAMA Netw Open 2023).
"""

from collections.abc import Sequence

from clinft.artifacts.results import ItemResult
from clinft.metrics.macro_metric import CLASSIFICATION
from clinft.metrics.metric import Metric, Question, Share

# The words of our packs, the most urgent first.
ACUITIES = ("immediate", "emergent", "urgent", "less-urgent", "non-urgent")


def order(question: Question) -> tuple[tuple[str, ...], ...]:
    """Groups of labels, the most urgent first: by what is known of them, else critical and the rest."""
    if question.urgency:
        return tuple((label,) for label in question.urgency)
    if set(question.labels) <= set(ACUITIES):
        return tuple((label,) for label in ACUITIES if label in question.labels)
    rest = tuple(label for label in question.labels if label not in question.critical_labels)
    return (question.critical_labels, rest) if question.critical_labels and rest else ()


def _over(item: ItemResult, question: Question) -> bool | None:
    place = {label: rank for rank, group in enumerate(order(question)) for label in group}
    right = place.get(item.target or "")
    if not right:
        return None
    return place.get(item.prediction or "", right) < right


def _missing(items: Sequence[ItemResult], question: Question) -> str | None:
    if not order(question):
        return "the labels have no order of urgency, and regression.critical_labels names none of them"
    if all(_over(item, question) is None for item in items):
        return "every item is of the most urgent label"
    return None


METRIC = Metric(higher_is_better=False, kinds=CLASSIFICATION, form=Share(_over), missing=_missing)
