"""What the metrics that average over labels share.

The mean is over the labels that have items in the whole split. Where a label has none of what it is divided
by, its part is 0, as scikit-learn's zero_division=0; so it is in a resample that lacks the label, which makes
the lower bound careful where a label is rare.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from clinft.metrics.metric import Metric, Question, Whole
from clinft.statistics.per_label import macro

CLASSIFICATION = frozenset({"classification"})
Answered = tuple[str, str | None]


def macro_metric(slug: str) -> Metric:
    return label_metric(lambda targets: macro(slug, targets))


def label_metric(of: Callable[[Iterable[str]], Callable[[Counter[Any]], float]]) -> Metric:
    """`of` gets the targets of the split, and gives a function of counted (target, prediction)."""
    return Metric(
        higher_is_better=True,
        kinds=CLASSIFICATION,
        form=Whole(
            of=lambda item, question: (item.target or "", item.prediction),
            statistic=lambda rows, question: of(target for target, _ in rows),
            unseen=_unseen,
        ),
    )


def _unseen(
    rows: Sequence[Answered], question: Question
) -> tuple[Mapping[Answered, float], Mapping[Answered, float]]:
    """A part of an item of each label: called by the next label of the split, or by its own.

    One for all labels together is too little where a rare label counts as much as a frequent one, and a whole
    one of each too much, for labels err apart: 1 over the root of their number. Of four labels, six items
    of a hundred in the rarest, this covers 96 to 98 %, and one for all together 87 %.
    """
    labels = sorted({target for target, _ in rows})
    others: list[str | None] = [*labels[1:], labels[0]] if len(labels) > 1 else [None]
    part = 1.0 / math.sqrt(len(labels))
    wrong = dict.fromkeys(zip(labels, others, strict=True), part)
    return wrong, {(label, label): part for label in labels}
