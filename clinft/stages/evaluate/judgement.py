"""What the measured systems add up to: gains over the base model, and thresholds met or not."""

from collections.abc import Mapping, Sequence

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import ItemResult, MetricResult, PairedGain, SystemResult, ThresholdResult
from clinft.spec.evaluation import Threshold
from clinft.stages.evaluate.scoring import CLOSED, GENERATED
from clinft.statistics.paired import mcnemar_exact, newcombe_paired

Items = Mapping[tuple[str, str], Sequence[ItemResult]]
TUNED = "tuned"
# These rest on the log-probability of the right answer, which a free answer does not have.
OF_LABEL_SCORES = frozenset({"perplexity"})
NO_FIGURE = "not among evaluation.metrics, or this model gives no log-probabilities"
# How the tuned model answered, how the base was read. The last pair is the hardest: a base model that
# rambles is read by its likeliest label, the tuned one must say it.
PAIRS = (
    (CLOSED, CLOSED, CLOSED),
    (GENERATED, GENERATED, GENERATED),
    (GENERATED, CLOSED, "generated_text_vs_closed_labels"),
)


def gains(items: Items, systems: Sequence[SystemResult], confidence: float) -> tuple[PairedGain, ...]:
    """Tuned against each base system, on the same items."""
    accuracies: dict[tuple[str, str], Interval] = {
        (result.system, result.scoring): _accuracy(result) for result in systems
    }
    found = []
    for base in dict.fromkeys(result.system for result in systems if result.system != TUNED):
        for tuned_scoring, base_scoring, name in PAIRS:
            if (TUNED, tuned_scoring) not in items or (base, base_scoring) not in items:
                continue
            counts = _paired_counts(items[TUNED, tuned_scoring], items[base, base_scoring])
            tuned, other = accuracies[TUNED, tuned_scoring], accuracies[base, base_scoring]
            found.append(
                PairedGain(
                    against=base,
                    scoring=name,
                    difference=newcombe_paired(*counts, confidence=confidence),
                    p_value=mcnemar_exact(counts[1], counts[2]),
                    intervals_overlap=tuned.low <= other.high and other.low <= tuned.high,
                )
            )
    return tuple(found)


def threshold(wanted: Threshold, systems: Sequence[SystemResult]) -> ThresholdResult:
    """Met if even the worse bound of the interval is good enough, for the tuned model's free answers.

    What was not measured is not met: `met` is None then, and the report's `thresholds_met` False.
    """
    found = _measured(wanted.metric, systems)
    bound = f"at least {wanted.min:g}" if wanted.min is not None else f"at most {wanted.max:g}"
    if found is None or found.interval is None:
        why = found.missing if found and found.missing else NO_FIGURE
        return ThresholdResult(metric=wanted.metric, bound=bound, met=None, detail=f"not measured: {why}")
    interval = found.interval
    if wanted.min is not None:
        return ThresholdResult(
            metric=wanted.metric,
            bound=bound,
            met=interval.low >= wanted.min,
            detail=f"lower bound {interval.low:.3f} of {interval.value:.3f}",
        )
    return ThresholdResult(
        metric=wanted.metric,
        bound=bound,
        met=wanted.max is not None and interval.high <= wanted.max,
        detail=f"upper bound {interval.high:.3f} of {interval.value:.3f}",
    )


def _measured(metric: str, systems: Sequence[SystemResult]) -> MetricResult | None:
    scoring = CLOSED if metric in OF_LABEL_SCORES else GENERATED
    tuned = (result for result in systems if (result.system, result.scoring) == (TUNED, scoring))
    return next((found for result in tuned for found in result.metrics if found.metric == metric), None)


def _accuracy(result: SystemResult) -> Interval:
    found = next(metric.interval for metric in result.metrics if metric.metric == "accuracy")
    if found is None:
        raise AssertionError("accuracy is always measured")
    return found


def _paired_counts(first: Sequence[ItemResult], second: Sequence[ItemResult]) -> tuple[int, int, int, int]:
    """Both right, only the first, only the second, neither."""
    pairs = [(one.correct, two.correct) for one, two in zip(first, second, strict=True)]
    return (
        pairs.count((True, True)),
        pairs.count((True, False)),
        pairs.count((False, True)),
        pairs.count((False, False)),
    )
