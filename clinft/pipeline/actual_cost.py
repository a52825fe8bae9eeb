"""What a run cost, from what was measured and the price that was approved."""

from collections.abc import Mapping
from decimal import ROUND_UP, Decimal, InvalidOperation

from clinft.artifacts.planning import CostEstimate, Price

Measured = Mapping[str, float | int | str]
SECONDS = ("training_seconds", "setup_and_validation_seconds")
AMOUNTS = frozenset({"cost_usd", "trained_tokens", *SECONDS})


def with_cost(measured: Measured, priced: CostEstimate) -> dict[str, float | int | str]:
    """For the tokens that a provider bills, or the hours it took here; what is not known is left out.

    Less than nothing is no measurement: as if it had not been said.
    """
    told = {name: value for name, value in measured.items() if name not in AMOUNTS or _is_amount(value)}
    hourly = _hourly(priced)
    if hourly is not None:
        # What an adapter itself says of the cost knows nothing of this machine's price.
        rest = {name: value for name, value in told.items() if name != "cost_usd"}
        if any(name in measured and name not in told for name in SECONDS):
            return rest
        seconds = Decimal(str(sum(float(told.get(name, 0)) for name in SECONDS)))
        return {**rest, "cost_usd": str(_cents(seconds / 3600 * hourly.value))}
    billed, price = told.get("trained_tokens"), priced.price.usd_per_million_training_tokens
    if "cost_usd" in told or not isinstance(billed, int) or price is None:
        return told
    return {**told, "cost_usd": str(_cents(Decimal(billed) * price / Decimal(1_000_000)))}


def _is_amount(value: float | str) -> bool:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return False
    return amount.is_finite() and amount >= 0


def _hourly(priced: CostEstimate) -> Price | None:
    """Of the machine that trains, where it costs by the hour."""
    training = (part for part in priced.parts if part.what == "training")
    prices = (price for part in training for price in part.prices)
    return next((price for price in prices if price.unit == "usd_per_hour"), None)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_UP)
