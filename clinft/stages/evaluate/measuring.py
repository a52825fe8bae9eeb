"""One system's rows → its metrics, labels, confusion and subgroups."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from clinft.artifacts.lines import Lines
from clinft.artifacts.results import ItemResult, LabelResult, MetricResult, SliceResult, SystemResult
from clinft.metrics import TABLE
from clinft.metrics.metric import Question
from clinft.stages.evaluate.reliability import reliability
from clinft.stages.evaluate.scoring import items_sha256
from clinft.statistics.per_label import Pairs, tallies
from clinft.statistics.proportions import wilson

CRITICAL_RECALL = "critical_recall"


def result_of(
    system: str,
    scoring: str,
    items: Sequence[ItemResult],
    metrics: Iterable[str],
    main: str,
    question: Question,
    min_subgroup: int,
    stored: str | None = None,
    of_run: str | None = None,
) -> SystemResult:
    """`stored`, `of_run`: as in SystemResult."""
    labelled = question.kind == "classification" and bool(question.labels)
    pairs: Pairs = Counter((item.target or "", item.prediction) for item in items) if labelled else Counter()
    return SystemResult.model_validate(
        {
            "system": system,
            "scoring": scoring,
            "metrics": tuple(metric_of(name, items, question) for name in dict.fromkeys((main, *metrics))),
            "labels": _labels(question, pairs),
            "confusion": _confusion(pairs),
            "items_sha256": items_sha256(items),
            "slices": tuple(_slices(items, main, question, min_subgroup)),
            "reliability": reliability(items, question),
            "stored": stored,
            "of_run": of_run,
        }
    )


def metric_of(name: str, items: Sequence[ItemResult], question: Question) -> MetricResult:
    metric = TABLE[name]
    measured = metric.measure(items, question)
    is_missing = isinstance(measured, str)
    return MetricResult(
        metric=name,
        higher_is_better=metric.higher_is_better,
        interval=None if isinstance(measured, str) else measured,
        missing=measured if isinstance(measured, str) else None,
        note=None if is_missing else metric.note(items, question),
    )


def _slices(items: Sequence[ItemResult], main: str, question: Question, least: int) -> Iterator[SliceResult]:
    """By name and value. Recall of critical cases where the subgroup has any."""
    counts: Counter[tuple[str, str]] = Counter(pair for item in items for pair in item.slices.items())
    for (name, value), n in sorted(counts.items()):
        group = _group(items, name, value)
        yield _slice(name, value, main, group, n, question, least)
        critical = sum(question.is_critical(item) for item in group)
        if critical:
            yield _slice(name, value, CRITICAL_RECALL, group, critical, question, least)


def _slice(
    name: str,
    value: str,
    metric: str,
    group: Sequence[ItemResult],
    n: int,
    question: Question,
    least: int,
) -> SliceResult:
    """`n`: items that the metric counts. Of too few, an interval would say nothing and a value too much."""
    if n < least:
        few = f"{n:,} items, fewer than evaluation.min_subgroup ({least:,})"
        return SliceResult(slice=name, value=value, n=n, metric=metric, interval=None, missing=few)
    found = metric_of(metric, group, question)
    return SliceResult(
        slice=name, value=value, n=n, metric=metric, interval=found.interval, missing=found.missing
    )


def _group(items: Sequence[ItemResult], name: str, value: str) -> Sequence[ItemResult]:
    """Where the items lie on the disk, so do those of the group."""

    def is_in(item: ItemResult) -> bool:
        return item.slices.get(name) == value

    return items.where(is_in) if isinstance(items, Lines) else [item for item in items if is_in(item)]


def _confusion(pairs: Pairs) -> dict[str, dict[str, int]]:
    confusion: dict[str, dict[str, int]] = {}
    for (target, prediction), count in sorted(pairs.items(), key=lambda entry: repr(entry[0])):
        confusion.setdefault(target, {})[prediction or ""] = count
    return confusion


def _labels(question: Question, pairs: Pairs) -> tuple[LabelResult, ...]:
    """In the order of the spec; labels that the split does not hold have no row."""
    rows = []
    for label, counts in zip(question.labels, tallies(pairs, question.labels), strict=True):
        if counts.support == 0:
            continue
        rows.append(
            LabelResult(
                label=label,
                support=counts.support,
                precision=counts.precision if counts.predicted else None,
                recall=wilson(counts.hits, counts.support, question.confidence),
                f1=counts.f1 if counts.predicted else None,
            )
        )
    return tuple(rows)
