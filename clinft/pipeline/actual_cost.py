"""What a run cost, from what was measured and the price that was approved."""

from collections.abc import Mapping
from decimal import ROUND_UP, Decimal

from clinft.artifacts.planning import CostEstimate, Price

Measured = Mapping[str, float | int | str]
SECONDS = ("training_seconds", "setup_and_validation_seconds")


def with_cost(measured: Measured, priced: CostEstimate) -> dict[str, float | int | str]:
    """For the tokens that a provider bills, or the hours it took here; what is not known is left out."""
    hourly = _hourly(priced)
    if hourly is not None:
        seconds = Decimal(str(sum(float(measured.get(name, 0)) for name in SECONDS)))
        return {**measured, "cost_usd": str(_cents(seconds / 3600 * hourly.value))}
    billed, price = measured.get("trained_tokens"), priced.price.usd_per_million_training_tokens
    if "cost_usd" in measured or not isinstance(billed, int) or price is None:
        return dict(measured)
    return {**measured, "cost_usd": str(_cents(Decimal(billed) * price / Decimal(1_000_000)))}


def _hourly(priced: CostEstimate) -> Price | None:
    """Of the machine that trains, where it costs by the hour."""
    training = (part for part in priced.parts if part.what == "training")
    prices = (price for part in training for price in part.prices)
    return next((price for price in prices if price.unit == "usd_per_hour"), None)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_UP)
