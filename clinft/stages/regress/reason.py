"""Why the verdict is what it is, in sentences for a clinician: every number has its unit beside it."""

from collections.abc import Iterator, Sequence
from datetime import date

from clinft.artifacts.results import (
    EvaluationReport,
    MetricChange,
    RecordedEvaluation,
    Reference,
    SafetyCheck,
)
from clinft.stages.regress.pairing import CLOSED, Pairing
from clinft.statistics.power import detectable_loss
from clinft.statistics.proportions import wilson_bounds


def first(candidate: EvaluationReport, checks: Sequence[SafetyCheck]) -> str:
    what = thresholds(candidate) or (
        "Every threshold is met." if candidate.thresholds else "The spec sets no threshold.",
    )
    return " ".join(
        ("No run is deployed yet, so there is nothing to compare with.", *what, *of_safety(checks))
    )


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
    checks: Sequence[SafetyCheck],
    compared_too: Sequence[Reference],
    keep: str | None,
    confidence: float,
    engines: str | None = None,
) -> str:
    """`engines`: as `engines` says it, where the baseline was not asked again beside."""
    return " ".join(
        (
            *critical(checks, keep),
            *_recorded(baseline),
            *([] if engines is None else [engines]),
            *of_safety(checks),
            *of_metrics(metrics),
            *others(compared_too),
            *thresholds(candidate),
            *scoring(pairing),
            power(pairing, metrics, confidence),
            looks(candidate.looks),
        )
    )


def thresholds(candidate: EvaluationReport) -> tuple[str, ...]:
    unmet = [f"{result.metric} ({result.bound})" for result in candidate.thresholds if not result.met]
    return (f"Thresholds not met: {', '.join(unmet)}.",) if unmet else ()


def age(measured_on: str | None, today: str | None) -> str:
    """Of the baseline's evaluation, days as `YYYY-MM-DD`; `today`: that of the candidate's."""
    before, now = day(measured_on), day(today)
    if before is None:
        return "When the baseline was evaluated is not known."
    if now is None:
        return f"The baseline was evaluated on {before}."
    if before > now:
        return f"The baseline was evaluated on {before}, after this run by the dates that they give."
    return f"The baseline was evaluated on {before}, {(now - before).days:,} days before this run."


def day(text: str | None) -> date | None:
    """None: not known, or no day."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None


def engines(candidate: EvaluationReport, baseline: EvaluationReport) -> str | None:
    """None: the same one. Recorded answers are those of a model that nobody here computes."""
    if candidate.engine == baseline.engine or isinstance(baseline, RecordedEvaluation):
        return None
    now, before = (
        str(one.engine) if one.engine is not None else "another engine than vLLM"
        for one in (candidate, baseline)
    )
    return (
        f"The baseline's answers were given by {before}, this run's by {now}: a small difference between "
        "them may be that of the engines."
    )


def looks(count: int | None) -> str:
    if count is None:
        return "How often this test split was looked at before is not known."
    return f"This was look {count:,} at this test split."


def critical(checks: Sequence[SafetyCheck], keep: str | None) -> Iterator[str]:
    if any(check.status == "CRITICAL" for check in checks):
        kept = f"keep {keep} in use, or go back to it" if keep else "no version to keep is known"
        yield f"CRITICAL: this model must not be used; rollback: {kept}."


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


def of_safety(checks: Sequence[SafetyCheck]) -> Iterator[str]:
    """What is not in order, the worst first."""
    order = ("CRITICAL", "FAIL", "NOT_CERTIFIABLE", "NOT_MEASURED", "WARN")
    for status in order:
        yield from (check.detail for check in checks if check.status == status)


def of_metrics(metrics: Sequence[MetricChange]) -> tuple[str, ...]:
    if not metrics:
        return ("The spec sets no margin, so nothing was shown to be as good as the baseline.",)
    failed = [_numbers(change) for change in metrics if change.status == "FAIL"]
    undecided = [_numbers(change) for change in metrics if change.status in ("WARN", "NOT_COMPARABLE")]
    said = []
    if failed:
        said.append(f"Worse than the baseline by the margin or more: {', '.join(failed)}.")
    if undecided:
        said.append(f"Not shown to be as good as the baseline: {', '.join(undecided)}.")
        said += _more(metrics)
    if not said:
        shown = ", ".join(_numbers(change) for change in metrics)
        said.append(f"As good as the baseline within the margin: {shown}.")
    return tuple(said)


def _more(metrics: Sequence[MetricChange]) -> Iterator[str]:
    """Of what is inconclusive, as many cases as the metric needs that needs the most."""
    wanting = [
        (change.items_needed - change.difference.n, change.metric)
        for change in metrics
        if change.status == "WARN" and change.items_needed is not None and change.difference is not None
    ]
    more = max(wanting, default=(0, ""))
    if more[0] > 0:
        yield f"Inconclusive: about {more[0]:,} more cases needed (for {more[1]})."


def _numbers(change: MetricChange) -> str:
    if change.baseline is None or change.candidate is None:
        return f"{change.metric} (not measured)"
    return f"{change.metric} ({change.baseline:.3f} before, {change.candidate:.3f} now)"


def others(found: Sequence[Reference]) -> Iterator[str]:
    for one in found:
        yield f"Against the {one.role} baseline {one.run_id}: {one.status}. {one.reason}".strip()


def scoring(pairing: Pairing) -> tuple[str, ...]:
    if pairing.scoring != CLOSED:
        return ()
    return ("Label scores were compared, because not both runs hold free answers.",)


def power(pairing: Pairing, metrics: Sequence[MetricChange], confidence: float) -> str:
    """Discordant pairs, and what this many items could have shown (one-sided 5 %, power 80 %)."""
    pairs = pairing.answered
    n = len(pairs)
    lost = sum(before.correct and not now.correct for before, now in pairs)
    won = sum(now.correct and not before.correct for before, now in pairs)
    told = f"Of {n:,} items {lost:,} were lost and {won:,} won"
    accuracy = next((change for change in metrics if change.metric == "accuracy"), None)
    if accuracy is not None:
        seen = accuracy.minimum_detectable
    else:
        # Where the two never disagreed: as much disagreement as so few items may still hide.
        seen = detectable_loss(n, (lost + won) / n or wilson_bounds(0, n, confidence)[1])
    if seen is None or seen >= 1.0:
        return f"{told}; so few items show no loss of accuracy with 80 % power."
    return (
        f"{told}; a loss of {100 * seen:.1f} percentage points of accuracy or more would have shown with "
        "80 % power."
    )
