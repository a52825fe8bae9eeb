"""Which known facts go with more misses than the rest has: every fact is looked at, and chance is counted in.

Benjamini and Hochberg's correction is over all groups that were looked at, the unremarkable ones too. A group
that stands out is a place to look, not a cause.
"""

import math
from collections.abc import Mapping, Sequence

from clinft.artifacts.planning import Interval
from clinft.artifacts.proposal import ErrorGroup
from clinft.artifacts.results import ItemResult
from clinft.statistics.bounded_mean import bounded_mean
from clinft.statistics.group_difference import Difference, Unit, group_difference
from clinft.statistics.multiplicity import benjamini_hochberg

LABEL = "label"
# Of the groups that are said to stand out, so many may be chance.
FALSE_DISCOVERIES = 0.10
# A table of everything that was looked at would bury what stands out.
MOST_GROUPS = 12


def error_groups(
    rows: Sequence[ItemResult],
    features: Mapping[str, Mapping[str, str]],
    min_n: int,
    confidence: float,
    most: int = MOST_GROUPS,
) -> tuple[ErrorGroup, ...]:
    """The first `most`, those that stand out before others. `rows`: of one system; `features`: by item.

    A group with fewer than `min_n` items, or with fewer outside it, is not looked at.
    """
    facts = {row.item: _facts(row, features.get(row.item, {})) for row in rows}
    looked_at = sorted({pair for known in facts.values() for pair in known.items()})
    found = []
    for fact, value in looked_at:
        units = [
            Unit(1.0 - row.points, facts[row.item][fact] == value, row.cluster or row.item)
            for row in rows
            # Where a fact is not known, an item is on neither side.
            if fact in facts[row.item]
        ]
        inside = sum(unit.inside for unit in units)
        if min(inside, len(units) - inside) < min_n:
            continue
        difference = group_difference(units, confidence)
        if difference is not None:
            found.append((fact, value, units, difference))
    adjusted = benjamini_hochberg([difference.p_value for *_, difference in found])
    looked = [
        (p > FALSE_DISCOVERIES or difference.interval.value <= 0.0, difference.p_value, fact, value, p, at)
        for at, ((fact, value, _, difference), p) in enumerate(zip(found, adjusted, strict=True))
    ]
    return tuple(
        _group(*found[at], p, stands_out=not unremarkable, confidence=confidence)
        for unremarkable, _, _, _, p, at in sorted(looked)[:most]
    )


def _group(
    fact: str,
    value: str,
    units: Sequence[Unit],
    difference: Difference,
    p: float,
    *,
    stands_out: bool,
    confidence: float,
) -> ErrorGroup:
    return ErrorGroup(
        fact=fact,
        value=value,
        n=sum(unit.inside for unit in units),
        missed=missed([unit for unit in units if unit.inside], confidence),
        rest=_mean([unit.miss for unit in units if not unit.inside]),
        difference=difference.interval,
        p_value=difference.p_value,
        p_adjusted=p,
        stands_out=stands_out,
    )


def units_of(rows: Sequence[ItemResult]) -> list[Unit]:
    return [Unit(1.0 - row.points, True, row.cluster or row.item) for row in rows]


def missed(units: Sequence[Unit], confidence: float) -> Interval:
    """Mean of the misses; clusters are weighted as a whole."""
    by_cluster: dict[str, list[float]] = {}
    for unit in units:
        by_cluster.setdefault(unit.cluster, []).append(unit.miss)
    return bounded_mean([(math.fsum(one), len(one)) for one in by_cluster.values()], confidence)


def _facts(row: ItemResult, more: Mapping[str, str]) -> dict[str, str]:
    known = {**row.slices, **more}
    if row.target is not None and LABEL not in known:
        known[LABEL] = row.target
    return known


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
