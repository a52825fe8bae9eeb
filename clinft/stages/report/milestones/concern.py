"""What somebody who answers for compliance must hear of at once."""

from collections.abc import Sequence

from clinft.artifacts.audit import AuditReport
from clinft.artifacts.results import RegressionVerdict
from clinft.ports.sinks import Milestone
from clinft.spec.quarantine import Quarantine
from clinft.stages.report import words
from clinft.stages.report.audit_words import CLASSES
from clinft.stages.report.milestones.form import About, must
from clinft.stages.report.returned import safety

NO_PLAN = "concerns"  # in the place of a plan's digest: what is about the project as a whole


def critical_findings(about: About, report: AuditReport) -> Milestone | None:
    critical = report.by_severity.get("CRITICAL", 0)
    if not critical:
        return None
    found = {one.safe_harbor for one in report.findings if one.severity == "CRITICAL"}
    letters = ", ".join(sorted(found & CLASSES.keys()))
    return about.says(
        "concern",
        "concern/findings",
        "bad",
        f"compliance concern: CRITICAL findings in the data ({critical})",
        (
            f"identifiers of 45 CFR 164.514(b)(2)(i): {letters}" if letters else "",
            "Nothing is trained on these data. What was found is in no message and no report.",
            "A privacy officer looks at the records where they lie. Of real patients: call clinft incident.",
        ),
        (must(f"CRITICAL findings: {critical}; none may stand", holds=False),),
    )


def critical_verdict(about: About, verdict: RegressionVerdict, again: int | None = None) -> Milestone | None:
    if not verdict.is_critical:
        return None
    broken = [check for check in verdict.safety if check.status == "CRITICAL"]
    number = "" if again is None else f"/again-{again:02d}"
    return about.says(
        "concern",
        f"concern/verdict/{about.run_id}{number}",
        "bad",
        f"compliance concern: {about.run_id} is a danger to patients and must not be used",
        (f"what to use: {_kept(verdict)}",),
        tuple(must(words.SAFETY[check.rule], holds=False) for check in broken),
    )


def _kept(verdict: RegressionVerdict) -> str:
    # The words of the report, without their Markdown.
    return safety.kept(verdict).replace("`", "")


def quarantined(about: About, held: Quarantine | None) -> Milestone:
    """`held`: None where the file cannot be read; that it lies there is enough."""
    since = "" if held is None else f"since {held.since}; noticed {held.discovered}: the HIPAA clock runs"
    return about.says(
        "concern",
        "concern/quarantine",
        "bad",
        "compliance concern: the project is in quarantine",
        (
            "Real patient data may have been put into it. No verb works on it; nothing else of it is sent.",
            since,
            "incident/RECORD.md in the project says where copies may be and until when to tell whom.",
        ),
    )


def expired(about: About, facts: Sequence[tuple[str, str]]) -> Milestone | None:
    """`facts`: what the project uses, e.g. `the provider openai`, and when it was to be reviewed."""
    if not facts:
        return None
    return about.says(
        "concern",
        "concern/eligibility",
        "warning",
        "compliance concern: facts that allow its services are out of date",
        ("The gate refuses them until the owners of .github/clinft.yml have renewed the facts.",),
        tuple(must(f"{what}: to be reviewed by {day}", holds=False) for what, day in facts),
    )
