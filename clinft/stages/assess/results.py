"""A rung's outcomes as the numbers that are kept: intervals, tokens, cost; what nobody counted stays None."""

from collections.abc import Sequence
from decimal import Decimal
from statistics import fmean

from clinft.artifacts.assessment import PairedDifference, Read, RungResult
from clinft.stages.assess.measures import critical_recall, interval
from clinft.stages.assess.outcomes import Rung
from clinft.stages.assess.pairs import difference

MICRO = Decimal("0.000001")


def result(rung: Rung, metric: str, confidence: float, judged: bool = True) -> RungResult:
    """`judged`: right or wrong can be said of every item. Intervals are each rung's own, not adjusted."""
    outcomes = rung.outcomes
    critical = sum(one.missed_critical is not None for one in outcomes)
    cost = _mean([one.cost_usd for one in outcomes])
    return RungResult(
        name=rung.name,
        read=_read(rung),
        metric=metric,
        score=interval(rung, "score", confidence),
        accuracy=interval(rung, "accuracy", confidence) if judged else None,
        critical_recall=critical_recall(rung, confidence),
        critical_n=critical,
        parse_failures=None if rung.read == "closed_labels" else sum(not one.parsed for one in outcomes),
        prompt_tokens_mean=_rounded(_mean([one.prompt_tokens for one in outcomes])),
        completion_tokens_mean=_rounded(_mean([one.completion_tokens for one in outcomes])),
        cost_usd_per_1000=None if cost is None else (1000 * Decimal(str(cost))).quantize(MICRO),
    )


def steps(rungs: Sequence[Rung], confidence: float) -> tuple[PairedDifference, ...]:
    """Each rung minus the one tried before it and read in the same way; p of each pair alone."""
    found = []
    for index, rung in enumerate(rungs):
        before = next((one for one in reversed(rungs[:index]) if one.read == rung.read), None)
        if before is not None:
            pair = difference(rung, before, "score", confidence)
            found.append(pair.model_copy(update={"of": _label(rung), "against": _label(before)}))
    return tuple(found)


def _label(rung: Rung) -> str:
    return f"{rung.name}, {rung.read}"


def _read(rung: Rung) -> Read:
    return "closed_labels" if rung.read == "closed_labels" else "generated_text"


def _mean(values: Sequence[float | None]) -> float | None:
    """None where it is not known of every item: a mean of some would be of other items."""
    known = [value for value in values if value is not None]
    return fmean(known) if known and len(known) == len(values) else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
