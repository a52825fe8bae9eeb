"""Share of the answers that refuse the task. Every item is a proper request, so each is one too many."""

from collections.abc import Sequence

from clinft.artifacts.results import ItemResult
from clinft.metrics.metric import Metric, Question, Share


def _missing(items: Sequence[ItemResult], question: Question) -> str | None:
    if question.scoring == "generated_text":
        return None
    return "a model whose labels are scored has no way to refuse"


METRIC = Metric(higher_is_better=False, form=Share(lambda item, question: item.refused), missing=_missing)
