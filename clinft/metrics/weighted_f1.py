"""Mean F1 over labels, each weighted by its number of items; scikit-learn's average='weighted'."""

from clinft.metrics.macro_metric import label_metric
from clinft.statistics.per_label import weighted_f1

METRIC = label_metric(weighted_f1)
