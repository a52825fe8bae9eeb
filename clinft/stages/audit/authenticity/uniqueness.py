"""k-anonymity: how many records share the same age band, sex, place, condition, and so on."""

from clinft.artifacts.audit import Uniqueness
from clinft.stages.audit.authenticity.fields import kinds as quasi_kinds
from clinft.stages.audit.authenticity.rows import Sorted

FEWEST_KINDS = 2
BETWEEN = "\x1f"


def quasi_text(quasi: tuple[tuple[int, str], ...]) -> str:
    """What is hashed: nothing where a record holds fewer than two kinds."""
    if len(quasi) < FEWEST_KINDS:
        return ""
    return BETWEEN.join(f"{place}={category!r}" for place, category in quasi)


def bits_of(quasi: tuple[tuple[int, str], ...]) -> int:
    return sum(1 << place for place, _ in quasi)


def uniqueness(records: Sorted, kinds: int) -> Uniqueness | None:
    """`kinds`: the bits of all kinds that occur. A copy of a record does not hide it: it counts once."""
    import numpy as np

    quasi, text = records.hashes("quasi"), records.hashes("text")
    held = np.column_stack((quasi, text))[quasi != 0]
    if not len(held):
        return None
    once = np.concatenate((held[held[:, 1] == 0], np.unique(held[held[:, 1] != 0], axis=0)))
    counts = np.unique(once[:, 0], return_counts=True)[1]
    return Uniqueness(
        fields=tuple(kind for place, kind in enumerate(quasi_kinds()) if kinds >> place & 1),
        records=int(counts.sum()),
        classes=len(counts),
        smallest=int(counts.min()),
        unique=int(np.count_nonzero(counts == 1)),
    )
