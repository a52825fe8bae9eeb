"""Share of free answers that cannot be read: none of the labels, no JSON, no codes."""

from collections.abc import Sequence

from clinft.artifacts.results import ItemResult
from clinft.metrics.metric import Metric, Question, Share


def _missing(items: Sequence[ItemResult], question: Question) -> str | None:
    if question.scoring == "generated_text":
        return None
    return "the likeliest label is always one of the labels"


METRIC = Metric(
    higher_is_better=False, form=Share(lambda item, question: not item.was_parsed), missing=_missing
)
