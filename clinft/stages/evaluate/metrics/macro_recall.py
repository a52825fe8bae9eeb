"""Mean recall over labels: of what was a label, how much was found."""

from clinft.stages.evaluate.metrics.macro import macro_metric

METRIC = macro_metric("macro_recall")
