"""Mean precision over labels: of what was called a label, how much was right."""

from clinft.stages.evaluate.metrics.macro import macro_metric

METRIC = macro_metric("macro_precision")
