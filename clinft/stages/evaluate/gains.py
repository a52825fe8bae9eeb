"""The tuned model against every other system, on the same items, by the definitions that regress has."""

from collections.abc import Callable, Sequence

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import ItemResult, PairedGain, SystemResult
from clinft.metrics.comparing import compared
from clinft.metrics.metric import Question
from clinft.stages.evaluate.scoring import CLOSED, GENERATED
from clinft.stages.evaluate.systems import TUNED

# How the tuned model answered, how the other was read. The last pair is the hardest: a model that rambles is
# read by its likeliest label, the tuned one must say it.
PAIRS = (
    (CLOSED, CLOSED, CLOSED),
    (GENERATED, GENERATED, GENERATED),
    (GENERATED, CLOSED, "generated_text_vs_closed_labels"),
)
Rows = Callable[[str, str], Sequence[ItemResult]]


def gains(
    rows: Rows, systems: Sequence[SystemResult], metric: str, question: Question
) -> tuple[PairedGain, ...]:
    """In the order of the report; p is two-sided. No gain where a difference cannot be told."""
    measured: dict[tuple[str, str], Interval | None] = {
        (one.system, one.scoring): _interval(one, metric) for one in systems
    }
    found = []
    for other in dict.fromkeys(one.system for one in systems if one.system != TUNED):
        for own, its, name in PAIRS:
            first, second = measured.get((TUNED, own)), measured.get((other, its))
            if first is None or second is None:
                continue
            pairs = list(zip(rows(other, its), rows(TUNED, own), strict=True))
            change = compared(metric, pairs, question)
            back = compared(metric, [(tuned, base) for base, tuned in pairs], question)
            if isinstance(change, str) or isinstance(back, str):
                continue
            found.append(
                PairedGain(
                    against=other,
                    scoring=name,
                    difference=change.difference,
                    p_value=min(1.0, 2.0 * min(change.p_worse, back.p_worse)),
                    intervals_overlap=first.low <= second.high and second.low <= first.high,
                    metric=metric,
                )
            )
    return tuple(found)


def _interval(result: SystemResult, metric: str) -> Interval | None:
    return next((one.interval for one in result.metrics if one.metric == metric), None)
