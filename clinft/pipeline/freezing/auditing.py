"""The audit that comes before anything is written: above INFO, nothing is frozen."""

from collections.abc import Sequence
from pathlib import Path

from clinft.artifacts.audit import FileAudit, FileFinding
from clinft.artifacts.canonical import digest_file
from clinft.errors import DigestMismatch, PolicyViolation, Problem
from clinft.pipeline.freezing.desk import Desk
from clinft.stages.audit import file_audit
from clinft.stages.audit.verdict import HIPAA_RISK

HARMLESS = "INFO"
SHOWN = 20


def audit(desk: Desk, files: Sequence[Path], what: str, lines: "Lines | None" = None) -> FileAudit:
    """`what`: what the files are, for people. `lines`: line of a record, where that is not its number."""
    before = {path: digest_file(path) for path in files}
    report = file_audit.audit_files(list(files), desk.policy.audit, desk.services.progress)
    desk.show_audit(report)
    if set(report.files.values()) != set(before.values()):
        raise DigestMismatch(
            "A file changed while it was read.", "Somebody or something wrote to it.", "Call again."
        )
    grave = [found for found in report.findings if found.severity != HARMLESS]
    counted = sum(n for severity, n in report.by_severity.items() if severity != HARMLESS)
    if report.verdict == "PASS" and not counted:
        return report
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
    line = found.record + 1 if lines is None else lines.line(path, found.record)
    kind = found.entity_type.lower().replace("_", " ")
    message = f"{kind}, class ({found.identifier}) of 45 CFR 164.514(b)(2)(i), {found.severity}."
    return Problem(str(path), line, 0, message)


class Lines:
    """Where the records of a file stand that is no JSON Lines; they count from 0."""

    def __init__(self) -> None:
        self._lines: dict[Path, list[int]] = {}

    def set(self, path: Path, lines: list[int]) -> None:
        self._lines[path] = lines

    def line(self, path: Path, record: int) -> int:
        known = self._lines.get(path)
        if known is None:
            return record + 1
        return known[record] if record < len(known) else 0
