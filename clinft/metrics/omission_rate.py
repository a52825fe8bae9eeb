"""Share of the gold facts, over all answers, that the answer does not tell."""

from clinft.metrics.counted import CLAIMING, ratio_metric

METRIC = ratio_metric(
    lambda facts, told: facts - told,
    lambda facts, told: facts,
    ("facts", "facts_told"),
    what="counts of facts",
    kinds=CLAIMING,
    higher_is_better=False,
)
