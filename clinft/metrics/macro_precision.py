"""Mean precision over labels: of what was called a label, how much was right."""

from clinft.metrics.macro_metric import macro_metric

METRIC = macro_metric("macro_precision")
