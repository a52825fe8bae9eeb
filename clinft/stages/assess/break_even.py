"""From how many requests a month on is a tuned model cheaper than the best prompt?

    N* = (F + K/T) / [(c_P - c_F) + e (q_F - q_P) + s (m_P - m_F)]
    c  = t_fix p_in k + t_var p_in + t_out p_out

Where a price or a number of tokens is unknown there is no break-even. Money and tokens are Decimal (28
digits), a measured rate is the Decimal of its shortest text; N* is rounded up to a whole request. Only the
bootstrap of the rates is in floating point.
"""

import math
import random
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from clinft.artifacts.assessment import BreakEven, Volume
from clinft.stages.assess.break_even_terms import AssumedTuned, Case, Terms, rates, rates_of, usable
from clinft.stages.assess.measures import checked, clusters
from clinft.stages.assess.outcomes import Outcome, Rung
from clinft.stages.assess.sensitivity import exact, inputs, sensitivity
from clinft.statistics.bootstrap import RESAMPLES

FORMULA = (
    "N* = (F + K/T) / [(c_P - c_F) + e (q_F - q_P) + s (m_P - m_F)]; "
    "c = t_fix p_in k + t_var p_in + t_out p_out"
)
VOLUMES = (100, 1_000, 10_000, 100_000, 1_000_000)
MICRO = Decimal("0.000001")


def break_even(
    terms: Terms,
    prompt: Rung,
    tuned: Rung | AssumedTuned,
    volumes: Sequence[int] = VOLUMES,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> BreakEven:
    """`tuned`: its outcomes on the same items where it was measured, else what is assumed of it."""
    measured = isinstance(tuned, Rung)
    checked([prompt, tuned] if isinstance(tuned, Rung) else [prompt])
    usable(terms, tuned, volumes)
    case = Case(terms, rates(prompt.outcomes), rates_of(tuned))
    requests, month = case.requests, case.month_usd
    draws = list(_savings(terms, prompt, tuned, resamples, seed))
    prices = tuple(dict.fromkeys((*terms.prompt.prices, *terms.tuned.prices)))
    return BreakEven(
        formula=FORMULA,
        status="never" if requests is None else "from_volume",
        requests_per_month=requests,
        probability_basis="measured" if measured else "assumed",
        inputs=tuple(inputs(case, measured)),
        prompt_usd_per_request=exact(case.prompt_usd),
        tuned_usd_per_request=exact(case.tuned_usd),
        tuned_usd_per_month=_monthly(month),
        volumes=tuple(
            Volume(
                requests_per_month=volume,
                prompt_usd=_monthly(volume * case.prompt_usd),
                tuned_usd=_monthly(month + volume * case.tuned_usd),
                probability_cheaper=sum(volume * saved > month for saved in draws) / resamples,
            )
            for volume in sorted(set(volumes))
        ),
        sensitivity=tuple(sensitivity(case)),
        prices=prices,
        prices_as_of=min((price.as_of for price in prices), default=None),
        notes=tuple(_notes(terms, prompt, tuned, resamples, seed)),
    )


def _savings(
    terms: Terms, prompt: Rung, tuned: Rung | AssumedTuned, resamples: int, seed: int
) -> Iterator[float]:
    """What a request saves, once for each resample of whole clusters; both systems on the same ones."""
    e, s = float(terms.error_usd or 0), float(terms.critical_miss_usd or 0)
    tokens = float(terms.prompt.usd - terms.tuned.usd)
    other = tuned.outcomes if isinstance(tuned, Rung) else None
    units: dict[tuple[str, str], list[float]] = {}
    for number, cluster in enumerate(clusters(prompt)):
        cost = _cost(prompt.outcomes[number], e, s) - (_cost(other[number], e, s) if other else 0.0)
        units.setdefault(cluster, []).append(cost)
    # Sorted, so that the order in which items came changes nothing; fsum is the same in every Python.
    pool = sorted((math.fsum(costs), len(costs)) for costs in units.values())
    rng = random.Random(seed)  # noqa: S311  # a resample is a draw, not a secret
    for _ in range(resamples):
        drawn = rng.choices(pool, k=len(pool))
        saved = math.fsum(total for total, _ in drawn) / sum(size for _, size in drawn)
        if isinstance(tuned, AssumedTuned):
            wrong, critical = 1.0 - rng.uniform(*tuned.accuracy), rng.uniform(*tuned.critical_share)
            saved -= wrong * (e * (1.0 - critical) + s * critical)
        yield tokens + saved


def _cost(outcome: Outcome, e: float, s: float) -> float:
    if outcome.missed_critical is True:
        return s
    return 0.0 if outcome.correct else e


def _notes(
    terms: Terms, prompt: Rung, tuned: Rung | AssumedTuned, resamples: int, seed: int
) -> Iterator[str]:
    n, units = len(prompt.outcomes), len(set(clusters(prompt)))
    drawn = f"{n:,} items" if units == n else f"{units:,} clusters of {n:,} items"
    how = f"{resamples:,} resamples of {drawn}, seed {seed}"
    if isinstance(tuned, Rung):
        yield f"Errors of both ways were measured on the same items ({prompt.name}, {tuned.name}); {how}."
    else:
        (low, high), (least, most) = tuned.accuracy, tuned.critical_share
        yield (
            f"ASSUMED, not measured: the tuned model is right on {low:.3f} to {high:.3f} of requests, and "
            f"{least:.3f} to {most:.3f} of its wrong answers miss a critical case, any value as likely as "
            f"another. Errors of {prompt.name} were measured; {how}."
        )
    if terms.error_usd is None:
        yield "What an error costs is unknown, so errors are left out of every figure here."
    if terms.critical_miss_usd is None:
        yield "What a critical miss costs is unknown, so critical misses are left out of every figure here."
    if not (terms.prompt.prices and terms.tuned.prices):
        yield "Not every price of a token comes from a dated table: some were stated by hand."
    yield "A critical miss counts as that alone, not also as an error."


def _monthly(amount: Decimal) -> Decimal:
    return amount.quantize(MICRO, ROUND_HALF_EVEN)
