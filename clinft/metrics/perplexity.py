"""exp of the mean negative log-likelihood per token of the right answers, end of turn included."""

import math
from collections.abc import Sequence

from clinft.artifacts.results import ItemResult
from clinft.metrics.metric import Metric, Question, Ratio
from clinft.statistics.likelihood import LARGEST_MEAN_NATS


def _likelihood(item: ItemResult, question: Question) -> tuple[float, float] | None:
    if item.answer_nll_nats is None or item.answer_tokens is None:
        return None
    return item.answer_nll_nats, item.answer_tokens


def _missing(items: Sequence[ItemResult], question: Question) -> str | None:
    if items and all(_likelihood(item, question) is not None for item in items):
        return None
    return "the right answer is scored only where labels are scored"


METRIC = Metric(
    higher_is_better=False,
    form=Ratio(_likelihood, then=lambda nats: math.exp(min(nats, LARGEST_MEAN_NATS))),
    missing=_missing,
)
