"""Expected calibration error in ten bins of confidence (Guo et al. 2017), and that of a perfect model.

The error of a perfectly calibrated model is not 0 but grows as items get fewer: 0.12 of 50 items, 0.04 of
500. So the note says what a model that is right exactly as often as it says would show on these confidences,
and no threshold is fixed.
"""

from collections.abc import Sequence

from clinft.artifacts.results import ItemResult
from clinft.metrics.macro_metric import CLASSIFICATION
from clinft.metrics.metric import Metric, Question, Whole
from clinft.metrics.stated import no_probabilities, stated
from clinft.statistics.calibration import BINS, expected_error, expected_errors, null_errors


def _confidence(item: ItemResult, question: Question) -> tuple[float, bool] | None:
    """(probability of the likeliest label, is it the right one)."""
    found = stated(item, question)
    if found is None:
        return None
    highest = max(found.probabilities)
    # The first of equals, as the prediction is read.
    return highest, found.probabilities.index(highest) == found.target


def _note(items: Sequence[ItemResult], question: Question) -> str | None:
    if no_probabilities(items, question):
        return None
    rows = [row for item in items if (row := _confidence(item, question)) is not None]
    null = null_errors([confidence for confidence, _ in rows])
    middle, high = null[len(null) // 2], null[min(len(null) - 1, int(0.95 * len(null)))]
    return (
        f"{BINS} bins; a perfectly calibrated model with these confidences would show {middle:.3f}, "
        f"and up to {high:.3f} in 95 of 100 samples"
    )


METRIC = Metric(
    higher_is_better=False,
    kinds=CLASSIFICATION,
    form=Whole(
        of=_confidence,
        statistic=lambda rows, question: expected_error,
        batch=lambda rows, question: expected_errors,
    ),
    missing=no_probabilities,
    note=_note,
)
