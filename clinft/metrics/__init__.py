"""One module per metric; TABLE lists them. A new metric is a module, a line here and a name in the spec."""

from clinft.metrics import (
    accuracy,
    critical_recall,
    macro_f1,
    macro_precision,
    macro_recall,
    parse_failure_rate,
    perplexity,
)
from clinft.metrics.metric import Metric

# The slug is the YAML value of evaluation.metrics.
TABLE: dict[str, Metric] = {
    "accuracy": accuracy.METRIC,
    "macro_f1": macro_f1.METRIC,
    "macro_precision": macro_precision.METRIC,
    "macro_recall": macro_recall.METRIC,
    "parse_failure_rate": parse_failure_rate.METRIC,
    "perplexity": perplexity.METRIC,
    "critical_recall": critical_recall.METRIC,
}
