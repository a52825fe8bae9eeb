"""A metric of one system: its value with an interval, or why there is none."""

import math
from collections import Counter
from collections.abc import Sequence

from clinft.artifacts.results import ItemResult
from clinft.metrics.metric import Measured, Metric, Question, Ratio, Share
from clinft.statistics.bootstrap import bootstrap
from clinft.statistics.proportions import clopper_pearson, wilson

NOTHING = "no item of this split is one that it counts"


def measured(metric: Metric, items: Sequence[ItemResult], question: Question) -> Measured:
    if metric.kinds is not None and question.kind not in metric.kinds:
        return f"not for task.kind {question.kind}"
    if why := metric.missing(items, question):
        return why
    form = metric.form
    if isinstance(form, Share):
        return _share(form, items, question)
    if isinstance(form, Ratio):
        pairs = [pair for item in items if (pair := form.of(item, question)) is not None]
        if not sum(below for _, below in pairs):
            return NOTHING
        return bootstrap(pairs, lambda counts: ratio(form, counts), question.confidence)
    rows = [row for item in items if (row := form.of(item, question)) is not None]
    if not rows:
        return NOTHING
    return bootstrap(rows, form.statistic(rows, question), question.confidence)


def _share(form: Share, items: Sequence[ItemResult], question: Question) -> Measured:
    said = [yes for item in items if (yes := form.of(item, question)) is not None]
    interval = clopper_pearson if form.exact else wilson
    return interval(sum(said), len(said), question.confidence) if said else NOTHING


def ratio(form: Ratio, counts: Counter[tuple[float, float]]) -> float:
    """0 where a resample has nothing to divide by."""
    above = math.fsum(first * count for (first, _), count in counts.items())
    below = math.fsum(second * count for (_, second), count in counts.items())
    return form.then(above / below) if below else 0.0
