"""From rows of one benchmark to numbers: ours, with intervals, held against lm-eval's on the same answers."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from clinft.artifacts.benchmarks import BenchmarkChange
from clinft.artifacts.planning import Interval
from clinft.artifacts.results import ItemResult, MetricResult
from clinft.errors import ClinftError
from clinft.metrics import TABLE
from clinft.metrics.metric import Question
from clinft.statistics.bootstrap import bootstrap
from clinft.statistics.bounded_mean import bounded_mean
from clinft.statistics.paired import mcnemar_exact, newcombe_paired
from clinft.statistics.randomization import randomization_p

STAGE, STAGE_VERSION = "benchmarks", 1
# Two ways of adding up the same numbers differ by less.
SAME = 1e-9
WRITTEN = ("rouge_l", "rouge_1", "rouge_2")


def metrics_of(
    rows: Sequence[ItemResult], labels: tuple[str, ...], scoring: str, confidence: float
) -> tuple[MetricResult, ...]:
    """The first is the one that a benchmark is told in. `labels`: empty where a mean says nothing."""
    if rows[0].values:
        return tuple(_mean(rows, name, confidence) for name in WRITTEN)
    names = ["accuracy", *(["macro_f1"] if labels else [])]
    if scoring == "generated_text":
        names.append("parse_failure_rate")
    question = Question(labels=labels, critical_labels=(), scoring=scoring, confidence=confidence)
    results = []
    for name in names:
        measured = TABLE[name].measure(rows, question)
        results.append(
            MetricResult(
                metric=name,
                higher_is_better=TABLE[name].higher_is_better,
                interval=measured if isinstance(measured, Interval) else None,
                missing=None if isinstance(measured, Interval) else measured,
            )
        )
    return tuple(results)


def _mean(rows: Sequence[ItemResult], name: str, confidence: float) -> MetricResult:
    interval = bounded_mean([(row.values[name], 1) for row in rows], confidence)
    return MetricResult(metric=name, higher_is_better=True, interval=interval)


def standard_error(values: Sequence[float]) -> float | None:
    """Of their mean: sample standard deviation over the root of n, as lm-eval has it. None for one value."""
    n = len(values)
    if n < 2:
        return None
    mean = math.fsum(values) / n
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1) / n)


def main_values(rows: Sequence[ItemResult]) -> list[float]:
    """What the first metric is the mean of."""
    return [row.values[WRITTEN[0]] if row.values else float(row.correct) for row in rows]


def check_against(rows: Sequence[ItemResult], peer: Mapping[str, float]) -> None:
    """The same answers must give the same numbers twice; a difference is a defect of ours or of lm-eval."""
    for theirs in ("acc", *WRITTEN):
        if theirs not in peer:
            continue
        values = [row.values[theirs] if row.values else float(row.correct) for row in rows]
        mean, error = math.fsum(values) / len(values), standard_error(values)
        pairs = [(mean, peer[theirs])]
        if error is not None:
            pairs.append((error, peer.get(f"{theirs}_stderr", math.nan)))
        # What is no number is not the same either.
        if not all(abs(ours - found) <= SAME for ours, found in pairs):
            raise ClinftError(
                f"lm-eval's {theirs} or its standard error is not what the same answers give here.",
                "One of the two counts an item otherwise.",
                "Report it with the versions of clinft and lm-eval; the numbers are not kept.",
            )


def change(
    slug: str, base: Sequence[ItemResult], tuned: Sequence[ItemResult], confidence: float
) -> BenchmarkChange | None:
    """Tuned minus base, paired by item. None where they are not the same items read in the same way."""
    if [(row.item_sha256, row.scoring) for row in base] != [(row.item_sha256, row.scoring) for row in tuned]:
        return None
    if base[0].values:
        pairs = list(zip(main_values(tuned), main_values(base), strict=True))
        return BenchmarkChange(
            slug=slug,
            metric=WRITTEN[0],
            difference=bootstrap(pairs, _difference, confidence),
            p_value=randomization_p(
                pairs, lambda counts: abs(_difference(counts)), lambda pair: (pair[1], pair[0])
            ),
        )
    counts = Counter((after.correct, before.correct) for after, before in zip(tuned, base, strict=True))
    gained, lost = counts[True, False], counts[False, True]
    return BenchmarkChange(
        slug=slug,
        metric="accuracy",
        difference=newcombe_paired(counts[True, True], gained, lost, counts[False, False], confidence),
        p_value=mcnemar_exact(gained, lost),
    )


def _difference(counts: Counter[tuple[float, float]]) -> float:
    """Mean of the first of each pair minus the second."""
    total = math.fsum((pair[0] - pair[1]) * count for pair, count in counts.items())
    return total / sum(counts.values())
