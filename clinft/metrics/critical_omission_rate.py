"""Share of the critical gold facts that the answer does not tell: red flags, allergies, anticoagulants,
critical diagnoses and laboratory values."""

from clinft.metrics.counted import CLAIMING, ratio_metric

METRIC = ratio_metric(
    lambda facts, told: facts - told,
    lambda facts, told: facts,
    ("facts_critical", "facts_critical_told"),
    what="counts of critical facts",
    kinds=CLAIMING,
    higher_is_better=False,
)
