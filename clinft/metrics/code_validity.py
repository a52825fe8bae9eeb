"""Share of the codes given that exist in the installed ICD-10-CM release, right for the case or not."""

import math
from collections.abc import Sequence

from clinft.artifacts.results import ItemResult
from clinft.metrics.counted import counts, ratio_metric
from clinft.metrics.metric import Question


def _note(items: Sequence[ItemResult], question: Question) -> str | None:
    """A heading exists, but no case is coded with it."""
    found = [one for item in items if (one := counts(item, "codes_billable", "codes_said")) is not None]
    said = math.fsum(codes for _, codes in found)
    if not said:
        return None
    billable = math.fsum(codes for codes, _ in found)
    return f"{billable:,.0f} of {said:,.0f} codes can be billed: leaves of the release"


METRIC = ratio_metric(
    lambda valid, said: valid,
    lambda valid, said: said,
    ("codes_valid", "codes_said"),
    what="counts of codes",
    kinds=frozenset({"coding"}),
    note=_note,
)
