"""Negative log-likelihood of the right answers in bits per UTF-8 byte: comparable across tokenizers."""

import math
from collections.abc import Sequence

from clinft.artifacts.results import ItemResult
from clinft.metrics.metric import Metric, Question, Ratio


def _likelihood(item: ItemResult, question: Question) -> tuple[float, float] | None:
    if item.answer_nll_nats is None or item.answer_bytes is None:
        return None
    return item.answer_nll_nats / math.log(2.0), float(item.answer_bytes)


def _missing(items: Sequence[ItemResult], question: Question) -> str | None:
    if items and all(_likelihood(item, question) is not None for item in items):
        return None
    return "the likelihood of the right answer is not known: the model gives no log-probabilities"


METRIC = Metric(higher_is_better=False, form=Ratio(_likelihood), missing=_missing)
