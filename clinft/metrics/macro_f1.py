"""Mean F1 over labels: the harmonic mean of precision and recall of each."""

from clinft.metrics.macro_metric import macro_metric

METRIC = macro_metric("macro_f1")
