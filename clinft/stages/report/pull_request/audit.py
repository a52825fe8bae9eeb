"""What the audit found: type, place and id of each finding, never more; how sure it is; waivers to paste."""

import json
from collections.abc import Iterable, Sequence

from clinft.artifacts.audit import SEVERITIES, AuditReport, CategoryResult, Finding, Sensitivity
from clinft.artifacts.handling import Handling
from clinft.artifacts.pull_request import ProjectReport
from clinft.stages.report import audit_tables, audit_words, handling_tables
from clinft.stages.report.audit_words import CITATION
from clinft.stages.report.markdown import code_block, document
from clinft.stages.report.numbers import count
from clinft.stages.report.pull_request.reasons import gate_decision
from clinft.stages.report.pull_request.room import Room, Section, collapsed

BLOCKING = ("CRITICAL", "HIGH")
SHOWN_LOW = 20


def blocking(project: ProjectReport, name: str | None, room: Room) -> Iterable[Section]:
    """In the open: why nothing can be trained on these data at all, and each finding that blocks."""
    audit = project.audit
    if audit is None:
        return
    of_project = "" if name is None else f": {room.code(name)}"
    if audit.verdict in ("INVALID", "DECLINED"):
        because = room.listing([room.text(reason) for reason in audit.because])
        yield Section(document((f"### HIPAA audit {audit.verdict}{of_project}", because)))
    found = _sorted(audit, BLOCKING)
    if not found:
        return
    counted = sum(audit.by_severity.get(severity, 0) for severity in BLOCKING)
    missing = counted - len(found)
    yield Section(
        document(
            (
                f"### CRITICAL and HIGH findings{of_project}",
                "Type, place and id only; the text itself is never copied out of the data. "
                "Rows count from 1, positions count characters.",
                _table(project, found, room),
                f"{missing:,} more were counted; the audit lists the first 1,000." if missing > 0 else "",
            )
        )
    )


def collapsed_parts(project: ProjectReport, name: str | None, room: Room) -> Iterable[Section]:
    audit, decision = project.audit, gate_decision(project)
    if audit is not None:
        open_ones = _without_waiver(project, audit)
        if open_ones:
            blocks = _waivers(project.name, open_ones, audit, room)
            yield collapsed("Waivers, ready to paste", "waivers", name, *blocks)
        title = "The 18 identifiers and the limits of the audit"
        yield collapsed(title, "the 18 identifiers", name, *_matrix(audit, room))
        blocks = audit_tables.authenticity(audit.authenticity, room)
        yield collapsed("Where the data come from", "authenticity", name, *blocks)
        if audit.remedies:
            yield collapsed("What to do about each type of finding", "remedies", name, _remedies(audit, room))
        low = _sorted(audit, ("MEDIUM", "LOW", "INFO"))
        if low:
            yield collapsed("MEDIUM, LOW and INFO findings", "low findings", name, *_low(project, low, room))
    if decision is not None and decision.handling is not None:
        blocks = _handling(decision.handling, room)
        yield collapsed("What leaves, and open safeguards", "handling", name, *blocks)


def _low(project: ProjectReport, findings: Sequence[Finding], room: Room) -> Iterable[str]:
    """The gravest and likeliest first: of what is only possible there may be very many."""
    ordered = sorted(findings, key=lambda found: (SEVERITIES.index(found.severity), -found.score))
    yield _table(project, ordered[:SHOWN_LOW], room)
    if len(ordered) > SHOWN_LOW:
        yield f"{len(ordered) - SHOWN_LOW:,} more stand in `audit.json`, with type, place and score."


def _without_waiver(project: ProjectReport, audit: AuditReport) -> list[Finding]:
    waived = _waived(project)
    return [found for found in _sorted(audit, ("HIGH",)) if found.id not in waived]


def _waived(project: ProjectReport) -> frozenset[str]:
    decision = gate_decision(project)
    return frozenset() if decision is None else frozenset(decision.waived)


def _sorted(audit: AuditReport, severities: Sequence[str]) -> list[Finding]:
    return sorted(
        (finding for finding in audit.findings if finding.severity in severities),
        key=lambda found: (SEVERITIES.index(found.severity), found.file, found.row, found.field, found.start),
    )


def _table(project: ProjectReport, findings: Sequence[Finding], room: Room) -> str:
    waived = _waived(project)
    return room.grid(
        ("Severity", "Type", "Cited", "File", "Row", "Field", "Characters", "Id", "Waived"),
        [
            (
                found.severity,
                room.code(found.entity_type),
                f"({room.text(found.safe_harbor)})",
                room.code(found.file),
                f"{found.row:,}",
                room.code(found.field),
                f"{found.start} to {found.end}",
                room.code(found.id),
                "yes" if found.id in waived else "no",
            )
            for found in findings
        ],
        numeric={4},
    )


def _remedies(audit: AuditReport, room: Room) -> str:
    return room.grid(
        ("Type", "What to do"),
        [(room.code(name), room.text(audit.remedies[name])) for name in sorted(audit.remedies)],
    )


def _waivers(project: str, open_ones: Sequence[Finding], audit: AuditReport, room: Room) -> Iterable[str]:
    yield (
        "Correcting the data is the better way. Where a person of the role **privacy** looked at a HIGH "
        "finding and it is no identifier, add these lines to `waivers:` in `.github/clinft.yml`, by a pull "
        "request of its own. The empty values are refused until a person fills them in; the reason never "
        "repeats the text. A waiver ends with its day or when the file changes. CRITICAL findings cannot "
        "be waived."
    )
    lines = [line for found in open_ones[: room.rows] for line in _waiver(project, found, audit, room)]
    yield code_block("\n".join(("waivers:", *lines)), "yaml")
    yield room.more(len(open_ones))


def _waiver(project: str, found: Finding, audit: AuditReport, room: Room) -> Iterable[str]:
    """JSON strings are YAML strings, so no text can leave its value."""
    digest = audit.files_scanned.get(found.file, "")
    yield f"  - project: {json.dumps(room.clip(project))}"
    yield f"    finding: {json.dumps(room.clip(found.id))}"
    yield f"    file_sha256: {json.dumps(digest)}" + ("" if digest else "  # not among the audited files")
    yield '    reason: ""  # why this is no identifier; never the text itself'
    yield '    owner: ""  # GitHub login, without @, of the person of the role privacy who looked'
    yield '    given: ""  # the day of that look, YYYY-MM-DD'
    yield '    expires: ""  # last day on which it counts, at most 90 days later, YYYY-MM-DD'


def _matrix(audit: AuditReport, room: Room) -> Iterable[str]:
    infos, sure = audit_words.infos(audit), audit_words.by_letter(audit)
    measured = (
        " Planted: found of the identifiers that were planted in a copy of this data; challenge: of those "
        "in a frozen set of invented cases; with exact 95 % intervals, whose lower ends must reach "
        f"{audit.policy.sensitivity_floor:g}. No real clinical note is among them."
    )
    yield (
        f"{count(audit.records_scanned, 'row')} in {count(len(audit.files_scanned), 'file')} were searched "
        f"for the identifiers of {CITATION}. This is evidence for a privacy officer's decision, not the "
        "decision." + (measured if audit.sensitivity else "")
    )
    yield room.grid(
        ("Letter", "Identifier", "Findings", "Result", "Planted", "Challenge", "Sensitivity", "Note"),
        [_matrix_row(row, sure.get(row.letter), infos[row.letter], room) for row in audit.categories],
        numeric={2},
    )
    yield "Limits:"
    yield room.listing(
        [
            f"{audit_words.sentence(audit_words.sensitivity_of(audit))} Finding none is no proof that there "
            "are none.",
            *(room.text(limit) for limit in audit.limits),
        ]
    )


def _matrix_row(row: CategoryResult, sure: Sensitivity | None, info: int, room: Room) -> Sequence[str]:
    notes = " ".join(note for note in (row.note, "" if sure is None else sure.note) if note.strip())
    measured = ("not measured",) * 3
    if sure is not None:
        both = audit_words.measured(sure.canaries), audit_words.measured(sure.challenge)
        measured = (*both, audit_words.STATUS[sure.status])
    return (
        room.text(row.letter),
        room.text(row.title),
        f"{row.findings:,}",
        audit_words.result(row, sure, info),
        *measured,
        room.text(notes) if notes else "",
    )


def _handling(handling: Handling, room: Room) -> Iterable[str]:
    yield "Everything that clinft sends out of the organisation's machines for this plan:"
    yield handling_tables.egress(handling, room)
    failed = [row for row in handling.rows if row.state == "not_met"]
    if failed:
        yield "Safeguards that are not met; they decide nothing here:"
        yield handling_tables.safeguards(failed, room)
    unknown = [row for row in handling.rows if row.state == "needs_evidence"]
    if unknown:
        listed = room.inline([f"{room.text(row.title)} ({room.text(row.citation)})" for row in unknown], "; ")
        yield f"Safeguards without evidence, {len(unknown):,}: {listed}."
    yield f"All {len(handling.rows):,} stand in the run's HIPAA report. Rows: {room.text(handling.source)}."
