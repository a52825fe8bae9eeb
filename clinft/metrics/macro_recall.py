"""Mean recall over labels: of what was a label, how much was found."""

from clinft.metrics.macro_metric import macro_metric

METRIC = macro_metric("macro_recall")
