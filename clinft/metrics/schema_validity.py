"""Share of the answers that are JSON of the form asked for: `task.output_schema`, or the kind's own."""

from clinft.metrics.counted import share_metric

METRIC = share_metric(
    lambda valid: valid == 1.0,
    "schema_valid",
    what="checks against a schema",
    kinds=frozenset({"extraction", "ner"}),
    higher_is_better=True,
)
