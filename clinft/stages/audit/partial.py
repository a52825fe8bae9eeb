"""What was counted and found in some of the rows: parts add up to the whole, in whatever groups."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import Field, JsonValue, StringConstraints, ValidationError

from clinft.artifacts.audit import Finding, Letter
from clinft.spec.base import Count, Strict
from clinft.stages.audit.authenticity import Evidence
from clinft.stages.audit.severity import RANK

BROKEN = "not what was written"
# Rows that canaries are planted into: enough for the data's own style, small enough to be read again.
DONORS, LONGEST_DONOR = 256, 8192

# Of a row's digest. A whole one would let anybody who reads a part try all numbers that a row may hold.
DONOR_DIGITS = 4
Mark = Annotated[str, StringConstraints(pattern=rf"^[0-9a-f]{{{DONOR_DIGITS}}}$")]


@dataclass(frozen=True, order=True)
class Donor:
    """A row by its place; its text is read again when it is needed, and kept nowhere.

    `mark`: the first DONOR_DIGITS of the row's sha256.
    """

    mark: str
    file: str
    row: int


class Written(Strict):
    """`to_json`, as it is read back: a part comes from another machine, or from anybody."""

    rows: Count
    characters: Count
    by_severity: dict[str, Count]
    by_letter: dict[Letter, Count]
    by_type: dict[str, Count]
    findings: list[Finding]
    donors: Annotated[list[Annotated[tuple[Mark, str, Count], Field(strict=False)]], Field(max_length=DONORS)]
    recoded: list[str]
    evidence: JsonValue


@dataclass
class Partial:
    """Its size depends on `keep`, the findings that are listed, and not on the rows. It holds no text.

    Of the findings the first `keep` in the order of a report are kept, of the donors the rows with the
    smallest marks: both are the same whatever order the rows come in. `recoded`: files with rows that were
    no UTF-8 and were read as Windows-1252.
    """

    keep: int
    rows: int = 0
    characters: int = 0
    by_severity: Counter[str] = field(default_factory=Counter)
    by_letter: Counter[str] = field(default_factory=Counter)
    by_type: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    donors: list[Donor] = field(default_factory=list)
    recoded: set[str] = field(default_factory=set)
    evidence: Evidence = field(default_factory=Evidence)

    def found(self, finding: Finding) -> None:
        self.by_severity[finding.severity] += 1
        self.by_letter[finding.safe_harbor] += 1
        self.by_type[finding.entity_type] += 1
        self._list((finding,))

    def offer(self, donor: Donor) -> None:
        self._lend((donor,))

    def merge(self, other: "Partial") -> None:
        """Takes in another part; that one is not to be used any more."""
        self.rows += other.rows
        self.characters += other.characters
        self.by_severity += other.by_severity
        self.by_letter += other.by_letter
        self.by_type += other.by_type
        self.recoded |= other.recoded
        self.evidence.merge(other.evidence)
        self._list(other.findings)
        self._lend(other.donors)

    def first_findings(self) -> list[Finding]:
        """In the order of a report."""
        self.findings = sorted(self.findings, key=order)[: self.keep]
        return self.findings

    def chosen_donors(self) -> list[Donor]:
        self.donors = _chosen(self.donors)
        return self.donors

    def to_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "characters": self.characters,
            "by_severity": dict(self.by_severity),
            "by_letter": dict(self.by_letter),
            "by_type": dict(self.by_type),
            "findings": [finding.model_dump(mode="json") for finding in self.first_findings()],
            "donors": [[donor.mark, donor.file, donor.row] for donor in self.chosen_donors()],
            "recoded": sorted(self.recoded),
            "evidence": self.evidence.to_json(),
        }

    @classmethod
    def from_json(cls, keep: int, value: dict[str, Any]) -> "Partial":
        """Raises ValueError, without data, for anything that `to_json` did not write."""
        try:
            read = Written.model_validate(value)
        except ValidationError:
            raise ValueError(BROKEN) from None
        found = sum(read.by_severity.values())
        if (
            not read.by_severity.keys() <= RANK.keys()
            or {sum(read.by_letter.values()), sum(read.by_type.values())} != {found}
            or len(read.findings) != min(found, keep)
            or any(one.row < 1 or not 0 <= one.start <= one.end for one in read.findings)
        ):
            raise ValueError(BROKEN)
        return cls(
            keep,
            read.rows,
            read.characters,
            Counter(read.by_severity),
            Counter(read.by_letter),
            Counter(read.by_type),
            read.findings,
            [Donor(*one) for one in read.donors],
            set(read.recoded),
            Evidence.from_json(read.evidence),
        )

    def refuse_unknown(self, files: Container[str], letters: Mapping[str, str]) -> None:
        """ValueError for a file that is none of `files`, or a type whose letter `letters` does not say."""
        named = {donor.file for donor in self.donors} | self.recoded | self.evidence.named()
        named.update(finding.file for finding in self.findings)
        if (
            any(name not in files for name in named)
            or not self.by_type.keys() <= letters.keys()
            or any(letters.get(one.entity_type) != one.safe_harbor for one in self.findings)
        ):
            raise ValueError(BROKEN)

    # Both lists grow to twice their size before they are cut: sorting for every row would cost too much.
    def _list(self, findings: Iterable[Finding]) -> None:
        self.findings.extend(findings)
        if len(self.findings) > 2 * self.keep:
            self.first_findings()

    def _lend(self, donors: Iterable[Donor]) -> None:
        self.donors.extend(donors)
        if len(self.donors) > 2 * DONORS:
            self.chosen_donors()


def order(finding: Finding) -> tuple[int, str, int, int, str, int, str, str]:
    """Most severe first, then by place; no two findings are equal in it."""
    return (
        RANK[finding.severity],
        finding.file,
        finding.row,
        finding.start,
        finding.field,
        finding.end,
        finding.entity_type,
        finding.recognizer,
    )


def _chosen(donors: list[Donor]) -> list[Donor]:
    """Of rows with the same text, and so of few others, only the first: they would teach the same style."""
    first: dict[str, Donor] = {}
    for donor in sorted(donors):
        first.setdefault(donor.mark, donor)
    return list(first.values())[:DONORS]
