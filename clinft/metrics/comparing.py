"""One metric of two systems on the same items: the difference, its interval, and the evidence of a loss.

Share: McNemar's test with mid-p and Tango's interval; where items form clusters, the test by sign flips of
whole clusters and the interval by the design effect. Ratio of sums and statistics of the whole set: paired
bootstrap and label swaps of whole clusters. What each covers and how rarely it errs: docs/regress.md.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import ItemResult
from clinft.metrics import TABLE
from clinft.metrics.metric import Metric, Question, Ratio, Share, Whole
from clinft.spec.evaluation import UNBOUNDED
from clinft.statistics.paired import Unit, effective_items, mcnemar_mid_p, tango
from clinft.statistics.paired_resampling import Counted, Outcomes, Sums, difference, paired_interval, swap_p
from clinft.statistics.randomization import sign_flip_mid_p

NOTHING = "no item is one that it counts"
MCNEMAR, FLIPS = "McNemar, mid-p", "sign flips of whole clusters, mid-p"

# (baseline's row, candidate's row) of one item.
Pair = tuple[ItemResult, ItemResult]


@dataclass(frozen=True)
class Change:
    """`difference` is candidate minus baseline; `p_worse` is one-sided, against 'not worse'.

    `variance` is that of one item's difference: of a share about the share of items on which the two
    disagree. `worse`, `better`: items lost and won, None where the metric is not yes or no for each item.
    `unit`: what the difference is a share of, where it is one.
    """

    baseline: float
    candidate: float
    difference: Interval
    p_worse: float
    variance: float
    test: str
    worse: int | None = None
    better: int | None = None
    unit: str = ""

    @property
    def independent(self) -> bool:
        """Yes or no of items that are no clusters: power has an exact formula."""
        return self.test == MCNEMAR


def compared(name: str, pairs: Sequence[Pair], question: Question) -> Change | str:
    """The text says why there is no difference to tell. `question.scoring` is that of both rows."""
    metric = TABLE[name]
    if metric.kinds is not None and question.kind not in metric.kinds:
        return f"not for task.kind {question.kind}"
    for which, rows in (("baseline", [one for one, _ in pairs]), ("candidate", [two for _, two in pairs])):
        if why := metric.missing(rows, question):
            return f"{why} (the {which}'s)"
    if name == "perplexity" and any(one.answer_tokens != two.answer_tokens for one, two in pairs):
        return "the two models cut the answers into different tokens; bits_per_byte compares them"
    form = metric.form
    if isinstance(form, Share):
        return _share(metric, form, pairs, question)
    if isinstance(form, Ratio):
        return _ratio(name, metric, form, pairs, question)
    return _whole(name, metric, form, pairs, question)


def _share(metric: Metric, form: Share, pairs: Sequence[Pair], question: Question) -> Change | str:
    said = [(one, form.of(one, question), form.of(two, question)) for one, two in pairs]
    if any((first is None) != (second is None) for _, first, second in said):
        return "which items it counts differs between the two"
    counted = [(item, bool(first), bool(second)) for item, first, second in said if first is not None]
    if not counted:
        return NOTHING
    n = len(counted)
    units = [
        Unit(sum(after and not before for _, before, after in one),
             sum(before and not after for _, before, after in one), len(one))
        for one in clusters(counted, lambda row: row[0])
    ]  # fmt: skip
    won, lost = sum(unit.won for unit in units), sum(unit.lost for unit in units)
    worse, better = (lost, won) if metric.higher_is_better else (won, lost)
    alone = len(units) == n
    sign = 1 if metric.higher_is_better else -1
    return Change(
        baseline=sum(before for _, before, _ in counted) / n,
        candidate=sum(after for _, _, after in counted) / n,
        difference=tango(units, question.confidence),
        p_worse=mcnemar_mid_p(worse, better)
        if alone
        else sign_flip_mid_p([sign * (unit.lost - unit.won) for unit in units]),
        variance=(won + lost) / n * n / effective_items(units),
        test=MCNEMAR if alone else FLIPS,
        worse=worse,
        better=better,
    )


def _ratio(name: str, metric: Metric, form: Ratio, pairs: Sequence[Pair], question: Question) -> Change | str:
    import numpy as np

    said = [(one, (*_parts(form, one, question), *_parts(form, two, question))) for one, two in pairs]
    said = [(one, parts) for one, parts in said if parts[1] or parts[3]]
    sums = sorted(
        tuple(math.fsum(column) for column in zip(*(parts for _, parts in one), strict=True))
        for one in clusters(said, lambda row: row[0])
    )
    if not sums or not sum(row[1] for row in sums) or not sum(row[3] for row in sums):
        return NOTHING
    if not all(math.isfinite(number) for row in sums for number in row):
        return "a value of an item is no number"
    table = np.array(sums)
    then = np.vectorize(form.then, otypes=[float])

    def ratio(found: Any) -> Any:
        above, below = found[..., 0], found[..., 1]
        return then(np.divide(above, below, out=np.zeros_like(above), where=below > 0.0))

    outcomes = Sums(table[:, :2], table[:, 2:], ratio, _differ(name))
    before, after = (
        float(ratio(side.sum(axis=0, keepdims=True))[0]) for side in (table[:, :2], table[:, 2:])
    )
    return _resampled(name, metric, outcomes, before, after, len(said), question)


def _parts(form: Ratio, item: ItemResult, question: Question) -> tuple[float, float]:
    return form.of(item, question) or (0.0, 0.0)


def _whole(name: str, metric: Metric, form: Whole, pairs: Sequence[Pair], question: Question) -> Change | str:
    said = [(one, form.of(one, question), form.of(two, question)) for one, two in pairs]
    if any((first is None) != (second is None) for _, first, second in said):
        return "which items it counts differs between the two"
    said = [row for row in said if row[1] is not None]
    if not said:
        return NOTHING
    units = sorted(
        (
            sorted(((first, second) for _, first, second in one), key=repr)
            for one in clusters(said, lambda row: row[0])
        ),
        key=repr,
    )
    sides = [[[row[side] for row in unit] for unit in units] for side in (0, 1)]
    flat = [[row for unit in side for row in unit] for side in sides]
    # What is fixed by the set, such as the labels averaged over, lies in the targets: the same for both.
    statistic = form.statistic(flat[0], question)
    outcomes = Counted(sides[0], sides[1], statistic, _differ(name))
    before, after = (statistic(Counter(rows)) for rows in flat)
    return _resampled(name, metric, outcomes, before, after, len(said), question)


def _resampled(
    name: str, metric: Metric, outcomes: Outcomes, before: float, after: float, n: int, question: Question
) -> Change | str:
    relative, units = name in UNBOUNDED, int(outcomes.counts.sum())
    if relative and not before > 0.0:
        return "the baseline's is 0, so there is nothing to take a share of"
    if relative and units < 2:
        return "one cluster of items tells nothing of others"
    found, variance = paired_interval(outcomes, n, question.confidence, None if relative else 1.0)
    if not all(map(math.isfinite, (found.value, found.low, found.high))):
        return "its difference is no number in some resamples"
    return Change(
        baseline=before,
        candidate=after,
        difference=found,
        p_worse=swap_p(outcomes, 1 if metric.higher_is_better else -1),
        variance=variance,
        test=f"label swaps{'' if units == n else ' of whole clusters'}, {outcomes.draws:,} draws",
        unit=f" of the baseline's {name}" if relative else "",
    )


def _differ(name: str) -> Callable[[Any, Any], Any]:
    """Of what has no upper bound the difference is relative: 0.02 is two percent more."""
    return _relative if name in UNBOUNDED else difference


def _relative(before: Any, after: Any) -> Any:
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        return after / before - 1.0


def clusters(rows: Sequence[Any], item: Callable[[Any], ItemResult]) -> list[list[Any]]:
    """Rows of one cluster together; an item without one is a cluster of its own. In order of the names."""
    found: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        of = item(row)
        found.setdefault(("cluster", of.cluster) if of.cluster is not None else ("item", of.item), []).append(
            row
        )
    return [found[name] for name in sorted(found)]
