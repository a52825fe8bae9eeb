"""What a break-even is reckoned from: prices, tokens, one-off and monthly costs, rates of errors."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Literal

from clinft.artifacts.planning import Price
from clinft.errors import SpecError
from clinft.stages.assess.outcomes import Outcome, Rung

MILLION = Decimal(1_000_000)
# Of dollars and tokens, and of requests: more is a slip, and products of it would not fit 28 digits.
MOST, MOST_VOLUME, MOST_FACTOR = 10_000_000, 1_000_000_000, 10
# A break-even beyond this is none.
MOST_REQUESTS = 10**15


@dataclass(frozen=True)
class Request:
    """What one request costs. `k`: price of a cached token of the fixed prefix against an uncached one."""

    fixed_tokens: Decimal
    variable_tokens: Decimal
    completion_tokens: Decimal
    usd_per_million_input: Decimal
    usd_per_million_output: Decimal
    cached_factor: Decimal = Decimal(1)
    # Where the numbers of tokens are from.
    tokens: Literal["measured", "assumed", "stated"] = "stated"
    # Rows that the prices above were read from; none where they were stated by hand.
    prices: tuple[Price, ...] = ()

    @property
    def usd(self) -> Decimal:
        read = self.fixed_tokens * self.cached_factor + self.variable_tokens
        written = self.completion_tokens * self.usd_per_million_output
        return (read * self.usd_per_million_input + written) / MILLION


@dataclass(frozen=True)
class Rates:
    """Of all requests. A critical miss is not also an error, so each is paid once; q is 1 - `errors`."""

    errors: Decimal
    critical_misses: Decimal


@dataclass(frozen=True)
class Terms:
    """K `one_off_usd`, T `months`, F `monthly_usd`; e `error_usd`, s `critical_miss_usd`, None: unknown.

    F of the prompt is 0: nothing is hosted for it.
    """

    prompt: Request
    tuned: Request
    one_off_usd: Decimal
    monthly_usd: Decimal
    months: Decimal
    error_usd: Decimal | None = None
    critical_miss_usd: Decimal | None = None


@dataclass(frozen=True)
class AssumedTuned:
    """Nobody measured the tuned model: both are drawn evenly, each alone, from their ranges.

    `critical_share`: of the wrong answers, so that right ones and misses are never more than all.
    """

    accuracy: tuple[float, float]
    critical_share: tuple[float, float]


@dataclass(frozen=True)
class Case:
    terms: Terms
    prompt: Rates
    tuned: Rates

    @property
    def prompt_usd(self) -> Decimal:
        return self.terms.prompt.usd + self._of_errors(self.prompt)

    @property
    def tuned_usd(self) -> Decimal:
        return self.terms.tuned.usd + self._of_errors(self.tuned)

    @property
    def month_usd(self) -> Decimal:
        return self.terms.monthly_usd + self.terms.one_off_usd / self.terms.months

    @property
    def requests(self) -> int | None:
        """N*; None: never."""
        saved = self.prompt_usd - self.tuned_usd
        if saved <= 0:
            return None
        needed = int((self.month_usd / saved).to_integral_value(ROUND_CEILING))
        return needed if needed <= MOST_REQUESTS else None

    def _of_errors(self, rates: Rates) -> Decimal:
        e, s = self.terms.error_usd or Decimal(0), self.terms.critical_miss_usd or Decimal(0)
        return e * rates.errors + s * rates.critical_misses


def priced(
    rows: Sequence[Price],
    fixed_tokens: Decimal,
    variable_tokens: Decimal,
    completion_tokens: Decimal,
    tokens: Literal["measured", "assumed", "stated"],
) -> Request | None:
    """By the newest row of each kind; None where no input or no output price is known."""
    newest = {row.what: row for row in sorted(rows, key=lambda row: row.as_of)}
    read, written, cached = (newest.get(what) for what in ("input", "output", "cached_input"))
    if read is None or written is None:
        return None
    cached = cached if read.value else None
    return Request(
        fixed_tokens,
        variable_tokens,
        completion_tokens,
        usd_per_million_input=read.value,
        usd_per_million_output=written.value,
        cached_factor=Decimal(1) if cached is None else cached.value / read.value,
        tokens=tokens,
        prices=(read, written) if cached is None else (read, written, cached),
    )


def rates(outcomes: Sequence[Outcome]) -> Rates:
    missed = sum(outcome.missed_critical is True for outcome in outcomes)
    wrong = sum(not outcome.correct and outcome.missed_critical is not True for outcome in outcomes)
    return Rates(Decimal(repr(wrong / len(outcomes))), Decimal(repr(missed / len(outcomes))))


def rates_of(tuned: Rung | AssumedTuned) -> Rates:
    """Of an assumption: the middle of its ranges, which is also the mean of what is drawn from them."""
    if isinstance(tuned, Rung):
        return rates(tuned.outcomes)
    accuracy, critical = (
        (Decimal(repr(low)) + Decimal(repr(high))) / 2 for low, high in (tuned.accuracy, tuned.critical_share)
    )
    return Rates((1 - accuracy) * (1 - critical), (1 - accuracy) * critical)


def usable(terms: Terms, tuned: Rung | AssumedTuned, volumes: Sequence[int]) -> None:
    """Raises SpecError for what cannot be reckoned with."""
    money = (terms.one_off_usd, terms.monthly_usd, terms.error_usd, terms.critical_miss_usd)
    known = [value for value in money if value is not None]
    for request in (terms.prompt, terms.tuned):
        known += [request.fixed_tokens, request.variable_tokens, request.completion_tokens]
        known += [
            request.usd_per_million_input,
            request.usd_per_million_output,
            request.cached_factor * MOST / MOST_FACTOR,
        ]
    if (
        not all(value.is_finite() and 0 <= value <= MOST for value in (*known, terms.months))
        or terms.months < 1
    ):
        raise SpecError(
            "A cost, a number of tokens or the number of months of the break-even is not usable.",
            f"It is negative, not a number or above {MOST:,}, or the months are fewer than 1.",
            "Give amounts from 0 on and at least one month; leave out what is not known.",
        )
    if not all(0 <= volume <= MOST_VOLUME for volume in volumes):
        raise SpecError(
            "A number of requests a month of the break-even is not usable.",
            f"It is negative or above {MOST_VOLUME:,}.",
            "Give volumes such as 1000 and 100000.",
        )
    if isinstance(tuned, AssumedTuned) and not all(
        0.0 <= low <= high <= 1.0 for low, high in (tuned.accuracy, tuned.critical_share)
    ):
        raise SpecError(
            "What is assumed of the tuned model is no range from 0 to 1.",
            "Its ends were exchanged, or it was written in percent.",
            "Write the lower end first, e.g. 0.8 and 0.9.",
        )
