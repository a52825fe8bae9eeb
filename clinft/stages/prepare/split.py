"""Who goes where: three groups of diagnoses and of note styles that share nothing, and exact split sizes.

Group `training` feeds the split train; `tuning` feeds validation and dev, whose scenarios are told apart by
one bit of their digest; `testing` feeds test.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

from clinft.errors import SpecError
from clinft.spec.data import SPLITS, Splits
from clinft.stages.prepare.draw import Draw

Item = TypeVar("Item")

GROUPS = ("training", "tuning", "testing")
GROUP_OF = {"train": "training", "validation": "tuning", "dev": "tuning", "test": "testing"}
# Parts of the diagnoses of a chapter, and of the note styles, that a group receives.
DIAGNOSIS_SHARES = (Decimal("0.60"), Decimal("0.15"), Decimal("0.25"))
STYLE_SHARES = (Decimal("0.55"), Decimal("0.20"), Decimal("0.25"))


def largest_remainder(total: int, shares: Sequence[Decimal]) -> list[int]:
    """Whole numbers that add up to `total`; leftovers go to the largest fractions, earliest first."""
    exact = [total * share / sum(shares) for share in shares]
    counts = [int(value) for value in exact]
    by_remainder = sorted(range(len(shares)), key=lambda i: (counts[i] - exact[i], i))
    for index in by_remainder[: total - sum(counts)]:
        counts[index] += 1
    return counts


def split_sizes(records: int, splits: Splits) -> dict[str, int]:
    """SpecError where a split would be empty."""
    shares = [Decimal(str(getattr(splits, name))) for name in SPLITS]
    sizes = dict(zip(SPLITS, largest_remainder(records, shares), strict=True))
    empty = [name for name, size in sizes.items() if size == 0]
    if empty:
        raise SpecError(
            f"`data.splits` leaves no record for: {', '.join(empty)}.",
            "The share is too small for this number of records.",
            "Raise the share, or `data.records`.",
        )
    return sizes


def deal(items: Sequence[Item], shares: Sequence[Decimal], draw: Draw) -> dict[str, tuple[Item, ...]]:
    """Every item to one group, at least one each; needs as many items as there are groups."""
    extra = largest_remainder(len(items), shares)
    while 0 in extra:
        extra[extra.index(max(extra))] -= 1
        extra[extra.index(0)] += 1
    mixed, groups, start = draw.shuffled(items), {}, 0
    for group, count in zip(GROUPS, extra, strict=True):
        groups[group] = tuple(mixed[start : start + count])
        start += count
    return groups
