"""F1 over the three-character categories of codes: I21.4 for I21.02 is the right illness, less exactly."""

from clinft.metrics.counted import ratio_metric

METRIC = ratio_metric(
    lambda gold, said, shared: 2 * shared,
    lambda gold, said, shared: gold + said,
    ("gold", "said", "category_shared"),
    what="counts of codes",
    kinds=frozenset({"coding"}),
)
