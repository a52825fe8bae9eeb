"""Mean score of an answer, 0 to 1, by the rule of its kind of task (artifacts/scoring)."""

from clinft.metrics.metric import Metric, Ratio

METRIC = Metric(higher_is_better=True, form=Ratio(lambda item, question: (item.points, 1.0), bounded=True))
