"""Mean squared distance between the probabilities given and what came true, halved: 1 is the worst.

Brier 1950. With two labels it is the usual binary score; scikit-learn has it as
`brier_score_loss(scale_by_half=True)`.
"""

import math

from clinft.artifacts.results import ItemResult
from clinft.metrics.macro_metric import CLASSIFICATION
from clinft.metrics.metric import Metric, Question, Ratio
from clinft.metrics.stated import no_probabilities, stated


def _loss(item: ItemResult, question: Question) -> tuple[float, float] | None:
    found = stated(item, question)
    if found is None:
        return None
    terms = (
        (probability - float(place == found.target)) ** 2
        for place, probability in enumerate(found.probabilities)
    )
    # Of rounded probabilities the sum may pass 2.
    return min(1.0, math.fsum(terms) / 2.0), 1.0


METRIC = Metric(
    higher_is_better=False, kinds=CLASSIFICATION, form=Ratio(_loss, bounded=True), missing=no_probabilities
)
