"""Share of the units given, over all items, that are right."""

from clinft.metrics.units import unit_metric

METRIC = unit_metric(lambda gold, said, shared: shared, lambda gold, said, shared: said)
