"""Where pages may be written: nowhere in the evidence of runs."""

import re
from pathlib import Path

from clinft.errors import SpecError

RUN = re.compile(r"[0-9a-f]{12}-a[1-9][0-9]*")


def refuse_evidence(out: Path) -> None:
    """SpecError for projects/<name>/runs, for any run's folder, and for whatever is in them."""
    whole = out.resolve()
    if any(_is_evidence(place) for place in (whole, *whole.parents)):
        raise SpecError(
            "Pages may not be written into a run's folder, or beside runs.",
            "A run's folder is committed evidence; `clinft verify` finds a file more in it.",
            "Pass --out with another folder, or leave it out.",
        )


def _is_evidence(place: Path) -> bool:
    if place.name == "runs" and place.parent.parent.name == "projects":
        return True
    return place.parent.name == "runs" and RUN.fullmatch(place.name) is not None
