"""`HIPAA_REPORT.md`: what the auditor searched, how, what it found, and what it cannot know."""

import json
from collections.abc import Iterable

from clinft.artifacts.audit import SEVERITIES, AuditReport, CategoryResult
from clinft.stages.report import numbers, run_evidence
from clinft.stages.report.facts import RunFacts
from clinft.stages.report.markdown import bullets, code, document, escape, table

CITATION = "45 CFR 164.514(b)(2)(i)"
SHOWN_FINDINGS = 200
STATUS = {
    "none_found": "none found by this method",
    "found": "**found**",
    "not_text_checkable": "not checkable in text: a person must say",
}


def render(facts: RunFacts) -> str:
    return document(
        (
            f"# Identifier audit: {escape(facts.spec.name)}",
            *_statement(facts),
            *_scope(facts),
            *_method(facts.audit),
            *_matrix(facts.audit),
            *_findings(facts.audit),
            *_authenticity(facts.audit),
            *_limits(facts.audit),
            *_sign_off(),
        )
    )


def _statement(facts: RunFacts) -> Iterable[str]:
    audit = facts.audit
    total = sum(audit.by_severity.values())
    found = (
        "No PHI was found by the recognizers named under Method"
        if total == 0
        else "The recognizers named under Method reported "
        f"{numbers.count(total, 'possible identifier')}, listed under Findings"
    )
    yield (
        f"**{audit.verdict}.** {found}, in {audit.records_scanned:,} rows and "
        f"{audit.characters_scanned:,} characters of run {code(facts.run_id)}."
    )
    yield (
        "**The sensitivity of this search was not measured in this version**: how many identifiers it would "
        "miss is not known, so finding none is no proof that there are none. This report is evidence for a "
        "privacy officer's decision. It is not a legal determination and certifies nothing."
    )


def _scope(facts: RunFacts) -> Iterable[str]:
    files = facts.audit.files_scanned
    yield "## Scope"
    yield "These files, byte for byte; training refuses any other:"
    yield table(("File", "sha256"), ((code(name), code(files[name])) for name in sorted(files)))


def _method(audit: AuditReport) -> Iterable[str]:
    names = sorted({name for category in audit.categories for name in category.recognizers})
    yield "## Method"
    yield (
        f"Every text was searched for the 18 identifiers of {CITATION}, the Safe Harbor list. "
        "A CRITICAL or HIGH finding blocks training. Recognizers: "
        + (", ".join(code(name) for name in names) or "missing: none was recorded")
        + "."
    )


def _matrix(audit: AuditReport) -> Iterable[str]:
    yield "## The 18 identifiers"
    yield table(
        ("Citation", "Identifier", "Result", "Findings", "Recognizers", "Note"),
        (_matrix_row(category) for category in audit.categories),
        numeric={3},
    )
    yield (
        "45 CFR 164.514(b)(2)(ii), no actual knowledge that the rest could identify a person: "
        "a person must say, in the sign-off below."
    )


def _matrix_row(category: CategoryResult) -> tuple[str, ...]:
    return (
        f"{CITATION}({escape(category.letter)})",
        escape(category.title),
        STATUS[category.status],
        f"{category.findings:,}",
        ", ".join(code(name) for name in category.recognizers) or "none",
        escape(category.note),
    )


def _findings(audit: AuditReport) -> Iterable[str]:
    yield "## Findings"
    yield run_evidence.severity_counts(audit.by_severity)
    total = sum(audit.by_severity.values())
    if total == 0:
        return
    yield "Place and type only; the text itself is never copied out of the data. Offsets count characters."
    ordered = sorted(
        audit.findings,
        key=lambda found: (SEVERITIES.index(found.severity), found.file, found.row, found.field, found.start),
    )
    yield table(
        ("Severity", "Type", "Cited", "File", "Row", "Field", "Offsets", "Recognizer", "Score", "Id"),
        (
            (
                found.severity,
                code(found.entity_type),
                f"({escape(found.safe_harbor)})",
                code(found.file),
                f"{found.row:,}",
                code(found.field),
                f"{found.start} to {found.end}",
                code(found.recognizer),
                f"{found.score:.2f}",
                code(found.id),
            )
            for found in ordered[:SHOWN_FINDINGS]
        ),
        numeric={4, 8},
    )
    left_out = total - min(len(ordered), SHOWN_FINDINGS)
    if left_out:
        yield f"{left_out:,} more are counted above; `audit.json` lists the first 1,000."


def _authenticity(audit: AuditReport) -> Iterable[str]:
    yield "## Authenticity: evidence that the data is synthetic"
    yield table(
        ("What", "Value"),
        (
            (
                escape(name.replace("_", " ")),
                code(value if isinstance(value, str) else json.dumps(value, sort_keys=True)),
            )
            for name, value in audit.authenticity.provenance.model_dump(mode="json").items()
        ),
    )


def _limits(audit: AuditReport) -> Iterable[str]:
    yield "## Limits"
    yield bullets(
        (
            "Sensitivity and precision of the recognizers: missing: not measured in this version.",
            "Only text is searched. Photographs, voice and fingerprints cannot be in it, but text that "
            "encodes them could.",
            *(escape(limit) for limit in audit.limits),
        )
    )


def _sign_off() -> Iterable[str]:
    yield "## Sign-off"
    yield "To be filled in by the privacy officer, on paper or in a signed copy; clinft never fills it in."
    yield table(
        ("", "Privacy officer"),
        (
            (field, "")
            for field in (
                "Name",
                "Organisation and role",
                "Decision (accepted, accepted with conditions, declined)",
                "Conditions and open questions",
                "No actual knowledge that the data could identify a person (164.514(b)(2)(ii))",
                "Date",
                "Signature",
            )
        ),
    )
