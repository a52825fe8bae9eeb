"""The sources of prices: Azure's public list, and gpuhunt's catalogue or a folder that holds it."""

import os

from clinft.ports.pricing import MeterSource, OfferSource


def meters() -> MeterSource:
    from clinft.adapters.prices.azure import AzurePrices

    return AzurePrices()


def offers() -> OfferSource:
    from clinft.adapters.prices.machines import GpuhuntPrices

    return GpuhuntPrices(offline="GPUHUNT_CATALOG_DIR" in os.environ)
