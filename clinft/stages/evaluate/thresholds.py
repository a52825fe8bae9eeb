"""What the spec asks of the tuned model: met, not met, or not to be decided by so few items."""

from collections.abc import Sequence

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import MetricResult, SystemResult, ThresholdResult
from clinft.spec.evaluation import UNBOUNDED, Threshold
from clinft.stages.evaluate.scoring import CLOSED, GENERATED
from clinft.stages.evaluate.systems import TUNED
from clinft.statistics.bounded_mean import fewest_units
from clinft.statistics.power import MOST_ITEMS, items_for_proportion
from clinft.statistics.proportions import wilson_bounds

# These rest on log-probabilities of labels or of the right answer; a free answer has none where labels are
# scored apart.
OF_LABEL_SCORES = frozenset(
    {"perplexity", "bits_per_byte", "brier", "log_loss", "calibration_error", "auroc"}
)
NO_FIGURE = "not among evaluation.metrics, or this model gives no log-probabilities"


def threshold(wanted: Threshold, systems: Sequence[SystemResult], kind: str) -> ThresholdResult:
    """Met if even the worse bound of the interval is good enough, as the tuned model would be used.

    What was not measured is not met, nor is a good value that so few items cannot certify even where all of
    them are right: `met` is None then, and the report's `thresholds_met` False.
    """
    found = _measured(wanted.metric, systems, kind)
    bound = f"at least {wanted.min:g}" if wanted.min is not None else f"at most {wanted.max:g}"
    if found is None or found.interval is None:
        why = found.missing if found and found.missing else NO_FIGURE
        return ThresholdResult(metric=wanted.metric, bound=bound, met=None, detail=f"not measured: {why}")
    interval = found.interval
    side, reached = _side(wanted, interval)
    detail = f"{side} bound {reached:.3f} of {interval.value:.3f}"
    if _is_good(wanted, reached):
        return ThresholdResult(metric=wanted.metric, bound=bound, met=True, detail=detail)
    if not _is_good(wanted, interval.value):
        # More items would only show it better.
        return ThresholdResult(
            metric=wanted.metric, bound=bound, met=False, detail=f"{detail}; the value itself misses it"
        )
    fewest = None if wanted.metric in UNBOUNDED else _fewest(wanted, interval)
    if fewest is not None and fewest > interval.n:
        return ThresholdResult(
            metric=wanted.metric,
            bound=bound,
            met=None,
            detail=f"{detail}; not certifiable with {interval.n:,} items: even a perfect result would need "
            f"{fewest:,}",
            certifiable=False,
            items_needed=fewest,
        )
    needed = None if wanted.metric in UNBOUNDED else _needed(wanted, interval)
    more = "" if needed is None else f"; about {needed:,} items would show it, were this the true value"
    return ThresholdResult(
        metric=wanted.metric, bound=bound, met=False, detail=f"{detail}{more}", items_needed=needed
    )


def _measured(metric: str, systems: Sequence[SystemResult], kind: str) -> MetricResult | None:
    # Of other kinds the likelihood of the right answer stands beside the free one.
    scoring = CLOSED if metric in OF_LABEL_SCORES and kind == "classification" else GENERATED
    tuned = (one for one in systems if (one.system, one.scoring) == (TUNED, scoring))
    metrics = next((one.metrics for one in tuned), ())
    return next((found for found in metrics if found.metric == metric), None)


def _side(wanted: Threshold, interval: Interval) -> tuple[str, float]:
    return ("lower", interval.low) if wanted.min is not None else ("upper", interval.high)


def _is_good(wanted: Threshold, value: float) -> bool:
    if wanted.min is not None:
        return value >= wanted.min
    return wanted.max is not None and value <= wanted.max


def _limit(wanted: Threshold) -> float:
    return wanted.min if wanted.min is not None else wanted.max or 0.0


def _fewest(wanted: Threshold, interval: Interval) -> int | None:
    """Items of which a perfect result would reach the bound, by the interval that was used."""
    perfect, limit = (1.0, _limit(wanted)) if wanted.min is not None else (0.0, _limit(wanted))
    if limit == perfect:
        return MOST_ITEMS
    if interval.method.startswith("Wilson"):
        return _fewest_by_wilson(perfect, wanted, interval)
    return fewest_units(perfect, limit, interval.confidence)


def _fewest_by_wilson(perfect: float, wanted: Threshold, interval: Interval) -> int:
    low, high = 1, 1
    while not _certifies(perfect, wanted, high, interval.confidence):
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        if _certifies(perfect, wanted, middle, interval.confidence):
            high = middle
        else:
            low = middle + 1
    return high


def _certifies(perfect: float, wanted: Threshold, n: int, confidence: float) -> bool:
    bounds = wilson_bounds(perfect * n, n, confidence)
    return _is_good(wanted, bounds[0 if wanted.min is not None else 1])


def _needed(wanted: Threshold, interval: Interval) -> int | None:
    limit = _limit(wanted)
    if not 0.0 < limit < 1.0:
        return None
    needed = items_for_proportion(interval.value, limit, interval.confidence)
    return needed if needed is not None and needed > interval.n else None
