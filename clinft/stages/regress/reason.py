"""Why the verdict is what it is, in sentences for a clinician: every number has its unit beside it."""

from collections.abc import Sequence

from clinft.artifacts.results import EvaluationReport, MetricChange, RecordedEvaluation
from clinft.stages.regress.pairing import CLOSED, Pairing
from clinft.statistics.paired import mcnemar_one_sided
from clinft.statistics.power import smallest_detectable
from clinft.statistics.proportions import wilson_bounds

# For harm less proof is asked than for a loss of points.
ALPHA_CRITICAL = 0.10


def beyond_chance(flips: int, gained: int) -> bool:
    """Were more critical cases newly missed than equal models would miss by accident?"""
    return mcnemar_one_sided(flips, gained) <= ALPHA_CRITICAL


def first(candidate: EvaluationReport) -> str:
    what = thresholds(candidate) or (
        "Every threshold is met." if candidate.thresholds else "The spec sets no threshold.",
    )
    return " ".join(("No run is deployed yet, so there is nothing to compare with.", *what))


def waiting(pending: Sequence[str]) -> str:
    return (
        f"Results of {', '.join(pending)} are not merged yet, so this run cannot be called the first. "
        "Merge or close them, then raise `revision` in project.yaml by one: a fresh run is compared with "
        "what is deployed by then."
    )


def incomparable(why: str, baseline: EvaluationReport) -> str:
    if isinstance(baseline, RecordedEvaluation):
        return " ".join(
            (
                *_recorded(baseline),
                why,
                "They stand for that one test split: restore the project's files synthetic/test.jsonl and "
                "baseline/ as they were recorded together.",
            )
        )
    return f"{why} Evaluate both runs on the same test split first."


def compared(
    candidate: EvaluationReport,
    baseline: EvaluationReport,
    pairing: Pairing,
    metrics: Sequence[MetricChange],
    flips: int,
    gained: int,
    confidence: float,
) -> str:
    return " ".join(
        (
            *_recorded(baseline),
            *_critical(flips, gained),
            *_of_metrics(metrics),
            *thresholds(candidate),
            *_scoring(pairing),
            _power(pairing, confidence),
        )
    )


def thresholds(candidate: EvaluationReport) -> tuple[str, ...]:
    unmet = [f"{result.metric} ({result.bound})" for result in candidate.thresholds if not result.met]
    return (f"Thresholds not met: {', '.join(unmet)}.",) if unmet else ()


def _recorded(baseline: EvaluationReport) -> tuple[str, ...]:
    if not isinstance(baseline, RecordedEvaluation):
        return ()
    source = baseline.source
    day = source.asked_until[:10]
    told = f"The baseline is the recorded answers of {source.model} (asked at {source.host} until {day})."
    if not source.seen_in_training:
        return (told,)
    return (
        told,
        "The test records come from its own training file, so it had seen them: the comparison favours it.",
    )


def _critical(flips: int, gained: int) -> tuple[str, ...]:
    if not flips:
        return ()
    chance = mcnemar_one_sided(flips, gained)
    weight = "more than chance explains" if beyond_chance(flips, gained) else "which chance alone may explain"
    return (
        f"Critical cases that were right and are now wrong: {flips:,} (the other way round: {gained:,}), "
        f"{weight} (p = {chance:.2g}); a clinician must look at each.",
    )


def _of_metrics(metrics: Sequence[MetricChange]) -> tuple[str, ...]:
    if not metrics:
        return ("The spec sets no margin, so nothing was shown to be as good as the baseline.",)
    failed = [_numbers(change) for change in metrics if change.status == "FAIL"]
    undecided = [_numbers(change) for change in metrics if change.status in ("WARN", "NOT_COMPARABLE")]
    said = []
    if failed:
        said.append(f"Worse than the baseline by the margin or more: {', '.join(failed)}.")
    if undecided:
        said.append(f"Not shown to be as good as the baseline: {', '.join(undecided)}.")
    if not said:
        shown = ", ".join(_numbers(change) for change in metrics)
        said.append(f"As good as the baseline within the margin: {shown}.")
    return tuple(said)


def _numbers(change: MetricChange) -> str:
    if change.baseline is None or change.candidate is None:
        return f"{change.metric} (not measured)"
    return f"{change.metric} ({change.baseline:.3f} before, {change.candidate:.3f} now)"


def _scoring(pairing: Pairing) -> tuple[str, ...]:
    if pairing.scoring != CLOSED:
        return ()
    return ("Label scores were compared, because not both runs hold free answers.",)


def _power(pairing: Pairing, confidence: float) -> str:
    """Discordant pairs, and what this many items could have shown (one-sided 5 %, power 80 %)."""
    pairs = pairing.answered
    n = len(pairs)
    lost = sum(one.baseline.correct and not one.candidate.correct for one in pairs)
    won = sum(one.candidate.correct and not one.baseline.correct for one in pairs)
    # Where the two never disagreed: as much disagreement as so few items may still hide.
    discordance = (lost + won) / n if lost + won else wilson_bounds(0, n, confidence)[1]
    seen = 100 * smallest_detectable(n, discordance)
    return (
        f"Of {n:,} items {lost:,} were lost and {won:,} won; a loss of {seen:.1f} percentage points of "
        "accuracy or more would have shown with 80 % power."
    )
