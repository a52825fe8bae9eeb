"""Mean negative log of the probability that the right label was given, in nats; one sure error costs most."""

import math
import sys

from clinft.artifacts.results import ItemResult
from clinft.metrics.macro_metric import CLASSIFICATION
from clinft.metrics.metric import Metric, Question, Ratio
from clinft.metrics.stated import no_probabilities, stated

# As scikit-learn clips: a probability of 0 would cost without end.
SMALLEST = sys.float_info.epsilon


def _loss(item: ItemResult, question: Question) -> tuple[float, float] | None:
    found = stated(item, question)
    if found is None:
        return None
    probability = found.probabilities[found.target]
    return -math.log(min(max(probability, SMALLEST), 1.0 - SMALLEST)), 1.0


METRIC = Metric(higher_is_better=False, kinds=CLASSIFICATION, form=Ratio(_loss), missing=no_probabilities)
