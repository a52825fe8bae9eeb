"""How many planted identifiers a scan finds, by letter. Numbers only, so parts can be saved and joined."""

from collections import Counter
from collections.abc import Callable, Iterable

from pydantic import Field

from clinft.artifacts.audit import Finding, Letter
from clinft.spec.base import Strict
from clinft.stages.audit.sensitivity.planted import Planted, Span

# File name and line → what the audit finds in it, by the very path that the data takes.
Scan = Callable[[str, str], Iterable[Finding]]


class Counts(Strict):
    planted: dict[Letter, int] = Field(default={}, description="By letter.")
    found: dict[Letter, int] = Field(default={}, description="Of these, by letter.")

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            planted=_sum(self.planted, other.planted),
            found=_sum(self.found, other.found),
        )


def _sum(one: dict[str, int], two: dict[str, int]) -> dict[str, int]:
    return {letter: one.get(letter, 0) + two.get(letter, 0) for letter in sorted({*one, *two})}


def tally(planted: Iterable[Planted], scan: Scan) -> Counts:
    """Found: a finding above INFO in the same field overlaps the identifier, whatever class it names."""
    totals: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    for copy in planted:
        findings = [finding for finding in scan(copy.file, copy.line) if finding.severity != "INFO"]
        for span in copy.spans:
            totals[span.letter] += 1
            hits[span.letter] += any(_overlap(finding, span) for finding in findings)
    return Counts(planted=dict(sorted(totals.items())), found=dict(sorted(hits.items())))


def _overlap(finding: Finding, span: Span) -> bool:
    return finding.field == span.field and finding.start < span.end and span.start < finding.end
