"""What a metric is: one of three forms of statistic over the rows of one system.

The form decides how its interval is found (`measuring`) and how two systems are compared on the same items
(stages/regress): a share of yes or no, a ratio of sums, or a statistic of the whole set.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import ItemResult


@dataclass(frozen=True)
class Question:
    """What a metric may know besides the items: `scoring` as in ItemResult, `kind` as in task.kind.

    `urgency`: the labels from the most urgent to the least, where they have such an order.
    """

    labels: tuple[str, ...]
    critical_labels: tuple[str, ...]
    scoring: str
    confidence: float
    kind: str = "classification"
    urgency: tuple[str, ...] = ()

    def is_critical(self, item: ItemResult) -> bool:
        """By what the row says of the case; where it says nothing, by its label."""
        return item.target in self.critical_labels if item.critical is None else item.critical


@dataclass(frozen=True)
class Share:
    """Share of the items that say True among those that do not say None.

    `exact`: Clopper and Pearson's interval, which never covers less than it says, for what may harm.
    """

    of: Callable[[ItemResult, Question], bool | None]
    exact: bool = False


@dataclass(frozen=True)
class Ratio:
    """Sum of the first over sum of the second, over the items that do not say None; `then` maps the ratio.

    `then` rises. `bounded`: of no item the first is more than the second, so the ratio is at most 1.
    """

    of: Callable[[ItemResult, Question], tuple[float, float] | None]
    then: Callable[[float], float] = lambda ratio: ratio
    bounded: bool = False


@dataclass(frozen=True)
class Whole:
    """`statistic` gets the rows of the whole set once, and gives a function of counted rows.

    So that what is fixed by the set, such as the labels that are averaged over, stays fixed in a resample.
    `of` gives a row that sorts by its repr; None: the item is left out. `unseen`: rows of the worst item
    that was not seen and of the best one, each with its weight in items; None: nothing is known of such an
    item. Counts may be weights: any positive numbers. `batch`: the statistic of many resamples at once, a
    function of rows that gives one of their weights (numpy: resamples, rows); for rows that hardly repeat.
    """

    of: Callable[[ItemResult, Question], Hashable | None]
    statistic: Callable[[Sequence[Any], Question], Callable[[Counter[Any]], float]]
    unseen: Callable[[Sequence[Any], Question], tuple[Mapping[Any, float], Mapping[Any, float]]] | None = None
    batch: Callable[[Sequence[Any], Question], Callable[[Sequence[Any]], Callable[[Any], Any]]] | None = None


# The text says why the value is absent.
Measured = Interval | str


@dataclass(frozen=True)
class Metric:
    """`kinds`: the task.kind it is for, None for each. `missing`: why these items have no value, or None.

    `note`: what a reader must know beside the value, e.g. what a perfect model would show.
    """

    higher_is_better: bool
    form: Share | Ratio | Whole
    kinds: frozenset[str] | None = None
    missing: Callable[[Sequence[ItemResult], Question], str | None] = lambda items, question: None
    note: Callable[[Sequence[ItemResult], Question], str | None] = lambda items, question: None

    def measure(self, items: Sequence[ItemResult], question: Question) -> Measured:
        from clinft.metrics.measuring import measured

        return measured(self, items, question)
