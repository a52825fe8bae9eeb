"""Share of the claims made, over all answers, that neither the text nor its gold facts support.

1 - precision against the source (Nan et al. 2021, arXiv 2102.09130). A screen with measured sensitivity, no
proof: docs/metrics.md.
"""

from clinft.metrics.counted import CLAIMING, ratio_metric

METRIC = ratio_metric(
    lambda unsupported, claims: unsupported,
    lambda unsupported, claims: claims,
    ("claims_unsupported", "claims"),
    what="counts of claims",
    kinds=CLAIMING,
    higher_is_better=False,
)
