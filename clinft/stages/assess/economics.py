"""What the spec says of costs, and what was measured, put together for the break-even; or what is missing."""

from collections.abc import Sequence
from decimal import Decimal
from statistics import fmean
from typing import Literal

from clinft.artifacts.assessment import BreakEven
from clinft.spec.assessment import AssessmentSpec
from clinft.stages.assess.asking import Prices
from clinft.stages.assess.break_even import VOLUMES, break_even
from clinft.stages.assess.break_even_terms import MILLION, AssumedTuned, Request, Terms, priced, rates
from clinft.stages.assess.outcomes import Rung

NOTHING, THOUSAND = Decimal(0), Decimal(1000)
TUNED_PRICE = (
    "The prices are the tuned model's, and asking its base model costs no more: what the prompt costs may be "
    "overstated. State assessment.usd_per_request_prompt where you know better."
)


AS_GOOD = (
    "ASSUMED: training does not make the model worse than the prompt that was measured, so the range of its "
    "right answers starts there; that it reaches the target is not assumed."
)


def reckon(
    economics: AssessmentSpec,
    best: Rung,
    zero_shot: Rung | None,
    prices: Prices,
    critical_target: float | None,
) -> tuple[BreakEven | None, str | None]:
    """The break-even, or what is missing for it, in words. `zero_shot`: asked as the tuned model would be."""
    if economics == AssessmentSpec():
        return None, "the spec's section `assessment` states no costs"
    cached = economics.cached_share
    prompt = _stated(economics.usd_per_request_prompt) or _priced(best, prices, cached, "measured")
    tuned = _stated(economics.usd_per_request_tuned) or _priced(zero_shot, prices, cached, "assumed")
    lacking = [
        name
        for name, value in (
            ("assessment.one_off_usd", economics.one_off_usd),
            ("assessment.monthly_usd", economics.monthly_usd),
            ("assessment.usd_per_request_prompt", prompt),
            ("assessment.usd_per_request_tuned", tuned),
        )
        if value is None
    ]
    if lacking or prompt is None or tuned is None:
        return None, f"not known: {', '.join(lacking)}"
    assert economics.one_off_usd is not None
    assert economics.monthly_usd is not None
    terms = Terms(
        prompt=prompt,
        tuned=tuned,
        one_off_usd=economics.one_off_usd,
        monthly_usd=economics.monthly_usd,
        months=Decimal(economics.months),
        error_usd=economics.usd_per_error,
        critical_miss_usd=economics.usd_per_critical_miss,
    )
    wanted = economics.requests_per_month
    volumes = VOLUMES if wanted is None else (*VOLUMES, wanted)
    found = break_even(terms, best, _assumed(best, critical_target), volumes)
    notes = (*found.notes, AS_GOOD, *((TUNED_PRICE,) if prompt.prices else ()))
    return found.model_copy(update={"notes": notes}), None


def _assumed(best: Rung, critical_target: float | None) -> AssumedTuned:
    """As good as the prompt or better; no more critical misses than the prompt or the least recall has."""
    found = rates(best.outcomes)
    wrong = found.errors + found.critical_misses
    critical = sum(outcome.missed_critical is not None for outcome in best.outcomes) / len(best.outcomes)
    most = float(found.critical_misses) if critical_target is None else critical * (1.0 - critical_target)
    share = min(1.0, most / float(wrong)) if wrong else 0.0
    return AssumedTuned(accuracy=(float(1 - wrong), 1.0), critical_share=(0.0, share))


def _stated(usd: Decimal | None) -> Request | None:
    """As a thousand tokens that cost so much together: nothing more is known of it."""
    if usd is None:
        return None
    return Request(NOTHING, THOUSAND, NOTHING, usd * MILLION / THOUSAND, NOTHING)


def _priced(
    rung: Rung | None, prices: Prices, cached_share: float, tokens: Literal["measured", "assumed"]
) -> Request | None:
    if rung is None:
        return None
    asked = _mean([outcome.prompt_tokens for outcome in rung.outcomes])
    answered = _mean([outcome.completion_tokens for outcome in rung.outcomes])
    if asked is None or answered is None:
        return None
    fixed = asked * Decimal(repr(cached_share))
    return priced(prices.rows, fixed, asked - fixed, answered, tokens)


def _mean(values: Sequence[int | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return Decimal(repr(fmean(known))) if known and len(known) == len(values) else None
