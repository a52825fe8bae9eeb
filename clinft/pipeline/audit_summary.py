"""What an audit says on the terminal and in a job's summary: verdict, findings, what to do, sensitivity."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from clinft.artifacts.audit import (
    AuditReport,
    Authenticity,
    FileAudit,
    FileFinding,
    Finding,
    Sensitivity,
    Verdict,
)
from clinft.stages.report import audit_words, numbers
from clinft.stages.report.markdown import bullets, code, document, escape, table

SHOWN_FINDINGS = 20
SHOWN = ("CRITICAL", "HIGH", "MEDIUM")

Found = TypeVar("Found", Finding, FileFinding)


def of_audit(report: AuditReport) -> str:
    found = _heaviest_first(report.findings)
    lines = [_finding(one, one.row, one.safe_harbor) for one in found]
    return document(
        (
            _head(
                report.verdict, report.records_scanned, report.characters_scanned, len(report.files_scanned)
            ),
            bullets(
                (
                    _counts(report.by_severity),
                    audit_words.sensitivity_of(report),
                    *_origin(report.authenticity),
                )
            ),
            *_because(report.verdict, report.because),
            *_findings(lines, report.by_severity),
            *_remedies(report.remedies, {one.entity_type for one in found}),
            *_signs(report.authenticity),
            *_below_floor(report.verdict, report.sensitivity, report.policy.sensitivity_floor),
        )
    )


def of_files(report: FileAudit) -> str:
    lines = [_finding(one, one.record + 1, one.identifier) for one in _heaviest_first(report.findings)]
    return document(
        (
            _head(report.verdict, report.records, report.characters, len(report.files)),
            bullets(
                (
                    _counts(report.by_severity),
                    audit_words.sensitivity(report.sensitivity, report.sensitivity_floor),
                    *_origin(report.authenticity),
                )
            ),
            *_because(report.verdict, report.because),
            *_findings(lines, report.by_severity),
            *_signs(report.authenticity),
            *_below_floor(report.verdict, report.sensitivity, report.sensitivity_floor),
            "`--json` gives every finding; rows count from 0 there.",
        )
    )


def _heaviest_first(findings: Iterable[Found]) -> list[Found]:
    """Within one severity in the order of the files."""
    return sorted(
        (found for found in findings if found.severity in SHOWN),
        key=lambda found: SHOWN.index(found.severity),
    )


def _head(verdict: Verdict, rows: int, characters: int, files: int) -> str:
    read = ", ".join(
        numbers.count(things, one)
        for things, one in ((rows, "row"), (characters, "character"), (files, "file"))
    )
    return f"**{verdict}**: {audit_words.VERDICTS[verdict]} ({read})"


def _counts(by_severity: dict[str, int]) -> str:
    found = ", ".join(f"{count:,} {escape(severity)}" for severity, count in by_severity.items() if count)
    return f"findings: {found or 'none, which is no proof that there are none'}"


def _origin(authenticity: Authenticity) -> Iterable[str]:
    provenance = authenticity.provenance
    again = audit_words.REGENERATED[provenance.regenerated]
    made = f"; made again: {again}" if provenance.origin == "generated" else ""
    yield f"origin: {audit_words.signs(authenticity)}{made}"
    if authenticity.uniqueness is not None:
        yield audit_words.uniqueness(authenticity.uniqueness)


def _because(verdict: Verdict, because: Sequence[str]) -> Iterable[str]:
    if because:
        yield f"Why {verdict}:"
        yield bullets(map(escape, because))


def _finding(found: Finding | FileFinding, row: int, letter: str) -> str:
    """A place that an editor opens, and a type; a line of a list wraps where a table would break words."""
    place = f"{code(f'{found.file}:{row}')} {code(found.field)} {found.start}–{found.end}"
    return f"**{found.severity}** ({escape(letter)}) {code(found.entity_type)}: {place}"


def _findings(lines: Sequence[str], by_severity: dict[str, int]) -> Iterable[str]:
    if lines:
        yield "What weighs, and where:"
        shown = lines[:SHOWN_FINDINGS]
        more = sum(by_severity.get(severity, 0) for severity in SHOWN) - len(shown)
        yield bullets([*shown, f"and {more:,} more in the JSON"] if more > 0 else shown)


def _remedies(remedies: dict[str, str], types: set[str]) -> Iterable[str]:
    said = {name: remedy for name, remedy in sorted(remedies.items()) if name in types}
    if said:
        yield "What to do:"
        yield bullets(f"{code(name)}: {escape(remedy)}" for name, remedy in said.items())


def _signs(authenticity: Authenticity) -> Iterable[str]:
    """Those that decline stand among the reasons already."""
    weak = [sign for sign in authenticity.signs if not sign.declines]
    if weak:
        yield "Weak signs of a real source:"
        yield bullets(
            f"{escape(sign.kind)}, {numbers.count(sign.count, 'time')}. {escape(sign.meaning)}"
            for sign in weak
        )


def _below_floor(verdict: Verdict, sensitivity: Sequence[Sensitivity], floor: float) -> Iterable[str]:
    """One line says it where all is well; the figures are for whoever must find out why not."""
    rows = [row for row in sensitivity if row.status == "below_floor"]
    if verdict == "INVALID" or rows:
        yield f"Found of planted identifiers, with exact 95 % intervals; the lower ends must reach {floor:g}:"
        yield table(
            ("class", "in a copy of the data", "challenge set"),
            [
                (
                    f"({row.identifier}) {audit_words.CLASSES[row.identifier]}",
                    audit_words.measured(row.canaries),
                    audit_words.measured(row.challenge),
                )
                for row in rows or sensitivity
            ],
        )
