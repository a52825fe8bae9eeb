"""F1 over the clinical concepts of answers and gold, strict: the same concept, asserted in the same way.

Micro-averaged as MEDCON is (Yim et al. 2023, ACI-Bench), over clinft's own lexicon instead of UMLS, whose
licence forbids shipping it. What counts as a concept: `artifacts/scoring/concepts.py`.
"""

from clinft.metrics.counted import CLAIMING, ratio_metric

METRIC = ratio_metric(
    lambda gold, said, shared: 2 * shared,
    lambda gold, said, shared: gold + said,
    ("terms_gold", "terms_said", "terms_shared"),
    what="counts of clinical concepts",
    kinds=CLAIMING | {"coding"},
)
