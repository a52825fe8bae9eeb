"""How earlier estimates compare with what the runs used then."""

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from clinft.artifacts.planning import Calibration


@dataclass(frozen=True)
class Used:
    """Of one finished run: what was estimated, and what it used."""

    of: Literal["tokens", "minutes"]
    estimated: float
    actual: float


def calibration(runs: Iterable[Used]) -> Calibration | None:
    """None where nothing can be compared. Tokens are what is billed, so they count before minutes."""
    usable = [run for run in runs if run.estimated > 0 and run.actual > 0 and math.isfinite(run.actual)]
    for of in ("tokens", "minutes"):
        ratios = [run.actual / run.estimated for run in usable if run.of == of]
        if ratios:
            return Calibration(
                of="tokens" if of == "tokens" else "minutes",
                ratio=round(statistics.median(ratios), 4),
                low=round(min(ratios), 4),
                high=round(max(ratios), 4),
                n=len(ratios),
            )
    return None
