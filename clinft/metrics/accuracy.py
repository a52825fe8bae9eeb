"""Share of items answered right; an answer that cannot be read is wrong."""

from clinft.metrics.metric import Metric, Share

METRIC = Metric(higher_is_better=True, form=Share(lambda item, question: item.correct))
