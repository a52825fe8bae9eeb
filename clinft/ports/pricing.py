"""What sources of prices answer: meters of Azure's list, offers of machines. All of it is foreign text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True)
class Meter:
    """One line of a price list. `unit`: as written there, e.g. 1K. `since`: in force from that day."""

    name: str
    product: str
    region: str
    unit: str
    price: Decimal
    currency: str
    since: date


@dataclass(frozen=True)
class Offer:
    """A machine on demand. `memory_gb`: of one card."""

    provider: str
    instance: str
    location: str
    usd_per_hour: Decimal
    gpus: int
    memory_gb: Decimal | None


class MeterSource(Protocol):
    def meters(self, products: Sequence[str]) -> tuple[Meter, ...]:
        """Of these products, in every region. ServiceError where an answer is missing or is not whole."""


class OfferSource(Protocol):
    def offers(self, providers: Sequence[str]) -> tuple[Offer, ...]: ...
