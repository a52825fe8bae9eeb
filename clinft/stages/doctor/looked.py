"""A look at the settings by area, as the policy can hold it: evidence for the handling assessment."""

from collections.abc import Sequence
from datetime import date
from typing import get_args

from clinft.artifacts.doctor import Finding
from clinft.spec.safeguards import Area, DoctorRecord


def look(findings: Sequence[Finding], today: date) -> DoctorRecord:
    """An area is ok where nothing in it was wrong or unseen, and something was seen."""
    states: dict[Area, set[str]] = {}
    for finding in findings:
        states.setdefault(finding.area, set()).add(finding.state)
    areas: tuple[Area, ...] = get_args(Area)
    wrong = tuple(area for area in areas if "bad" in states.get(area, ()))
    unknown = tuple(area for area in areas if "unknown" in states.get(area, ()) and area not in wrong)
    ok = tuple(area for area in areas if "ok" in states.get(area, ()) and area not in (*wrong, *unknown))
    return DoctorRecord(date=today.isoformat(), ok=ok, wrong=wrong, unknown=unknown)
