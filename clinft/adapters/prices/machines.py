"""Prices of machines from the catalogue of gpuhunt, which reads them from the providers every day."""

import importlib
import logging
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from clinft.errors import MissingExtra, ServiceError
from clinft.ports.pricing import Offer

LONGEST_TEXT = 200
HIGHEST = Decimal(100_000)


class GpuhuntPrices:
    """`offline`: the catalogue lies in the folder of GPUHUNT_CATALOG_DIR, and nothing is downloaded."""

    def __init__(self, offline: bool = False) -> None:
        self._offline = offline

    def offers(self, providers: Sequence[str]) -> tuple[Offer, ...]:
        gpuhunt = _library()
        # It logs a traceback of its own for each provider that fails; the error below says it once.
        logging.getLogger("gpuhunt").setLevel(logging.CRITICAL)
        catalog = gpuhunt.Catalog(balance_resources=False, auto_reload=False)
        try:
            if not self._offline:
                catalog.load()
            items = catalog.query(provider=list(providers), spot=False)
        except Exception:  # its own errors, urllib's, zipfile's, csv's: there is no catalogue
            raise _unread() from None
        if not items:
            raise _unread()
        return tuple(_offers(items))


def _library() -> Any:
    try:
        return importlib.import_module("gpuhunt")
    except ImportError:
        raise MissingExtra("prices", "Asking for the prices of machines") from None


def _offers(items: Sequence[Any]) -> Iterator[Offer]:
    for item in items:
        texts = (item.provider, item.instance_name, item.location)
        if not all(
            isinstance(text, str) and text.isprintable() and len(text) <= LONGEST_TEXT for text in texts
        ):
            continue
        try:
            # By way of its text: what the provider wrote, not the binary fraction nearest to it.
            price, memory = Decimal(str(item.price)), item.gpu_memory
            per_card = None if memory is None else Decimal(str(memory))
        except InvalidOperation:
            continue
        if price.is_finite() and 0 <= price <= HIGHEST and not item.spot:
            yield Offer(item.provider, item.instance_name, item.location, price, item.gpu_count, per_card)


def _unread() -> ServiceError:
    return ServiceError(
        "The catalogue of gpuhunt could not be read.",
        "Its bucket cannot be reached from here, or the folder in GPUHUNT_CATALOG_DIR lacks a file.",
        "Call again later, or ask for Azure's prices alone with --azure; the tables are as they were.",
    )
