"""What the doctor found, as Markdown: who sees to each rule, then what to do, then the OIDC subjects."""

from collections.abc import Iterator, Sequence

from clinft.artifacts.doctor import DoctorReport, Enforcer, Finding, Fix, State, Trust
from clinft.stages.report.markdown import (
    bullets,
    code,
    code_block,
    details,
    document,
    escape,
    numbered,
    table,
)

COLUMNS: tuple[Enforcer, ...] = ("github", "clinft", "nobody")
HEADINGS = ("What must hold", "enforced by GitHub", "by clinft", "by nobody")
MARKS: dict[State, str] = {"ok": "yes", "bad": "**wrong**", "unknown": "unknown", "note": "note"}
UNKNOWN = (
    "`unknown` is what this token may not see; it is not a yes. A workflow's token never sees what only "
    "administrators may: one of them calls `clinft doctor` on a laptop, with a token in CLINFT_TOKEN."
)
MADE = {
    "created": "created",
    "there already": "was there already",
    "not permitted": "this token may not create it",
    "not offered": "GitHub does not offer it here, usually because of the plan",
}


def doctor_page(report: DoctorReport) -> str:
    repository, branch = escape(report.repository), escape(report.default_branch)
    return document(
        [
            f"# clinft doctor: {_verdict(report)}",
            f"Settings of {repository}; its default branch is {branch}.",
            _fixes(report.fixes),
            _enforced(report.findings),
            UNKNOWN if any(one.state == "unknown" for one in report.findings) else "",
            _steps(report, "bad", "Wrong"),
            _steps(report, "unknown", "Not visible to this token"),
            _steps(report, "note", "To know"),
            _fine(report),
            _trust(report.trust),
            *_record(report),
        ]
    )


def _record(report: DoctorReport) -> Iterator[str]:
    record = report.record
    yield "## For the handling assessment"
    yield (
        "The HIPAA report cites this look for 90 days, once these lines stand in `.github/clinft.yml`. "
        "A pull request brings them, and the role engine compares them with this page."
    )
    lists = {"ok": record.ok, "wrong": record.wrong, "unknown": record.unknown}
    lines = [f"    {name}: [{', '.join(areas)}]" for name, areas in lists.items()]
    yield code_block("\n".join(("safeguards:", "  doctor:", f'    date: "{record.date}"', *lines)), "yaml")


def _verdict(report: DoctorReport) -> str:
    unknown = sum(one.state == "unknown" for one in report.findings)
    if report.bad:
        return f"{report.bad} wrong, {unknown} unknown"
    return f"nothing wrong, {unknown} unknown" if unknown else "nothing wrong"


def _enforced(findings: Sequence[Finding]) -> str:
    rows = []
    for finding in findings:
        if finding.rule:
            marks = [MARKS[finding.state] if finding.enforced_by == column else "" for column in COLUMNS]
            rows.append((escape(finding.rule), *marks))
    return f"## Who sees to what\n\n{table(HEADINGS, rows)}"


def _steps(report: DoctorReport, state: State, heading: str) -> str:
    found = [one for one in report.findings if one.state == state]
    if not found:
        return ""
    lines = [f"**{one.area}**: {' '.join(_sentences(one))}" for one in found]
    return f"## {heading}\n\n{numbered(lines)}"


def _sentences(finding: Finding) -> Iterator[str]:
    yield escape(finding.what)
    if finding.next_step:
        yield f"→ {escape(finding.next_step)}"


def _fine(report: DoctorReport) -> str:
    fine = [f"{one.area}: {escape(one.what)}" for one in report.findings if one.state == "ok"]
    return details(f"{len(fine)} in order", bullets(fine)) if fine else ""


def _fixes(fixes: Sequence[Fix]) -> str:
    if not fixes:
        return ""
    lines = []
    for fix in fixes:
        refused = fix.made in ("not permitted", "not offered")
        by_hand = f" → {escape(fix.by_hand)}" if refused else ""
        lines.append(f"{escape(fix.what)}: {MADE[fix.made]}.{by_hand}")
    return f"## What --fix did\n\n{bullets(lines)}"


def _trust(trust: Trust) -> str:
    rows = [
        (escape(one.environment), code(one.subject), escape(one.when) or "always") for one in trust.subjects
    ]
    intro = (
        "A cloud provider that trusts the jobs of an environment compares the subject letter by letter; "
        f"the issuer is {code(trust.issuer)}."
    )
    if any("<" in one.subject for one in trust.subjects):
        intro += " A `<…>` differs from job to job: no exact subject exists then."
    return f"## OIDC subjects to trust\n\n{intro}\n\n{table(('environment', 'subject', 'when'), rows)}"
