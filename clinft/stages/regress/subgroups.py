"""Whom does a change hit? Exploratory: the main metric in each subgroup, by Benjamini and Hochberg."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import SafetyCheck, SubgroupChange
from clinft.metrics import TABLE
from clinft.metrics.comparing import Change, Pair, compared
from clinft.stages.regress.pairing import Pairing
from clinft.stages.regress.protocol import Protocol
from clinft.statistics.multiplicity import benjamini_hochberg
from clinft.statistics.proportions import gap

ALPHA = 0.05


class Group(NamedTuple):
    slice: str
    value: str
    pairs: list[Pair]
    rest: list[Pair]


def groups(protocol: Protocol, pairs: Sequence[Pair]) -> list[Group]:
    """In order of their names; only where the group and, to compare it with, the rest are large enough."""
    names = sorted({(name, value) for _, now in pairs for name, value in now.slices.items()})
    found = []
    for name, value in names:
        inside = [pair for pair in pairs if pair[1].slices.get(name) == value]
        # The rest of those of whom the slice is known.
        outside = [pair for pair in pairs if pair[1].slices.get(name) not in (value, None)]
        if len(inside) >= protocol.min_subgroup:
            found.append(Group(name, value, inside, outside))
    return found


def changes(protocol: Protocol, pairing: Pairing, found: Sequence[Group]) -> tuple[SubgroupChange, ...]:
    question = protocol.question(pairing.scoring)
    told = [(group, compared(protocol.main_metric, group.pairs, question)) for group in found]
    kept = [(group, change) for group, change in told if isinstance(change, Change)]
    adjusted = benjamini_hochberg([change.p_worse for _, change in kept])
    return tuple(
        SubgroupChange(
            slice=group.slice,
            value=group.value,
            n=len(group.pairs),
            metric=protocol.main_metric,
            difference=change.difference,
            p_value=change.p_worse,
            p_adjusted=p,
        )
        for p, (group, change) in zip(adjusted, kept, strict=True)
    )


def check(
    protocol: Protocol, pairing: Pairing, found: Sequence[Group], changed: Sequence[SubgroupChange]
) -> Iterator[SafetyCheck]:
    """The subgroup in which the candidate does worst, its gap to the rest, and whether any got worse."""
    measured = [
        (group, interval) for group in found if (interval := _measured(protocol, pairing, group.pairs))
    ]
    if not measured:
        return
    sign = 1.0 if TABLE[protocol.main_metric].higher_is_better else -1.0
    worst, interval = min(measured, key=lambda one: sign * one[1].value)
    lost = [f"{one.slice} {one.value}" for one in changed if _is_worse(one, sign)]
    said = (
        f"Of {len(measured):,} subgroups {worst.slice} {worst.value} does worst: {protocol.main_metric} "
        f"{interval.value:.3f} (n = {interval.n:,}){_gap(protocol, pairing, worst, interval)}. The worst of "
        "several looks worse than it is."
    )
    if lost:
        said += f" Worse than the baseline beyond chance, by Benjamini and Hochberg: {', '.join(lost)}."
    yield SafetyCheck(
        rule="subgroup", status="WARN" if lost else "PASS", detail=said, n=interval.n, measured=interval
    )


def _is_worse(change: SubgroupChange, sign: float) -> bool:
    return change.p_adjusted <= ALPHA and sign * change.difference.value < 0.0


def _measured(protocol: Protocol, pairing: Pairing, pairs: Sequence[Pair]) -> Interval | None:
    rows = [now for _, now in pairs]
    found = TABLE[protocol.main_metric].measure(rows, protocol.question(pairing.scoring))
    return found if isinstance(found, Interval) else None


def _gap(protocol: Protocol, pairing: Pairing, worst: Group, interval: Interval) -> str:
    rest = _measured(protocol, pairing, worst.rest) if len(worst.rest) >= protocol.min_subgroup else None
    if rest is None:
        return "; too few others to compare it with"
    between = gap(interval, rest)
    return (
        f", the others {rest.value:.3f} (n = {rest.n:,}), gap {between.value:+.3f} "
        f"({between.low:+.3f} to {between.high:+.3f})"
    )
