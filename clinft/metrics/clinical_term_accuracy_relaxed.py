"""As clinical_term_accuracy, and half a match is one: a broader or narrower concept of the same kind."""

from clinft.metrics.counted import CLAIMING, ratio_metric

METRIC = ratio_metric(
    lambda gold, said, shared: 2 * shared,
    lambda gold, said, shared: gold + said,
    ("terms_gold", "terms_said", "terms_relaxed"),
    what="counts of clinical concepts",
    kinds=CLAIMING | {"coding"},
)
