"""Renewing the dated tables from what sources of prices answer today.

A row is renewed or kept, never deleted. What is doubtful (a meter that is gone, another unit or currency,
regions that differ, a price more than three times another) is kept and told, for a person to decide.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from pydantic import TypeAdapter, ValidationError

from clinft.spec.base import Usd

MOST_FACTOR = 3
USD: TypeAdapter[Decimal] = TypeAdapter(Usd)


@dataclass(frozen=True)
class Change:
    """One row. `old` None: a new one. `value` equal to `old`: only the day of reading is new."""

    table: str
    row: str
    unit: str
    old: Decimal | None
    value: Decimal
    old_as_of: str | None
    source: str

    @property
    def moved(self) -> bool:
        return self.old != self.value


@dataclass(frozen=True)
class Doubt:
    table: str
    row: str
    why: str


@dataclass
class Refreshed:
    """`text`: the whole table as it is to be. What is in neither list was not asked for."""

    table: str
    text: str
    changes: list[Change] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)


class DoubtfulError(Exception):
    """Why a row is kept."""


def spelt(value: Decimal, old: Decimal | None = None) -> str:
    """An amount that is the same keeps its spelling; others have two digits after the point or more."""
    if old is not None and value == old:
        return str(old)
    whole, _, rest = format(value.normalize(), "f").partition(".")
    return f"{whole}.{rest:0<2}"


def check_jump(old: Decimal, new: Decimal) -> None:
    """Refuses what no price list does in a week, and what a table cannot hold."""
    try:
        USD.validate_python(new)
    except ValidationError:
        raise DoubtfulError(f"{new} is no amount that a table of ours can hold") from None
    low, high = sorted((old, new))
    if low != high and (low == 0 or high > MOST_FACTOR * low):
        raise DoubtfulError(f"it would jump from {old} to {new}, more than {MOST_FACTOR} times the other")
