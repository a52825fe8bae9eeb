"""Odds that the network gives → a chance that holds on the development sets, and from where on it counts.

`detector/operate.py` chooses both by a stated rule and writes the table.
"""

import math
from dataclasses import dataclass
from functools import cache

from clinft.stages.audit import tables


@dataclass(frozen=True)
class Limits:
    """Chances from 0 to 1. `certain`: from here on it blocks; `possible`: from here on it is listed."""

    certain: float
    possible: float


@dataclass(frozen=True)
class OperatingPoint:
    """`limits`: label → its limits. The chance is the logistic function of slope * odds + offset."""

    slope: float
    offset: float
    limits: dict[str, Limits]

    def chance(self, odds: float) -> float:
        return 1 / (1 + math.exp(-(self.slope * odds + self.offset)))

    def odds(self, chance: float) -> float:
        return (math.log(chance / (1 - chance)) - self.offset) / self.slope

    @property
    def least_odds(self) -> float:
        """What matters for no label lies below."""
        return self.odds(min(limits.possible for limits in self.limits.values()))


@cache
def chosen() -> OperatingPoint:
    table = tables.table("detector/operating_point")
    limits = {label: Limits(**chances) for label, chances in table["limits"].items()}
    return OperatingPoint(table["slope"], table["offset"], limits)
