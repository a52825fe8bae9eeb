"""Share of the answers with an unsupported claim: long answers with one each look fine by claims."""

from clinft.metrics.counted import CLAIMING, share_metric

METRIC = share_metric(
    lambda unsupported: unsupported > 0,
    "claims_unsupported",
    what="counts of claims",
    kinds=CLAIMING,
    higher_is_better=False,
)
