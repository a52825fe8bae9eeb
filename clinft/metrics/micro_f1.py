"""F1 over all units of all items: twice the right ones over those given and those that were to be given."""

from clinft.metrics.units import unit_metric

METRIC = unit_metric(lambda gold, said, shared: 2 * shared, lambda gold, said, shared: gold + said)
