"""A metric of one system: its value with an interval, or why there is none.

Items of one cluster, such as notes of one scenario, are no independent ones: a cluster is drawn as a whole.
Which interval covers how often: docs/metrics.md.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import ItemResult
from clinft.metrics.metric import Measured, Metric, Question, Ratio, Share, Whole
from clinft.statistics.bounded_mean import bounded_mean
from clinft.statistics.proportions import clopper_pearson, wilson
from clinft.statistics.ratio_of_sums import ratio_of_sums
from clinft.statistics.unseen import with_unseen

NOTHING = "no item of this split is one that it counts"
NO_NUMBER = "a value of an item is no number, or contradicts another one of it"
# Counts and their shares are stored rounded.
ROUNDING = 1e-6
Row = TypeVar("Row")
NOBODY: Mapping[Any, float] = {}


def measured(metric: Metric, items: Sequence[ItemResult], question: Question) -> Measured:
    if metric.kinds is not None and question.kind not in metric.kinds:
        return f"not for task.kind {question.kind}"
    if why := metric.missing(items, question):
        return why
    form = metric.form
    if isinstance(form, Share):
        return _share(form, items, question)
    if isinstance(form, Ratio):
        return _ratio(form, items, question)
    return _whole(metric, form, items, question)


def _share(form: Share, items: Sequence[ItemResult], question: Question) -> Measured:
    said = [(item.cluster, yes) for item in items if (yes := form.of(item, question)) is not None]
    if not said:
        return NOTHING
    clusters = _clusters(said)
    if len(clusters) < len(said):
        return bounded_mean([(float(sum(one)), len(one)) for one in clusters], question.confidence)
    interval = clopper_pearson if form.exact else wilson
    return interval(sum(yes for _, yes in said), len(said), question.confidence)


def _ratio(form: Ratio, items: Sequence[ItemResult], question: Question) -> Measured:
    said = [(item.cluster, pair) for item in items if (pair := form.of(item, question)) is not None]
    if not math.fsum(below for _, (_, below) in said):
        return NOTHING
    if not all(_makes_sense(form, pair) for _, pair in said):
        return NO_NUMBER
    sums = [
        (math.fsum(above for above, _ in one), math.fsum(below for _, below in one))
        for one in _clusters(said)
    ]
    # What has nothing to divide by tells nothing of the ratio.
    units = [(above, below) for above, below in sums if below]
    found = (
        bounded_share(units, len(said), question.confidence)
        if form.bounded
        else ratio_of_sums(units, len(said), question.confidence)
    )
    return mapped(found, form)


def bounded_share(units: Sequence[tuple[float, float]], n: int, confidence: float) -> Interval:
    """Gaffke's interval of sum over sum, where no unit's first is above its second."""
    return bounded_mean(units, confidence).model_copy(update={"n": n})


def mapped(found: Interval, form: Ratio) -> Interval:
    """Mapped by `then`, which rises, so that bounds stay bounds."""
    return found.model_copy(update={end: form.then(getattr(found, end)) for end in ("value", "low", "high")})


def _makes_sense(form: Ratio, pair: tuple[float, float]) -> bool:
    above, below = pair
    if not (math.isfinite(above) and math.isfinite(below) and above >= 0.0 and below >= 0.0):
        return False
    return not form.bounded or above <= below + ROUNDING


def _whole(metric: Metric, form: Whole, items: Sequence[ItemResult], question: Question) -> Measured:
    said = [(item.cluster, row) for item in items if (row := form.of(item, question)) is not None]
    if not said:
        return NOTHING
    rows = [row for _, row in said]
    worst, best = form.unseen(rows, question) if form.unseen else (NOBODY, NOBODY)
    return with_unseen(
        _clusters(said),
        form.statistic(rows, question),
        worst,
        best,
        question.confidence,
        falling=not metric.higher_is_better,
        batch=form.batch(rows, question) if form.batch else None,
    )


def _clusters(said: Sequence[tuple[str | None, Row]]) -> list[list[Row]]:
    """By the name of each item's cluster; an item without one is one of its own."""
    found: dict[str, list[Row]] = {}
    alone: list[list[Row]] = []
    for cluster, row in said:
        if cluster is None:
            alone.append([row])
        else:
            found.setdefault(cluster, []).append(row)
    return [*found.values(), *alone]


def ratio(form: Ratio, counts: Counter[tuple[float, float]]) -> float:
    """0 where a resample has nothing to divide by."""
    above = math.fsum(first * count for (first, _), count in counts.items())
    below = math.fsum(second * count for (_, second), count in counts.items())
    return form.then(above / below) if below else 0.0
