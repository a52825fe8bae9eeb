"""Share of the units of the gold answers, over all items, that were given."""

from clinft.metrics.units import unit_metric

METRIC = unit_metric(lambda gold, said, shared: shared, lambda gold, said, shared: gold)
