"""How answers are wrong, whatever they are about: nobody can read them, they say too much or too little."""

import math
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from clinft.artifacts.proposal import ErrorKind
from clinft.artifacts.results import ItemResult
from clinft.statistics.bounded_mean import bounded_mean

Part = tuple[float, float] | None
Name = Literal["unreadable", "schema", "refused", "not in the record", "left out", "critical left out"]


class Kind(NamedTuple):
    """`part`: what is wrong of how much, in one item; None: nothing of this kind can be wrong there."""

    name: Name
    of: str
    part: Callable[[ItemResult], Part]


def _values(above: str, below: str, *, rest: bool = False) -> Callable[[ItemResult], Part]:
    """`rest`: what is missing to `below`."""

    def part(row: ItemResult) -> Part:
        whole, some = row.values.get(below), row.values.get(above)
        if not whole or some is None or not math.isfinite(whole) or not 0.0 <= some <= whole:
            return None
        return (whole - some if rest else some), whole

    return part


def _schema(row: ItemResult) -> Part:
    valid = row.values.get("schema_valid")
    return None if valid is None else (1.0 - min(1.0, max(0.0, valid)), 1.0)


KINDS: tuple[Kind, ...] = (
    Kind("unreadable", "answers", lambda row: (float(not row.was_parsed), 1.0)),
    Kind("schema", "answers", _schema),
    Kind("refused", "answers", lambda row: (float(row.refused), 1.0)),
    Kind("not in the record", "claims", _values("claims_unsupported", "claims")),
    Kind("left out", "facts", _values("facts_told", "facts", rest=True)),
    Kind("critical left out", "critical facts", _values("facts_critical_told", "facts_critical", rest=True)),
)


def error_kinds(rows: Sequence[ItemResult], confidence: float) -> tuple[ErrorKind, ...]:
    """Those that occur at all; what no row tells of is absent."""
    found = []
    for kind in KINDS:
        by_cluster: dict[str, list[tuple[float, float]]] = {}
        for row in rows:
            part = kind.part(row)
            if part is not None:
                by_cluster.setdefault(row.cluster or row.item, []).append(part)
        units = [
            (math.fsum(above for above, _ in one), math.fsum(below for _, below in one))
            for one in by_cluster.values()
        ]
        if math.fsum(above for above, _ in units) > 0.0:
            found.append(ErrorKind(kind=kind.name, of=kind.of, share=bounded_mean(units, confidence)))
    return tuple(found)
