"""Ratios and shares over `ItemResult.values`: what scoring counted of each item."""

from collections.abc import Callable, Sequence

from clinft.artifacts.results import ItemResult
from clinft.metrics.metric import Metric, Question, Ratio, Share

Pair = tuple[float, float]
# Kinds of task whose answers are text about a case.
TEXTS = frozenset({"summarization", "dialogue_to_note"})
# Kinds whose answers may claim something that the text does not say.
CLAIMING = TEXTS | {"question_answering", "extraction", "ner"}
# Kinds whose answers are sets of things; one label is a set of one.
UNITS = frozenset({"classification", "extraction", "coding", "ner"})


def counts(item: ItemResult, *names: str) -> tuple[float, ...] | None:
    """None where one of them was not counted."""
    found = tuple(item.values[name] for name in names if name in item.values)
    return found if len(found) == len(names) else None


def counted(*names: str, what: str) -> Callable[[Sequence[ItemResult], Question], str | None]:
    """For `missing`: no item has these counts."""

    def missing(items: Sequence[ItemResult], question: Question) -> str | None:
        if any(counts(item, *names) is not None for item in items):
            return None
        return f"the rows hold no {what}"

    return missing


def ratio_metric(
    above: Callable[..., float],
    below: Callable[..., float],
    names: Sequence[str],
    *,
    what: str,
    kinds: frozenset[str],
    higher_is_better: bool = True,
    note: Callable[[Sequence[ItemResult], Question], str | None] = lambda items, question: None,
) -> Metric:
    """Sum of `above` over sum of `below`, both of the counts `names` of an item; `what`: these, in words."""

    def pair(item: ItemResult, question: Question) -> Pair | None:
        found = counts(item, *names)
        return None if found is None else (above(*found), below(*found))

    return Metric(
        higher_is_better=higher_is_better,
        kinds=kinds,
        form=Ratio(pair, bounded=True),
        missing=counted(*names, what=what),
        note=note,
    )


def mean_metric(name: str, *, what: str, kinds: frozenset[str]) -> Metric:
    """Mean over items of a value between 0 and 1."""
    return ratio_metric(lambda value: value, lambda value: 1.0, (name,), what=what, kinds=kinds)


def share_metric(
    of: Callable[..., bool],
    name: str,
    *,
    what: str,
    kinds: frozenset[str],
    higher_is_better: bool,
) -> Metric:
    """Share of the items of which the count `name` says yes."""

    def yes(item: ItemResult, question: Question) -> bool | None:
        return of(item.values[name]) if name in item.values else None

    return Metric(
        higher_is_better=higher_is_better,
        kinds=kinds,
        form=Share(yes),
        missing=counted(name, what=what),
    )
