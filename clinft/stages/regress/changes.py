"""How one metric changed: difference with interval, and the evidence that it got worse."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from clinft.artifacts.planning import Interval
from clinft.stages.regress.pairing import CLOSED, Pair, Pairing
from clinft.statistics.bootstrap import bootstrap
from clinft.statistics.likelihood import perplexity
from clinft.statistics.paired import mcnemar_one_sided, newcombe_paired
from clinft.statistics.per_label import MACRO, Pairs, macro
from clinft.statistics.proportions import z_value
from clinft.statistics.randomization import randomization_p

Row = TypeVar("Row", bound=Hashable)
LOWER_IS_BETTER = frozenset({"parse_failure_rate", "perplexity"})


@dataclass(frozen=True)
class Change:
    """`difference` is candidate minus baseline; `p_worse` is one-sided, against 'not worse'.

    `variance` is that of one item's difference between equal models: the share of items on which the two
    disagree, or what the width of the bootstrap interval amounts to.
    """

    baseline: float
    candidate: float
    difference: Interval
    p_worse: float
    variance: float
    unit: str = ""


@dataclass(frozen=True)
class Unmeasured:
    reason: str


def change_of(
    metric: str, pairing: Pairing, critical_labels: Sequence[str], confidence: float
) -> Change | Unmeasured:
    if metric in MACRO:
        return _macro(metric, pairing.answered, confidence)
    if metric == "perplexity":
        return _perplexity(pairing.scored, confidence)
    pairs = pairing.answered
    if metric == "critical_recall":
        pairs = [pair for pair in pairs if pair.candidate.target in critical_labels]
        if not pairs:
            return Unmeasured("no item has a critical label")
    if metric == "parse_failure_rate" and pairing.scoring == CLOSED:
        return Unmeasured("labels were scored in one of the runs, so no answer was parsed")
    if metric == "parse_failure_rate":
        counted = [(pair.baseline.prediction is None, pair.candidate.prediction is None) for pair in pairs]
        return _binary(counted, confidence, higher_is_better=False)
    counted = [(pair.baseline.correct, pair.candidate.correct) for pair in pairs]
    return _binary(counted, confidence, higher_is_better=True)


def _binary(pairs: Sequence[tuple[bool, bool]], confidence: float, *, higher_is_better: bool) -> Change:
    """Pairs of (baseline, candidate)."""
    both, neither = pairs.count((True, True)), pairs.count((False, False))
    lost, won = pairs.count((True, False)), pairs.count((False, True))
    worse, better = (lost, won) if higher_is_better else (won, lost)
    n = len(pairs)
    return Change(
        baseline=(both + lost) / n,
        candidate=(both + won) / n,
        difference=newcombe_paired(both, won, lost, neither, confidence),
        p_worse=mcnemar_one_sided(worse, better),
        variance=(lost + won) / n,
    )


def _macro(slug: str, pairs: Sequence[Pair], confidence: float) -> Change:
    items = [
        (pair.baseline.target or "", pair.baseline.prediction, pair.candidate.prediction) for pair in pairs
    ]
    mean = macro(slug, (target for target, _, _ in items))

    def of(counts: Counter[tuple[str, str | None, str | None]], which: int) -> float:
        found: Pairs = Counter()
        for row, count in counts.items():
            found[row[0], row[1 + which]] += count
        return mean(found)

    return _resampled(
        items,
        of,
        lambda before, after: after - before,
        lambda row: (row[0], row[2], row[1]),
        confidence,
        sign=1,
    )


def _perplexity(pairs: Sequence[Pair], confidence: float) -> Change | Unmeasured:
    """The difference is relative: 0.02 is two percent more. Always of label scores: only they have it."""
    rows = []
    for pair in pairs:
        tokens, other = pair.baseline.answer_tokens, pair.candidate.answer_tokens
        before, after = pair.baseline.answer_nll_nats, pair.candidate.answer_nll_nats
        if not tokens or before is None or after is None:
            return Unmeasured("the likelihood of the right answers was not measured in both runs")
        if tokens != other:
            return Unmeasured("the two models cut the answers into different tokens")
        rows.append((before, after, tokens))
    if not rows:
        return Unmeasured("the likelihood of the right answers was not measured in both runs")

    def of(counts: Counter[tuple[float, float, int]], which: int) -> float:
        found: Counter[tuple[float, int]] = Counter()
        for row, count in counts.items():
            found[row[which], row[2]] += count
        return perplexity(found)

    return _resampled(
        rows,
        of,
        lambda before, after: after / before - 1.0,
        lambda row: (row[1], row[0], row[2]),
        confidence,
        sign=-1,
        unit=" of the baseline's perplexity",
    )


def _resampled(
    items: Sequence[Row],
    of: Callable[[Counter[Row], int], float],
    differ: Callable[[float, float], float],
    swapped: Callable[[Row], Row],
    confidence: float,
    *,
    sign: int,
    unit: str = "",
) -> Change:
    """Interval by paired bootstrap, p by paired randomization; a row holds both outcomes.

    `of` takes 0 for the baseline, 1 for the candidate; `sign` is 1 where more is better.
    """

    def difference(counts: Counter[Row]) -> float:
        return differ(of(counts, 0), of(counts, 1))

    whole = Counter(items)
    found = bootstrap(items, difference, confidence)
    error = (found.high - found.low) / (2.0 * z_value(confidence))
    return Change(
        baseline=of(whole, 0),
        candidate=of(whole, 1),
        difference=found,
        p_worse=randomization_p(items, lambda counts: -sign * difference(counts), swapped),
        variance=len(items) * error**2,
        unit=unit,
    )
