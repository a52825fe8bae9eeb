"""What a metric is: a function of one system's items."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import ItemResult


@dataclass(frozen=True)
class Question:
    """What a metric may know besides the items: `scoring` as in ItemResult."""

    labels: tuple[str, ...]
    critical_labels: tuple[str, ...]
    scoring: str
    confidence: float


# The text says why the value is absent.
Measured = Interval | str


@dataclass(frozen=True)
class Metric:
    higher_is_better: bool
    measure: Callable[[Sequence[ItemResult], Question], Measured]
