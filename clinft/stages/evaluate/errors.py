"""The wrong answers of one system by kind, with the items that a person should look at first."""

from collections import Counter
from collections.abc import Iterable
from heapq import nsmallest

from clinft.artifacts.results import ErrorGroup, ItemResult
from clinft.metrics.metric import Question
from clinft.statistics.proportions import wilson

MOST_ITEMS = 10
UNKNOWN = "other"


def errors_of(rows: Iterable[ItemResult], question: Question) -> tuple[ErrorGroup, ...]:
    """Most critical misses first, then the most frequent."""
    counts: Counter[str] = Counter()
    critical: Counter[str] = Counter()
    worst: dict[str, list[tuple[bool, float, str]]] = {}
    for row in rows:
        if row.correct:
            continue
        kind, is_critical = row.category or UNKNOWN, question.is_critical(row)
        counts[kind] += 1
        critical[kind] += is_critical
        shown = [*worst.get(kind, ()), (not is_critical, row.points, row.item)]
        worst[kind] = nsmallest(MOST_ITEMS, shown)
    order = sorted(counts, key=lambda kind: (-critical[kind], -counts[kind], kind))
    return tuple(
        ErrorGroup(
            category=kind,
            n=counts[kind],
            share=wilson(counts[kind], counts.total(), question.confidence),
            critical=critical[kind],
            items=tuple(item for _, _, item in worst[kind]),
        )
        for kind in order
    )
