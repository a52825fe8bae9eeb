"""exp of the mean negative log-likelihood per token of the right answers, end of turn included."""

from collections.abc import Sequence

from clinft.artifacts.results import ItemResult
from clinft.stages.evaluate.metrics.metric import Measured, Metric, Question
from clinft.statistics.bootstrap import bootstrap
from clinft.statistics.likelihood import perplexity


def measure(items: Sequence[ItemResult], question: Question) -> Measured:
    answers = [
        (item.answer_nll_nats, item.answer_tokens)
        for item in items
        if item.answer_nll_nats is not None and item.answer_tokens is not None
    ]
    if len(answers) < len(items) or not answers:
        return "the right answer is scored only where labels are scored"
    return bootstrap(answers, perplexity, question.confidence)


METRIC = Metric(higher_is_better=False, measure=measure)
