"""The rows of a table against those that the evidence gives: which were changed, and in which columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from clinft.pipeline.tracking.cells import Texts


@dataclass(frozen=True)
class Compared:
    """`changed`: id of a row and the columns that differ; what either side says there is left out.

    `forged`: rows whose id no evidence gives, or gives but once. `missing`: rows whose id is not there.
    """

    changed: tuple[tuple[str, Texts], ...]
    forged: tuple[Texts, ...]
    missing: tuple[Texts, ...]


def compared(columns: Texts, there: Sequence[Texts], wanted: Sequence[Texts]) -> Compared:
    """Ids are unique among `wanted`; of rows that share one there, the first is taken for the changed one."""
    told, given = set(wanted), set(there)
    missing = {row[0]: row for row in wanted if row not in given}
    changed, forged = [], []
    for row in dict.fromkeys(there):
        if row in told:
            continue
        right = missing.get(row[0]) if len(row) == len(columns) else None
        if right is None:
            forged.append(row)
            continue
        del missing[row[0]]
        names = tuple(name for name, one, other in zip(columns, row, right, strict=True) if one != other)
        changed.append((row[0], names))
    return Compared(tuple(changed), tuple(forged), tuple(missing.values()))
