"""What an estimate says beside the price of training: hosting, evaluation, the model's end, calibration."""

from collections.abc import Iterator
from decimal import Decimal

from clinft.artifacts.planning import CostEstimate, Price
from clinft.stages.report import numbers
from clinft.stages.report.markdown import escape

UNKNOWN = "unknown"
UNITS = {"usd_per_million_tokens": "USD per million tokens", "usd_per_hour": "USD per hour"}


def known(amount: Decimal | None) -> str:
    """Never 0 where nobody knows."""
    return UNKNOWN if amount is None else numbers.usd(amount)


def price(read: Price) -> str:
    where = "" if read.region is None else f" in {escape(read.region)}"
    return (
        f"price of {read.what.replace('_', ' ')}{where}: {read.value} {UNITS[read.unit]}, "
        f"read {escape(read.as_of)} ({escape(read.source)})"
    )


def training_price(estimate: CostEstimate) -> str:
    rate = estimate.price.usd_per_million_training_tokens
    if rate is not None:
        return f"{rate} USD per million trained tokens"
    rows = [row for part in estimate.parts if part.what == "training" for row in part.prices]
    return ", ".join(f"{row.value} {UNITS[row.unit]}" for row in rows) or UNKNOWN


def totals(estimate: CostEstimate) -> Iterator[str]:
    """One line; none for an estimate of an earlier clinft."""
    if estimate.parts:
        yield (
            f"**total {known(estimate.total_usd)}**, at most {known(estimate.total_usd_upper)}, with "
            f"{numbers.count(estimate.months, 'month')} of hosting"
        )


def after_training(estimate: CostEstimate) -> Iterator[str]:
    """Markdown."""
    for part in estimate.parts:
        if part.what != "training":
            yield f"{part.what} {known(part.usd)}: {escape(part.formula)}"
    if estimate.parts:
        yield from map(escape, end(estimate))
        if estimate.replacement is not None:
            yield f"the provider's replacement: {escape(estimate.replacement)}"
        yield from basis(estimate)


def afterwards(estimate: CostEstimate) -> Iterator[str]:
    """Short, for a cell; not escaped."""
    yield f"hosting {known(estimate.hosting_usd_month)} a month"
    yield f"total {known(estimate.total_usd)} with {numbers.count(estimate.months, 'month')} of it"
    yield from end(estimate)


def end(estimate: CostEstimate) -> Iterator[str]:
    """How long the model is of use, and what a day of it costs; not escaped."""
    if estimate.served_until is None:
        yield "no end of the base model is known"
        return
    days = 0 if estimate.usable_days is None else estimate.usable_days
    yield f"served until {estimate.served_until}: {numbers.count(days, 'day')} of use"
    yield f"{known(estimate.usd_per_usable_day)} per day of use"


def basis(estimate: CostEstimate) -> Iterator[str]:
    """How old the prices are, and how earlier estimates fared."""
    if estimate.price_age_days is not None:
        yield f"oldest price read {numbers.count(estimate.price_age_days, 'day')} before"
    found = estimate.calibration
    if found is not None:
        spread = "" if found.n == 1 else f" ({found.low:g} to {found.high:g})"
        yield (
            f"earlier runs used {found.ratio:g} times the estimated {found.of}{spread}, "
            f"n = {numbers.count(found.n, 'run')}"
        )
