"""Pairs of rungs on the same items: how far apart, and whether chance alone does that."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from clinft.artifacts.assessment import MeasureName, PairedDifference
from clinft.artifacts.planning import Interval
from clinft.stages.assess.measures import binary, clusters, of_items
from clinft.stages.assess.outcomes import Rung
from clinft.statistics.bootstrap import bootstrap
from clinft.statistics.multiplicity import holm
from clinft.statistics.paired import mcnemar_exact, newcombe_paired
from clinft.statistics.power import MOST_ITEMS, items_for_margin
from clinft.statistics.randomization import randomization_p


class _Pair(NamedTuple):
    """Sums of both rungs over a cluster, or over a single item."""

    of: float
    against: float
    size: int


def differences(
    rungs: Sequence[Rung], against: Rung, measure: MeasureName, confidence: float
) -> tuple[PairedDifference, ...]:
    """Each of `rungs` minus `against`; p adjusted over all of them."""
    found = [difference(rung, against, measure, confidence) for rung in rungs]
    return tuple(
        one.model_copy(update={"p_adjusted": p})
        for one, p in zip(found, holm([one.p_value for one in found]), strict=True)
    )


def difference(of: Rung, against: Rung, measure: MeasureName, confidence: float) -> PairedDifference:
    first, second = of_items(of, measure), of_items(against, measure)
    only_of = only_against = None
    pairs = _pairs(of, first, second)
    if binary((*first, *second)):
        counts = Counter(zip(first, second, strict=True))
        only_of, only_against = counts[1.0, 0.0], counts[0.0, 1.0]
    if only_of is not None and only_against is not None and len(pairs) == len(first):
        both, neither = counts[1.0, 1.0], counts[0.0, 0.0]
        found = newcombe_paired(both, only_of, only_against, neither, confidence)
        p, test = mcnemar_exact(only_of, only_against), "exact McNemar"
    else:
        found = _bootstrapped(pairs, len(first), confidence)
        p, test = _randomized(pairs), "paired randomization"
    return PairedDifference(
        of=of.name,
        against=against.name,
        measure=measure,
        difference=found,
        p_value=p,
        p_adjusted=p,
        test=test,
        only_of=only_of,
        only_against=only_against,
    )


def pairs_needed(of: Rung, against: Rung, measure: MeasureName, confidence: float) -> int | None:
    """Items that would show the difference found with 80 % power; None: there is none to show."""
    first, second = of_items(of, measure), of_items(against, measure)
    pairs, n = _pairs(of, first, second), len(first)
    gap = math.fsum(pair.of - pair.against for pair in pairs) / n
    if math.isclose(gap, 0.0, abs_tol=1e-9):
        return None
    spread = math.fsum((pair.of - pair.against - pair.size * gap) ** 2 for pair in pairs) / n
    needed = items_for_margin(spread, abs(gap), alpha=(1.0 - confidence) / 2.0)
    return needed if needed <= MOST_ITEMS else None


def _pairs(rung: Rung, first: Sequence[float], second: Sequence[float]) -> list[_Pair]:
    grouped: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for cluster, one, other in zip(clusters(rung), first, second, strict=True):
        grouped.setdefault(cluster, []).append((one, other))
    return [
        _Pair(math.fsum(one for one, _ in both), math.fsum(other for _, other in both), len(both))
        for both in grouped.values()
    ]


def _gap(drawn: Counter[_Pair]) -> float:
    return math.fsum((pair.of - pair.against) * count for pair, count in drawn.items()) / sum(
        pair.size * count for pair, count in drawn.items()
    )


def _bootstrapped(pairs: Sequence[_Pair], n: int, confidence: float) -> Interval:
    found = bootstrap(pairs, _gap, confidence)
    clustered = "" if len(pairs) == n else f" over {len(pairs):,} clusters"
    return found.model_copy(update={"n": n, "method": f"paired {found.method}{clustered}"})


def _randomized(pairs: Sequence[_Pair]) -> float:
    return randomization_p(
        pairs, lambda drawn: abs(_gap(drawn)), lambda pair: _Pair(pair.against, pair.of, pair.size)
    )
