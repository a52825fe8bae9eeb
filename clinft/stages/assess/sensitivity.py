"""The inputs of a break-even, one by one: where each is from, and what half and one and a half of it do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from types import MappingProxyType
from typing import Any, Literal, cast

from clinft.artifacts.assessment import BreakEvenInput, Sensitivity
from clinft.artifacts.planning import Price
from clinft.stages.assess.break_even_terms import Case

PriceKind = Literal["input", "output", "cached_input"]
SHARE, TOKENS, PER_MILLION = "share of requests", "tokens a request", "USD per million tokens"
HALF, MORE = Decimal("0.5"), Decimal("1.5")
PLACES = Decimal("1e-12")


def exact(amount: Decimal) -> Decimal:
    """In the places that the artifact has: a token costs less than a micro-dollar."""
    return amount.quantize(PLACES, ROUND_HALF_EVEN)


@dataclass(frozen=True)
class Knob:
    """One input: how it is read, and the case with another value of it."""

    unit: str
    read: Callable[[Case], Decimal | None]
    turned: Callable[[Case, Decimal], Case]
    side: str | None = None
    price: PriceKind | None = None


def _with(of: Any, name: str, value: Any) -> Any:
    """A copy of a frozen dataclass with another value of one field."""
    return replace(of, **{name: value})


def _term(name: str, unit: str) -> Knob:
    return Knob(
        unit,
        lambda case: getattr(case.terms, name),
        lambda case, value: replace(case, terms=_with(case.terms, name, value)),
    )


def _request(side: str, name: str, unit: str, price: PriceKind | None = None) -> Knob:
    def turned(case: Case, value: Decimal) -> Case:
        request = _with(getattr(case.terms, side), name, value)
        return replace(case, terms=_with(case.terms, side, request))

    return Knob(unit, lambda case: getattr(getattr(case.terms, side), name), turned, side, price)


def _rate(side: str, name: str) -> Knob:
    def turned(case: Case, value: Decimal) -> Case:
        return cast("Case", _with(case, side, _with(getattr(case, side), name, min(value, Decimal(1)))))

    return Knob(SHARE, lambda case: getattr(getattr(case, side), name), turned, side)


def _knobs() -> Iterator[tuple[str, Knob]]:
    yield "K: paid once", _term("one_off_usd", "USD")
    yield "F: every month", _term("monthly_usd", "USD a month")
    yield "T: months of use", _term("months", "months")
    yield "e: an error", _term("error_usd", "USD")
    yield "s: a critical miss", _term("critical_miss_usd", "USD")
    for side in ("prompt", "tuned"):
        yield f"{side}: fixed tokens", _request(side, "fixed_tokens", TOKENS)
        yield f"{side}: variable tokens", _request(side, "variable_tokens", TOKENS)
        yield f"{side}: completion tokens", _request(side, "completion_tokens", TOKENS)
        yield f"{side}: input price", _request(side, "usd_per_million_input", PER_MILLION, "input")
        yield (
            f"{side}: output price",
            _request(side, "usd_per_million_output", PER_MILLION, "output"),
        )
        yield (
            f"{side}: k, cached prefix",
            _request(side, "cached_factor", "of the input price", "cached_input"),
        )
        yield f"{side}: errors", _rate(side, "errors")
        yield f"{side}: critical misses", _rate(side, "critical_misses")


KNOBS = MappingProxyType(dict(_knobs()))


def inputs(case: Case, measured: bool) -> Iterator[BreakEvenInput]:
    """What is unknown is not among them; a note says so. `measured`: the tuned model's rates are."""
    for name, knob in KNOBS.items():
        value = knob.read(case)
        if value is None:
            continue
        row = _row(case, knob)
        basis = "stated" if row is None else "price"
        if knob.unit == TOKENS:
            basis = getattr(case.terms, knob.side or "").tokens
        if knob.unit == SHARE:
            basis = "measured" if measured or knob.side == "prompt" else "assumed"
        yield BreakEvenInput.model_validate(
            {
                "name": name,
                "value": exact(value),
                "unit": knob.unit,
                "basis": basis,
                "as_of": None if row is None else row.as_of,
            }
        )


def _row(case: Case, knob: Knob) -> Price | None:
    if knob.side is None or knob.price is None:
        return None
    rows = getattr(case.terms, knob.side).prices
    return next((row for row in rows if row.what == knob.price), None)


def sensitivity(case: Case) -> Iterator[Sensitivity]:
    """An input that is 0 or unknown has no half."""
    for name, knob in KNOBS.items():
        value = knob.read(case)
        if not value:
            continue
        low, high = value * HALF, value * MORE
        yield Sensitivity(
            name=name,
            low=exact(low),
            high=exact(high),
            at_low=knob.turned(case, low).requests,
            at_high=knob.turned(case, high).requests,
        )
