"""Rungs in numbers: what may be compared, the interval of each measure, critical recall, items needed.

Independent yes or no gets Wilson's interval. All else, scores and whatever comes in clusters, gets one that
takes no rare bad score for impossible because none was drawn: a bootstrap called 19 x 1.0 and a 0.99 certain.
"""

import math
from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import NamedTuple

from clinft.artifacts.assessment import CriticalRecall, MeasureName
from clinft.artifacts.planning import Interval
from clinft.errors import SpecError
from clinft.stages.assess.outcomes import Outcome, Rung
from clinft.statistics.bounded_mean import bounded_mean, fewest_units
from clinft.statistics.power import MOST_ITEMS, items_for_margin, items_for_proportion
from clinft.statistics.proportions import clopper_pearson, wilson

MEASURES: MappingProxyType[MeasureName, Callable[[Outcome], float]] = MappingProxyType(
    {
        "score": lambda outcome: outcome.score,
        "accuracy": lambda outcome: float(outcome.correct),
        "parsed": lambda outcome: float(outcome.parsed),
    }
)


class Unit(NamedTuple):
    """What is drawn as one: a cluster's sum over its items, or a single item."""

    total: float
    size: int


def checked(rungs: Sequence[Rung], gold: Sequence[str] | None = None) -> None:
    """Raises SpecError where nothing that is reckoned from these rungs would mean anything."""
    if not rungs or not rungs[0].outcomes:
        raise _refused(
            "There are no outcomes to assess.",
            "No prompt was tried, or the dev split is empty.",
            "Give the dev split records and name a strategy in prompt.strategies.",
        )
    if len({(rung.name, rung.read) for rung in rungs}) < len(rungs):
        raise _refused(
            "Two rungs have the same name and are read in the same way.",
            "A file of predictions was given twice, or two strategies share a name.",
            "Give each its own name.",
        )
    first = [(outcome.item, outcome.cluster) for outcome in rungs[0].outcomes]
    if len(set(first)) < len(first):
        raise _refused(
            f"Items of {rungs[0].name} are there more than once.",
            "Repeated answers of one item were not averaged, or ids are not unique.",
            "Give each item one outcome and its own id.",
        )
    for rung in rungs:
        if [(outcome.item, outcome.cluster) for outcome in rung.outcomes] != first:
            raise _refused(
                f"{rung.name} and {rungs[0].name} were not measured on the same items in the same order.",
                "Predictions of another split, or of only a part of it, were given.",
                "Ask every prompt about every record of the dev split.",
            )
        for number, outcome in enumerate(rung.outcomes, start=1):
            if not 0.0 <= outcome.score <= 1.0:  # false for NaN, too
                raise _refused(
                    f"The score of outcome {number} of {rung.name} is not a number from 0 to 1.",
                    "The metric divided by nothing, or is on another scale.",
                    "Score an answer that cannot be read as 0, and scale the metric to 0 to 1.",
                )
    if gold is not None and len(set(gold)) < 2:
        raise _refused(
            "All gold answers of the dev split are the same, so always giving that one would be perfect.",
            "data.label_counts or a filter left one class.",
            "Give the dev split records of every class.",
        )


def independent(rung: Rung) -> int:
    """How many clusters, or items where none shares one."""
    return len(set(clusters(rung)))


def adjusted(confidence: float, claims: int) -> float:
    """Bonferroni: each of `claims` intervals at this level, all of them together at `confidence`."""
    return 1.0 - (1.0 - confidence) / claims


def mean(rung: Rung, measure: MeasureName) -> float:
    """The value that `interval` lies around."""
    values = of_items(rung, measure)
    return math.fsum(values) / len(values)


def interval(rung: Rung, measure: MeasureName, confidence: float) -> Interval:
    values, units = of_items(rung, measure), _units(rung, measure)
    n = len(values)
    if binary(values) and len(units) == n:
        return wilson(round(sum(values)), n, confidence)
    found = bounded_mean(units, confidence)
    clustered = "" if len(units) == n else f" over {len(units):,} clusters"
    return found.model_copy(update={"method": f"{found.method}{clustered}"})


def critical_recall(rung: Rung, confidence: float) -> Interval | None:
    """Of critical cases, two-sided. A cluster is one case, and found only where each of its items is."""
    missed = _critical(rung)
    if not missed:
        return None
    found = clopper_pearson(len(missed) - sum(missed.values()), len(missed), confidence)
    if len(missed) == sum(outcome.missed_critical is not None for outcome in rung.outcomes):
        return found
    return found.model_copy(update={"method": "Clopper-Pearson over clusters"})


def certified(rung: Rung, target: float, confidence: float, claims: int = 1) -> CriticalRecall:
    """One-sided: certification asks only whether recall could be lower (59 cases for 0.95, none missed)."""
    missed = _critical(rung)
    cases, misses = len(missed), sum(missed.values())
    level = 1.0 - 2.0 * (1.0 - confidence) / claims
    found = critical_recall(rung, level)
    fewest = _cases_needed(0, target, level)
    status = "NOT_CERTIFIABLE" if fewest is None or cases < fewest else "NOT_CERTIFIED"
    if found is not None and found.low >= target:
        status = "CERTIFIED"
    return CriticalRecall.model_validate(
        {
            "status": status,
            "target": target,
            "recall": found,
            "cases": cases,
            "missed": misses,
            "cases_needed": _cases_needed(misses, target, level),
        }
    )


def items_needed(rung: Rung, measure: MeasureName, bound: float, confidence: float) -> int | None:
    """Items that would tell the measure from `bound` with 80 % power, were it as found.

    None: none would, for it is `bound` that was found, or more than MOST_ITEMS.
    """
    values, units = of_items(rung, measure), _units(rung, measure)
    value = math.fsum(values) / len(values)
    gap = abs(value - bound)
    if is_bound(value, bound):
        return None
    per_item = _squared_error(units) * len(values)
    needed = items_for_margin(per_item, gap, alpha=(1.0 - confidence) / 2.0)
    # Near 0 and 1, and where scores hardly spread, the normal approximation asks for too few.
    if binary(values) and len(units) == len(values):
        needed = max(needed, items_for_proportion(value, bound, confidence) or MOST_ITEMS)
    else:
        fewest = fewest_units(value, bound, confidence) or MOST_ITEMS
        needed = max(needed, math.ceil(fewest * len(values) / len(units)))
    needed = max(needed, len(values) + 1)
    return needed if needed < MOST_ITEMS else None


def is_bound(value: float, bound: float) -> bool:
    return math.isclose(value, bound, abs_tol=1e-9)


def _refused(what: str, cause: str, next_step: str) -> SpecError:
    return SpecError(what, cause, next_step)


def clusters(rung: Rung) -> list[tuple[str, str]]:
    return [
        ("item", outcome.item) if outcome.cluster is None else ("cluster", outcome.cluster)
        for outcome in rung.outcomes
    ]


def of_items(rung: Rung, measure: MeasureName) -> list[float]:
    return [MEASURES[measure](outcome) for outcome in rung.outcomes]


def _units(rung: Rung, measure: MeasureName) -> list[Unit]:
    grouped: dict[tuple[str, str], list[float]] = {}
    for cluster, value in zip(clusters(rung), of_items(rung, measure), strict=True):
        grouped.setdefault(cluster, []).append(value)
    return [Unit(math.fsum(values), len(values)) for values in grouped.values()]


def _critical(rung: Rung) -> dict[tuple[str, str], bool]:
    missed: dict[tuple[str, str], bool] = {}
    for cluster, outcome in zip(clusters(rung), rung.outcomes, strict=True):
        if outcome.missed_critical is not None:
            missed[cluster] = missed.get(cluster, False) or outcome.missed_critical
    return missed


def binary(values: Sequence[float]) -> bool:
    return all(value in (0.0, 1.0) for value in values)


def _squared_error(units: Sequence[Unit]) -> float:
    """Squared standard error of the mean, clusters taken as drawn (linearised ratio)."""
    n, count = sum(unit.size for unit in units), len(units)
    if count < 2:
        return 0.25
    mean = math.fsum(unit.total for unit in units) / n
    squares = math.fsum((unit.total - unit.size * mean) ** 2 for unit in units)
    return squares / n**2 * count / (count - 1)


def _cases_needed(misses: int, target: float, level: float) -> int | None:
    """Smallest number of critical cases whose lower bound reaches `target` with `misses` missed."""
    if target >= 1.0:
        return None
    low, high = misses, misses + 1
    while clopper_pearson(high - misses, high, level).low < target:
        low, high = high, high * 2
        if high > MOST_ITEMS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        enough = clopper_pearson(middle - misses, middle, level).low >= target
        low, high = (low, middle) if enough else (middle, high)
    return high
