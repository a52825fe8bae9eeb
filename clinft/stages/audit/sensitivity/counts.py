"""How many planted identifiers a scan finds, by letter. Numbers only, so parts can be saved and joined."""

from collections import Counter
from collections.abc import Callable, Iterable

from pydantic import Field

from clinft.artifacts.audit import Finding, Letter
from clinft.spec.base import Strict
from clinft.stages.audit.detector.detector import POSSIBLE
from clinft.stages.audit.sensitivity.planted import Planted, Span
from clinft.stages.audit.severity import BLOCKING

# File name and line → what the audit finds in it, by the very path that the data takes.
Scan = Callable[[str, str], Iterable[Finding]]


class Counts(Strict):
    planted: dict[Letter, int] = Field(default={}, description="By letter.")
    found: dict[Letter, int] = Field(default={}, description="Of these, by letter.")
    blocked: dict[Letter, int] = Field(default={}, description="Of these, by a finding that blocks.")

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            planted=_sum(self.planted, other.planted),
            found=_sum(self.found, other.found),
            blocked=_sum(self.blocked, other.blocked),
        )


def _sum(one: dict[str, int], two: dict[str, int]) -> dict[str, int]:
    return {letter: one.get(letter, 0) + two.get(letter, 0) for letter in sorted({*one, *two})}


def tally(planted: Iterable[Planted], scan: Scan) -> Counts:
    """Found: a finding that asks to look overlaps the identifier in the same field, whatever class it names.

    That is any above INFO, and what the detector calls possible.
    """
    totals: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    stops: Counter[str] = Counter()
    for copy in planted:
        findings = [finding for finding in scan(copy.file, copy.line) if _asks(finding)]
        for span in copy.spans:
            near = [finding for finding in findings if _overlap(finding, span)]
            totals[span.letter] += 1
            hits[span.letter] += bool(near)
            stops[span.letter] += any(finding.severity in BLOCKING for finding in near)
    return Counts(planted=_sorted(totals), found=_sorted(hits), blocked=_sorted(stops))


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _asks(finding: Finding) -> bool:
    return finding.severity != "INFO" or finding.entity_type in POSSIBLE


def _overlap(finding: Finding, span: Span) -> bool:
    return finding.field == span.field and finding.start < span.end and span.start < finding.end
