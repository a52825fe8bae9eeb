"""What the metrics that average over labels share.

The mean is over the labels that have items in the whole split. Where a label has none of what it is divided
by, its part is 0, as scikit-learn's zero_division=0; so it is in a resample that lacks the label, which makes
the lower bound careful where a label is rare.
"""

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
    """An item of any label, as often as it occurs: called by the next label of the split, or by its own."""
    shares = {label: count / len(rows) for label, count in sorted(Counter(row[0] for row in rows).items())}
    labels = list(shares)
    others: list[str | None] = [*labels[1:], labels[0]] if len(labels) > 1 else [None]
    wrong = {(label, other): shares[label] for label, other in zip(labels, others, strict=True)}
    return wrong, {(label, label): share for label, share in shares.items()}
