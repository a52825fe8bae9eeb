"""All runs of a project in their order: does a metric drift, though no single step was a loss?"""

from collections.abc import Sequence

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import EvaluationReport, TrendPoint
from clinft.metrics import TABLE
from clinft.stages.regress.pairing import TUNED
from clinft.statistics.ewma import worsens
from clinft.statistics.proportions import z_value

# The oldest of so many are left out.
MOST_RUNS = 200
History = Sequence[tuple[str, EvaluationReport]]


def trend(metrics: Sequence[str], history: History) -> tuple[TrendPoint, ...]:
    """`history`: run and report, the oldest first, the candidate last. A metric needs two runs."""
    found = []
    for metric in dict.fromkeys(metrics):
        points = [
            (run_id, interval)
            for run_id, report in history[-MOST_RUNS:]
            if (interval := _measured(metric, report)) is not None
        ]
        if len(points) < 2:
            continue
        errors = [(one.high - one.low) / (2.0 * z_value(one.confidence)) for _, one in points]
        flags = worsens(
            [one.value for _, one in points], errors, higher_is_better=TABLE[metric].higher_is_better
        )
        found += [
            TrendPoint(run_id=run_id, metric=metric, interval=interval, flagged=flag)
            for (run_id, interval), flag in zip(points, flags, strict=True)
        ]
    return tuple(found)


def _measured(metric: str, report: EvaluationReport) -> Interval | None:
    """Of the tuned model, by its free answers where it gave some."""
    tuned = sorted(
        (one for one in report.systems if one.system == TUNED), key=lambda one: one.scoring, reverse=True
    )
    values = (value.interval for one in tuned for value in one.metrics if value.metric == metric)
    return next((interval for interval in values if interval is not None), None)
