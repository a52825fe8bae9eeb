"""The audit that comes before anything is written: above INFO, nothing is frozen."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from clinft.artifacts.audit import FileAudit, FileFinding
from clinft.artifacts.canonical import digest_file
from clinft.errors import DigestMismatch, PolicyViolation, Problem
from clinft.pipeline.freezing.desk import Desk
from clinft.stages.audit import file_audit
from clinft.stages.audit.batch import WHOLE
from clinft.stages.audit.examination import conclude
from clinft.stages.audit.shards import merged
from clinft.stages.audit.verdict import HIPAA_RISK

HARMLESS = "INFO"
SHOWN = 20


def audit(desk: Desk, files: Sequence[Path], what: str, lines: "Lines | None" = None) -> FileAudit:
    """`what`: what the files are, for people. `lines`: line of a record, where that is not its number."""
    before = {path: digest_file(path) for path in files}
    report = file_audit.audit_files(list(files), desk.policy.audit, desk.services.progress)
    # Each place is told once: below, by the line of its file.
    desk.show_audit(report.model_copy(update={"findings": ()}))
    if set(report.files.values()) != set(before.values()):
        raise DigestMismatch(
            "A file changed while it was read.", "Somebody or something wrote to it.", "Call again."
        )
    _refuse_found(desk, report, files, what, lines)
    return report


def look(desk: Desk, files: Sequence[Path], what: str, lines: "Lines | None" = None) -> None:
    """The same rules on files that are refused anyway, without measuring the rules: seconds for minutes.

    What looks real is declined and not told how to be put into form. Bytes that no rule reads are a
    matter of the form.
    """
    policy = desk.policy.audit
    part = file_audit.audit_shard(list(files), policy, desk.services.progress, WHOLE)
    scanned = merged([part], None, policy, [*part.files], file_audit.LISTED_FINDINGS)
    report = file_audit.file_report(conclude(scanned, file_audit.PROVENANCE, policy, ()), policy)
    unread = all(found.recognizer == file_audit.UNREADABLE for found in _grave(report))
    if report.verdict == "DECLINED" or not unread:
        desk.show_audit(report.model_copy(update={"findings": ()}))
        _refuse_found(desk, report, files, what, lines)


def _grave(report: FileAudit) -> list[FileFinding]:
    return [found for found in report.findings if found.severity != HARMLESS]


def _refuse_found(
    desk: Desk, report: FileAudit, files: Sequence[Path], what: str, lines: "Lines | None"
) -> None:
    grave = _grave(report)
    counted = sum(n for severity, n in report.by_severity.items() if severity != HARMLESS)
    if report.verdict == "PASS" and not counted:
        return
    for found in grave[:SHOWN]:
        # The class and the place; the text is never shown.
        desk.say(str(_problem(found, files, lines)))
    because = " ".join(dict.fromkeys((*report.because, *_risk(report, counted))))
    raise PolicyViolation(
        f"The audit said {report.verdict} of {what}, with {counted} findings above {HARMLESS}; nothing was "
        "written, and synthetic/ is as it was.",
        because,
        "Correct or remove the places named and call again; if any of it may be real, tell the privacy "
        "officer first.",
    )


def _risk(report: FileAudit, counted: int) -> Sequence[str]:
    """One identifier that looks real is enough to say what is at stake."""
    return (HIPAA_RISK,) if counted or report.verdict == "DECLINED" else ()


def _problem(found: FileFinding, files: Sequence[Path], lines: "Lines | None") -> Problem:
    path = next((one for one in files if one.name == Path(found.file).name), files[0])
    line = found.record + 1 if lines is None else lines.line(path, found)
    kind = found.entity_type.lower().replace("_", " ")
    message = f"{kind}, class ({found.identifier}) of 45 CFR 164.514(b)(2)(i), {found.severity}."
    return Problem(str(path), line, 0, message)


class Lines:
    """Where a find stands in the file that it came from: rows of CSV are of one line or of several."""

    def line(self, path: Path, found: FileFinding) -> int:
        if path.suffix.lower() != ".csv":
            return found.record + 1
        try:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                return _line_of_csv(stream, found)
        except (csv.Error, UnicodeDecodeError):
            return found.record + 1  # the audit reads what is no CSV as text, line by line


def _line_of_csv(stream: TextIO, found: FileFinding) -> int:
    reader = csv.reader(stream)
    names = next(reader, [])
    # Blank lines are no records.
    for record, cells in enumerate(filter(None, reader)):
        if record == found.record:
            first = reader.line_num - sum(cell.count("\n") for cell in cells)
            if found.field not in names[: len(cells)]:
                return first
            place = names.index(found.field)
            before = [*cells[:place], cells[place][: found.start]]
            return first + sum(cell.count("\n") for cell in before)
    return 0
