"""Share of answers that are the gold answer: all fields, codes, entities or words, and none besides."""

from clinft.metrics.counted import UNITS
from clinft.metrics.metric import Metric, Share

METRIC = Metric(
    higher_is_better=True,
    kinds=UNITS | {"question_answering"},
    form=Share(lambda item, question: item.correct),
)
