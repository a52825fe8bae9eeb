"""The texts of one row → findings at the values where they stand, also those of values read together."""

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable

from clinft.artifacts.audit import Finding
from clinft.stages.audit.engine import Engine
from clinft.stages.audit.finds import UNEXPLAINED
from clinft.stages.audit.scan import place_id, scan_texts
from clinft.stages.audit.severity import RANK
from clinft.stages.audit.units import TextUnit


def scan_row(engine: Engine, units: Iterable[TextUnit]) -> list[Finding]:
    """Without overlaps in any one value."""
    plain: list[Finding] = []
    joined: list[Finding] = []
    for unit in units:
        for finding in scan_texts((unit,), engine):
            if unit.segments:
                joined += [moved(finding, *place) for place in unit.located(finding.start, finding.end)]
            else:
                plain.append(finding)
    return _settled(plain + joined) if joined else plain


def moved(finding: Finding, field: str, start: int, end: int) -> Finding:
    """The same finding at another place, with the id of that place."""
    place = (finding.file, finding.row, field, start, end, finding.entity_type, finding.recognizer)
    return finding.model_copy(update={"id": place_id(*place), "field": field, "start": start, "end": end})


def _settled(findings: list[Finding]) -> list[Finding]:
    """As `finds.settled` does within one text: what is explained, most severe, longest stands."""
    kept: defaultdict[str, list[Finding]] = defaultdict(list)  # by start
    for finding in sorted(findings, key=_precedence):
        field = kept[finding.field]
        place = bisect(field, finding.start, key=lambda other: other.start)
        clear_before = place == 0 or field[place - 1].end <= finding.start
        if clear_before and (place == len(field) or finding.end <= field[place].start):
            field.insert(place, finding)
    return [finding for field in kept.values() for finding in field]


def _precedence(finding: Finding) -> tuple[bool, int, int, int, float, str, str]:
    return (
        finding.entity_type == UNEXPLAINED,
        RANK[finding.severity],
        finding.start - finding.end,
        finding.start,
        -finding.score,
        finding.recognizer,
        finding.entity_type,
    )
